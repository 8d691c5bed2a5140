"""The documentation is true: its examples run, and what it names exists."""
