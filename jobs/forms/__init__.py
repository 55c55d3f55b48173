"""Forms made from their contracts."""
