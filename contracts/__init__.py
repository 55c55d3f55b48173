"""Contracts: the only place that knows a column; everything else about a dataset is derived from here."""
