"""Generates the vectors by executing the reference: `python -m vectorgen`.

Requests are written here; what a right implementation answers is what the Go testee answered.
Only where the strict profile refuses what the reference takes does a module state the result, with
the sentence of a specification, or of our policy, that demands it.
"""

from . import room_configs, token_mint

MODULES = (token_mint, room_configs)
