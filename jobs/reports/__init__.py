"""Reports: from published marts to documents that are checked, approved, issued to a list and, where wrong, corrected."""
