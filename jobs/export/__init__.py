"""Taking published numbers away: one approved, reasoned, limited, expiring, recorded way."""
