"""Jobs: how bytes become tables, and one table another; Spark is reached over Connect only."""
