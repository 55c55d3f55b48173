"""What plants people for the tests: files of every kind, and the way through a running platform."""
