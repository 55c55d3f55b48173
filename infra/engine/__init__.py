"""The engine: one warm Spark driver that serves Connect and Thrift."""
