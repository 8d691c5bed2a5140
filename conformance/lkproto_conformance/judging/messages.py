"""Compares messages, and names the field that differs, for bytes help nobody."""

from __future__ import annotations

from itertools import zip_longest
from typing import Any

from lkproto import Message, ProtoError, find_message

from ..values import cut
from .equality import difference
from .unknown_fields import in_order

MAX_MESSAGES = 100_000
"""Messages inside of a testee's output: two bytes can make one that takes hundreds."""
_SHOWN = 100


def compare(name: str, expected: Any, got: Any) -> str:
    """The difference of the `output` of two results, as messages of a type; empty if equal."""
    message = find_message(name)
    if message is None:
        return difference(expected, got)
    try:
        output = bytes.fromhex(got["output"])
        if output.hex() == expected["output"]:  # a NaN is equal to itself here
            return ""
        given = message.from_bytes(output, max_messages=MAX_MESSAGES)
    except (KeyError, TypeError, ValueError) as error:
        return f"$.output: {error}"
    wanted = message.from_bytes(bytes.fromhex(expected["output"]))
    unknown = _unknown(in_order(wanted), in_order(given))
    return _known(wanted, given) or unknown


def _known(wanted: Message, given: Message) -> str:
    """The first known field that differs; messages are compared as text: -0 is not 0 there."""
    texts = wanted.to_text(), given.to_text()
    if texts[0] == texts[1]:
        return ""
    try:
        found = difference(wanted.to_dict(), given.to_dict())
    except ProtoError:  # such as a Timestamp that JSON cannot hold
        found = ""
    return found or _lines(*(text.splitlines() for text in texts))


def _lines(wanted: list[str], given: list[str]) -> str:
    pairs = zip_longest(wanted, given, fillvalue="nothing")
    one, other = next((a, b) for a, b in pairs if a != b)
    return f"$: {cut(other.strip(), _SHOWN)}, not {cut(one.strip(), _SHOWN)}"


def _unknown(wanted: list[Any], given: list[Any]) -> str:
    """The first place whose unknown fields differ."""
    places = {path: [*records] for path, records in wanted}
    others = {path: [*records] for path, records in given}
    for path in [*places, *(path for path in others if path not in places)]:
        one, other = places.get(path, []), others.get(path, [])
        if one != other:
            return f"{path}: unknown fields {_shown(other)}, not {_shown(one)}"
    return ""


def _shown(records: list[tuple[int, bytes]]) -> str:
    fields = [f"{number} ({cut(data.hex(), _SHOWN)})" for number, data in records]
    return cut(", ".join(fields), _SHOWN) or "none"
