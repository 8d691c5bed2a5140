"""Hostile input, compared with google's runtime; see `differences` for where the two differ."""
