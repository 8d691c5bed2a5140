"""Ordinary input in other spellings, on which a native codec must not fall back."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from typing import Any

from lkproto._runtime.binary.wire import records, varint

from tests.fuzz.mutate_json import Pairs, Raw, printed

from .odd import RECORDS

UNKNOWN_JSON = (
    *("null", "true", "-1.5e-3", '"x"', '"\\u00e9\\n"', "[]", "{}", '[1,[2,{"a":[]}]]'),
    *('{"a":{"b\\u0063":"\\ud83d\\ude00"},"\\"":0}', '"\U0001f600é"', "123456789012345678901"),
)  # fmt: skip


def texts_of(
    message: Any, plain: str, fields: Any, chance: random.Random
) -> Iterator[tuple[str, str, bool]]:
    """Spellings of a message's JSON, of which `plain` is the one that the exact codec prints.

    Each is what is special about it, the text, and whether unknown names are ignored.
    """
    yield "plain", plain, False
    yield "indented", message.to_json(indent=2), False
    yield "names of the schema", message.to_json(preserving_names=True), False
    yield "enums as numbers", message.to_json(enums_as_ints=True), False
    yield "all fields", message.to_json(always_print=True), False
    tree = json.loads(plain, object_pairs_hook=Pairs)
    yield "whole numbers as 7.0", printed(_with_numbers(tree, _as_fraction)), False
    yield "escapes", _escaped(tree, chance), False
    if not isinstance(tree, Pairs):
        return
    yield "null for unset fields", printed(_with_nulls(tree, fields)), False
    yield "unknown names", printed(_with_unknown(tree, chance)), True
    yield "64 bits as numbers", printed(_without_quotes(tree, fields)), False


def _with_numbers(tree: Any, change: Callable[[int], str]) -> Any:
    """A tree with its whole numbers in another spelling."""
    if isinstance(tree, Pairs):
        return Pairs((name, _with_numbers(value, change)) for name, value in tree)
    if tree.__class__ is list:
        items: list[Any] = tree
        return [_with_numbers(each, change) for each in items]
    return Raw(change(tree)) if tree.__class__ is int else tree


def _as_fraction(number: int) -> str:
    return f"{number}.0"


def _escaped(tree: Any, chance: random.Random) -> str:
    """The text of a tree in which letters of names and texts are escaped."""
    if isinstance(tree, Pairs):
        pairs = (
            f"{_letters(name, chance)}: {_escaped(value, chance)}"
            for name, value in tree
        )
        return f"{{{', '.join(pairs)}}}"
    if tree.__class__ is list:
        items: list[Any] = tree
        return f"[ {', '.join(_escaped(each, chance) for each in items)} ]"
    return _letters(tree, chance) if isinstance(tree, str) else json.dumps(tree)


def _letters(text: str, chance: random.Random) -> str:
    units = text.encode("utf-16-be", "surrogatepass")
    out: list[str] = []
    for at in range(0, len(units), 2):
        unit = int.from_bytes(units[at : at + 2], "big")
        plain = 0x20 <= unit < 0x7F and unit not in b'"\\'
        form = chance.choice(("{:c}", "\\u{:04x}", "\\u{:04X}", "{:c}"))
        out.append(form.format(unit) if plain else f"\\u{unit:04x}")
    return f'"{"".join(out)}"'


def _with_nulls(tree: Pairs, fields: Any) -> Pairs:
    present = {name for name, _ in tree}
    # In a field of type Value or NullValue, null is a value.
    unset = [
        (field.json_name, None)
        for field in fields
        if field.json_name not in present
        and getattr(field.type, "__proto_name__", "") not in _NULLS
    ]
    return Pairs([*tree, *unset])


_NULLS = ("google.protobuf.Value", "google.protobuf.NullValue")


def _with_unknown(tree: Pairs, chance: random.Random) -> Pairs:
    pairs = Pairs(tree)
    for number in range(chance.choice((1, 2, 3, 12))):
        name = chance.choice(("nope", "x-y", "é", "na\nme", "")) + str(number)
        pair = name, Raw(chance.choice(UNKNOWN_JSON))
        pairs.insert(chance.randrange(len(pairs) + 1), pair)
    return pairs


def _without_quotes(tree: Pairs, fields: Any) -> Pairs:
    kinds = {field.json_name: field for field in fields}
    pairs = Pairs()
    for name, value in tree:
        field = kinds.get(name)
        long = field.kind.endswith("64") if field else False
        if long and field and field.presence == "repeated":
            value = [Raw(each) for each in value]  # noqa: PLW2901 - another spelling
        elif long:
            value = Raw(value)  # noqa: PLW2901 - another spelling
        pairs.append((name, value))
    return pairs


def records_of(data: bytes) -> list[bytes]:
    """The records of an encoded message."""
    return [data[start:end] for _, _, start, _, end in records(data)]


def reordered(parts: list[bytes], chance: random.Random) -> bytes:
    """The records in another order of fields; those of one field keep theirs."""
    by_tag: dict[bytes, list[bytes]] = {}
    for record in parts:
        by_tag.setdefault(_tag(record), []).append(record)
    groups = list(by_tag.values())
    chance.shuffle(groups)
    return b"".join(record for group in groups for record in group)


def _tag(record: bytes) -> bytes:
    end = next(at for at, byte in enumerate(record) if byte < 0x80)
    return record[: end + 1]


def with_unknown(parts: list[bytes], chance: random.Random) -> bytes:
    """The records with fields among them that no schema here has."""
    mixed = list(parts)
    for _ in range(chance.choice((1, 2, 5))):
        mixed.insert(chance.randrange(len(mixed) + 1), chance.choice(RECORDS))
    return b"".join(mixed)


def nested(numbers: list[int], levels: int) -> bytes:
    """Messages in each other, the field of each level from the numbers in turn."""
    data = b""
    for level in reversed(range(levels)):
        tag = varint(numbers[level % len(numbers)] << 3 | 2)
        data = tag + varint(len(data)) + data
    return data
