"""Keys in versions: where they lie, which one writes, how a domain moves from one version to the next."""
