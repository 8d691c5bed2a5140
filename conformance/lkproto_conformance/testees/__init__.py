"""Testees in Python: ours, which ships with the package and runs from a wheel."""
