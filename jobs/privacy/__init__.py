"""Privacy figures of published tables and of location trails: measured, kept in the ledger, shown."""
