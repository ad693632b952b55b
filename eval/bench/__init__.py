"""Measurements beside the tests: nothing here is imported by the programs."""
