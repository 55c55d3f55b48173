"""A scanner for planted people and keys: decodes what it finds, and is itself proved by plants on purpose."""
