"""`python -m ingest`: makes the index equal to the folder of documents."""
