"""How well are people hidden in a table: figures computed where the table lies; see docs/privacy_measures.md."""
