"""Testees in Python: ours, and broken ones that the vectors have to tell from right ones."""
