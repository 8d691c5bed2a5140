"""Runs: which vectors a testee is asked, in which order, and the runner's part of an exchange."""
