"""How each column is protected: raising takes effect at once, lowering when a second person has approved it."""
