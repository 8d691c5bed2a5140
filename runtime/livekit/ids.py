# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""Ids of rooms, participants, tracks and the like (livekit/protocol, utils/guid/id.go).

An id is a prefix such as `RM_` and twelve characters of an alphabet without look-alikes. Packed,
those twelve are nine bytes, six bits each.
"""

from __future__ import annotations

import re

__all__ = ["has_prefix", "is_valid_id", "marshal_guid", "new_guid", "unmarshal_guid"]

_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_SIZE = 12
_INDEX = {char: index for index, char in enumerate(_ALPHABET)}
_INVALID = b"\xff" * 9
_VALID = re.compile(r"(?:[a-zA-Z0-9]{1,16}_){1,2}[a-zA-Z0-9]{0,12}")


def new_guid(prefix: str) -> str:
    """A new random id, such as `new_guid("RM_")`."""
    from secrets import choice

    return prefix + "".join(choice(_ALPHABET) for _ in range(_SIZE))


def marshal_guid(guid: str) -> bytes:
    """The last twelve characters of an id, packed into nine bytes; all 0xff if it has none."""
    # The reference counts bytes; characters beyond ASCII are not in the alphabet either way.
    number = 0
    for char in guid[-_SIZE:]:
        if char not in _INDEX:
            return _INVALID
        number = number << 6 | _INDEX[char]
    return number.to_bytes(9, "big") if len(guid) >= _SIZE else _INVALID


def unmarshal_guid(block: bytes, prefix: str) -> str:
    """The id that nine bytes contain, after a prefix; empty text if they contain none.

    Raises ValueError for another number of bytes.
    """
    if len(block) != len(_INVALID):
        raise ValueError(f"a block has {len(_INVALID)} bytes, not {len(block)}")
    number = int.from_bytes(block, "big")
    digits = [number >> shift & 63 for shift in range(66, -1, -6)]
    if max(digits) >= len(_ALPHABET):
        return ""
    return prefix + "".join(_ALPHABET[digit] for digit in digits)


def is_valid_id(guid: str) -> bool:
    """Whether a text looks like an id: one or two prefixes, up to twelve characters."""
    return _VALID.fullmatch(guid) is not None


def has_prefix(prefix: str, guid: str) -> bool:
    """Whether a text is exactly an id that `new_guid(prefix)` could make."""
    rest = guid.removeprefix(prefix)
    return guid.startswith(prefix) and len(rest) == _SIZE and _INDEX.keys() >= set(rest)
