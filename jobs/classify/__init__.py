"""Finding identifiers: a sample of any table or file, what stands in each column, and a contract that says so."""
