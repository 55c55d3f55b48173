"""Who did what, on what, and with what result: a record that shows when somebody changed it."""
