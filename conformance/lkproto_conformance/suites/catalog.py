"""All laws, in suites."""

from __future__ import annotations

from . import (
    comparing,
    grants,
    json_forms,
    key_sets,
    messages,
    texts,
    tokens,
    twirp,
    webhooks,
)
from .law import Law

LAWS: tuple[Law, ...] = (
    *tokens.LAWS,
    *grants.LAWS,
    *webhooks.LAWS,
    *messages.LAWS,
    *json_forms.LAWS,
    *key_sets.LAWS,
    *texts.LAWS,
    *twirp.LAWS,
    *comparing.LAWS,
)
SUITES = tuple(dict.fromkeys(law.suite for law in LAWS))
"""The names of the suites."""


def laws_of(names: list[str] | None, *, compares: bool) -> list[Law]:
    """The laws that are named, by suite or by their own name; by default all.

    Those that compare are left out if there is nothing to compare with. Empty if a name is unknown.
    """
    if not {*(names or ())} <= {*SUITES, *(law.name for law in LAWS)}:
        return []
    chosen = [law for law in LAWS if not names or {law.suite, law.name} & {*names}]
    return [law for law in chosen if compares or not law.compares]
