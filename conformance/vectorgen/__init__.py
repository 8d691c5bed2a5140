"""Generates the vectors by executing the reference: `python -m vectorgen`.

The modules contain requests; the right answer is the one that the Go testee gives. A module states
a result itself only where the strict profile refuses what the reference accepts, or does something
else, with the sentence of a specification, or of our policy, that demands it.
"""

from . import (
    grants,
    keys,
    live_answers,
    live_server,
    messages,
    mutant_finds,
    notifier,
    promoted,
    room_configs,
    sdk_differences,
    services,
    texts,
    token_issue,
    token_mint,
    token_verify,
    twirp_calls,
    twirp_errors,
    twirp_servers,
    webhooks,
)

MODULES = (
    token_mint,
    token_issue,
    token_verify,
    grants,
    room_configs,
    services,
    keys,
    texts,
    webhooks,
    notifier,
    live_server,
    messages,
    twirp_errors,
    live_answers,
    twirp_calls,
    twirp_servers,
    sdk_differences,
    mutant_finds,
    promoted,  # the last, where `promote` puts its cases
)
