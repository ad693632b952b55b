"""The library: documents in an index, questions answered with the place every sentence comes from."""
