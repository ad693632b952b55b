"""`python -m eval`: how good the answers are."""
