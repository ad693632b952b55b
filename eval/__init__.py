"""How good the answers are: golden questions, the fit of constants, benches."""
