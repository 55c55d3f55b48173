"""Dashboards as files: what managers see, checked against the marts, packed and imported without a click."""
