"""The edge: the engine, the tables of every zone, the ledger and the key store."""
