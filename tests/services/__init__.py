"""Servers that tests start: where they are, and how they are fetched."""
