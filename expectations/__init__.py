"""Expectations: is this table good enough to go through the gate?"""
