"""API keys with their secrets, and keys of key sets."""

from __future__ import annotations

import string
from dataclasses import dataclass

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

_NAMES = string.ascii_letters + string.digits
METHODS = {"HS256": 32, "HS384": 48, "HS512": 64}
"""Algorithms of key sets, with the bytes of their hash."""


@dataclass(frozen=True, slots=True)
class KeyPair:
    """An API key and its secret."""

    api_key: str
    secret: str

    @property
    def keys(self) -> dict[str, str]:
        """As operations take keys: secret by API key."""
        return {self.api_key: self.secret}


def key_pairs() -> SearchStrategy[KeyPair]:
    """API keys and secrets of the length that HMAC with SHA-256 needs, mostly as servers make them.

    Some secrets are longer than a block of the hash, or not ASCII.
    """
    names = st.text(_NAMES, min_size=1, max_size=9).map(lambda text: "API" + text)
    plain = st.text(_NAMES, min_size=32, max_size=40)
    odd = st.sampled_from(["a" * 64, "b" * 65, "é" * 20, "\U0001f511" * 10])
    return st.builds(KeyPair, names, plain | odd)


def key_lists(method: str, *, least: int = 1) -> SearchStrategy[list[dict[str, str]]]:
    """Keys of a key set of a method, with different ids, as operations take them."""
    size = METHODS[method]
    keys = st.binary(min_size=size, max_size=size + 4).map(bytes.hex)
    ids = st.text(_NAMES, min_size=1, max_size=6)
    pairs = st.fixed_dictionaries({"id": ids, "key_hex": keys})
    return st.lists(pairs, min_size=least, max_size=3, unique_by=lambda key: key["id"])
