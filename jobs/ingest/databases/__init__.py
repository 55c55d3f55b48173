"""Tables of databases to extracts in landing, which then go the way of files; see ADR 10."""
