"""Verdicts: pure functions of a vector and an answer."""
