"""Reports: published marts become documents that are checked, approved, issued to a list, and corrected."""
