# ruff: noqa: PGH004
# ruff: noqa
# isort: skip_file
# fmt: off
# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""Unknown fields in text format: by number, with guessed types.

This text loses information that the wire has, so no parser reads it back; it is for people. The
guesses are the same as those of google's C++ runtime.
"""

from __future__ import annotations

from ..binary.wire import read_length, read_tag, read_varint, records, skip
from ..errors import DecodeError
from ..kinds import END_GROUP, LEN, START_GROUP, VARINT
from .lines import Lines, quoted

# How many levels of length-delimited values are tried as messages; each try reads all bytes.
_GUESSES = 10


def print_unknown(data: bytes, out: Lines) -> None:
    """Print encoded fields."""
    _fields(data, 0, out, _GUESSES)


def _fields(data: bytes, at: int, out: Lines, guesses: int) -> int:
    """Print fields up to the end of the data or of the group; returns the offset of that."""
    while at < len(data):
        number, wire_type, at = read_tag(data, at, len(data))
        if wire_type == END_GROUP:
            break
        if wire_type == START_GROUP:
            out.open(f"{number}")
            at = _fields(data, at, out, guesses)
            out.close()
            continue
        start, at = at, skip(data, at, len(data), number, wire_type, 100)
        _value(number, wire_type, data[start:at], out, guesses)
    return at


def _value(number: int, wire_type: int, data: bytes, out: Lines, guesses: int) -> None:
    if wire_type == VARINT:
        out.add(f"{number}: {read_varint(data, 0, len(data))[0]}")
    elif wire_type != LEN:
        value = int.from_bytes(data, "little")
        out.add(f"{number}: 0x{value:0{2 * len(data)}x}")
    else:
        start, end = read_length(data, 0, len(data))
        content = data[start:end]
        if guesses > 0 and content and _is_message(content):
            out.open(f"{number}")
            _fields(content, 0, out, guesses - 1)
            out.close()
        else:
            out.add(f"{number}: {quoted(content)}")


def _is_message(data: bytes) -> bool:
    try:
        for _ in records(data):
            pass
    except DecodeError:
        return False
    return True
