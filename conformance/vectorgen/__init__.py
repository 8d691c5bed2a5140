"""Generates the vectors by executing the reference: `python -m vectorgen`.

Requests are written here; what a right implementation answers is what the Go testee answered.
Only where the strict profile refuses what the reference takes does a module state the result, with
the sentence of a specification, or of our policy, that demands it.
"""

from . import (
    grants,
    keys,
    room_configs,
    services,
    texts,
    token_mint,
    token_verify,
    webhooks,
)

MODULES = (
    token_mint,
    token_verify,
    grants,
    room_configs,
    services,
    keys,
    texts,
    webhooks,
)
