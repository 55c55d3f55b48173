"""Marts to readers: build beside what they see, judge, then move everybody at once."""
