"""A process on standby that has imported every library, so that a step of the scheduler begins at once.

Three of four steps of a small batch would take longer to import than to work (docs/adr/0018-steps-on-standby.md).
"""
