"""The checks of the claim gate: each takes a claim and what it may lean on, and says in a sentence what is wrong."""
