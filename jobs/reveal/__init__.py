"""Coming back: one approved, expiring, recorded way from a token to the value that it stands for."""
