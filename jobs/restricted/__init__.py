"""Steps whose results are core data: they stay where they are made, and nothing on the way to readers asks for them."""
