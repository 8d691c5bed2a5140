"""The documentation says what is true: its examples run, and what it names is there."""
