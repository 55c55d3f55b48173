"""The scheduler: its settings, its database, its accounts."""
