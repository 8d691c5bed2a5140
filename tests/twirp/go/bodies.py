"""What bodies have in them that readers of Go and ours take for different things."""

from __future__ import annotations

import contextlib
import json
import re
from typing import Any


def has_duplicates(body: bytes) -> bool:
    """Whether names in an object of the first value are the same, in any case."""
    found: list[str] = []

    def note(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        names = [name.lower() for name, _ in pairs]
        found.extend(name for name in names if names.count(name) > 1)
        return dict(pairs)

    decoder = json.JSONDecoder(object_pairs_hook=note, strict=False)
    with contextlib.suppress(ValueError, RecursionError):
        decoder.raw_decode(body.decode("utf-8", "replace").lstrip())
    return bool(found)


def has_long_varint(body: bytes) -> bool:
    """Whether there is a varint of ten bytes with more than 64 bits."""
    return re.search(rb"[\x80-\xff]{9}[\x02-\x7f]", body) is not None
