"""The maker of demo input: invented people, cells and forms, in the formats of real sources."""
