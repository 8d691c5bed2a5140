"""Hostile input, differential against google's runtime; see `differences` for where they part."""
