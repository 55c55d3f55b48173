"""What the DAG files here are made of; no DAG of its own."""
