"""Mutations of ProtoJSON: of values and names in its tree, and of its characters."""

from __future__ import annotations

import json
import random
from typing import Any

# Values that are valid somewhere, unusual or invalid, as they are in text.
VALUES = (
    *("null", "true", "false", "0", "-0", "1", "-1", "1.0", "-0.0", "1.5", "1e2", "1E+2"),
    *("10e-1", "1e400", "-1e400", "1e-400", "3.4028235e38", "3.5e38", "1e39", "01", "+1"),
    *(".5", "5.", "1_0", "0x1", "2147483647", "2147483648", "-2147483649", "4294967295"),
    *("4294967296", "9223372036854775807", "9223372036854775808", "-9223372036854775808"),
    *("18446744073709551615", "18446744073709551616", "9" * 40, "1" + "0" * 400, "NaN"),
    *("Infinity", "-Infinity", "nul", "True", "[]", "{}", "[null]", "[[]]", "[1,2]", '{"a":1}'),
    *('{"a":1,"a":2}', '{"key":1}', '""', '"1"', '"-1"', '"1.0"', '"1e2"', '" 1"', '"1 "'),
    *('"01"', '"+1"', '"0x1"', '"1_0"', '"-0"', '"NaN"', '"Infinity"', '"-Infinity"', '"nan"'),
    *('"inf"', '"1e400"', '"3.5e38"', '"true"', '"false"', '"True"', '"null"', '"RED"', '"red"'),
    *('"GREEN"', '"A"', '"B"', '"UNO"', '"AUDIO"', '"NOPE"', '"\u0661"', '"\uff11"', '"é"'),
    *('"\\u00e9"', '"\\ud83d\\ude00"', '"\\ud800"', '"\\udc00\\ud800"', '"\\u0000"', '"\\x"'),
    *('"\t"', '"AA=="', '"AA"', '"AA="', '"A"', '"A==="', '"-_8="', '"+/8="', '"+_8="', '"A A="'),
    *('"AAAA===="', '"AB=="', '"2026-01-01T00:00:00Z"', '"2026-01-01T00:00:00.5+01:00"'),
    *('"2026-01-01t00:00:00Z"', '"0001-01-01T00:00:00Z"', '"9999-12-31T23:59:59.999999999Z"'),
    *('"0000-01-01T00:00:00Z"', '"2026-13-01T00:00:00Z"', '"2026-01-01T00:00:00"', '"1s"'),
    *('"2026-1-1T0:0:0Z"', '"2026-01-01T00:00:60Z"', '"2026-01-01T00:00:00.0000000001Z"'),
    *('"-1.5s"', '"1.s"', '".5s"', '"-.5s"', '"+1s"', '"1.0000000001s"', '"315576000001s"'),
    *('"1e2s"', '" 1s"', '"1_0s"', '"1S"', '"a,b"', '"aB.cD"', '"a_b"', '"a..b"', '"a,"', '",a"'),
    *('"a b"', '"a1"', '{"@type":"type.googleapis.com/google.protobuf.Duration","value":"1s"}'),
    *('{"@type":"x/fuzz.Inner","a":5}', '{"@type":"x/nope.Nope"}', '{"@type":1}', '{"@type":""}'),
    *('{"@type":"fuzz.Inner"}', '{"@type":"x/google.protobuf.Value","value":null}'),
    *('{"@type":"x/google.protobuf.Empty"}', '{"@type":"x/google.protobuf.Empty","value":{}}'),
    *('{"@type":"x/google.protobuf.Any","value":{"@type":"x/fuzz.Inner","s":"x"}}', '{"value":1}'),
)  # fmt: skip
NAMES = (
    *("", "nope", "a", "A", "s", "[fuzz.note]", "[fuzz.marks]", "[fuzz.more]", "[fuzz.tint]"),
    *("[fuzz.nope]", "[fuzz.Item.item]", "[fuzz.Item]", "[", "[]", "@type", "value", "key"),
    *("true", "false", "1", "-1", "1.0", "01", " 1", "1e2", "9" * 30, "\ud800", "\u0661", "__"),
)  # fmt: skip
CHARACTERS = (
    '"',
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    " ",
    "\n",
    "\\",
    "1",
    "x",
    "\ufeff",
    "\0",
)


class Raw(str):
    """Text that is printed as it is."""

    __slots__ = ()


class Pairs(list[tuple[str, Any]]):
    """An object that may have duplicate names."""


def mutated(chance: random.Random, text: str, names: list[str]) -> str:
    """JSON text with one to three mutations; `names` are those of the message's fields."""
    tree = json.loads(text, object_pairs_hook=Pairs)
    for _ in range(chance.randint(1, 3)):
        tree = _change(chance, tree, names)
    text = printed(tree)
    if chance.random() < 0.1:
        at = chance.randrange(len(text) + 1)
        end = at + chance.choice((0, 1, 5))
        text = text[:at] + chance.choice(CHARACTERS) + text[end:]
    if chance.random() < 0.03:
        text = text[: chance.randrange(len(text) + 1)]
    return text


def printed(tree: Any) -> str:
    """The text of a tree."""
    if isinstance(tree, Raw):
        return tree
    if isinstance(tree, Pairs):
        pairs = (f"{json.dumps(name)}:{printed(value)}" for name, value in tree)
        return f"{{{','.join(pairs)}}}"
    if isinstance(tree, list):
        return f"[{','.join(map(printed, tree))}]"
    return json.dumps(tree, ensure_ascii=False)


def _change(chance: random.Random, tree: Any, names: list[str]) -> Any:
    """A tree with another value in a place chosen by a walk from the root."""
    deeper = isinstance(tree, list) and tree and chance.random() < 0.75
    if deeper and isinstance(tree, Pairs):
        at = chance.randrange(len(tree))
        tree[at] = (tree[at][0], _change(chance, tree[at][1], names))
    elif deeper:
        at = chance.randrange(len(tree))
        tree[at] = _change(chance, tree[at], names)
    elif isinstance(tree, Pairs) and chance.random() < 0.9:
        _change_object(chance, tree, names)
    elif type(tree) is list and chance.random() < 0.8:
        tree.append(Raw(chance.choice(VALUES)))
    else:
        return Raw(chance.choice(VALUES))
    return tree


def _change_object(chance: random.Random, pairs: Pairs, names: list[str]) -> None:
    kind = chance.randrange(7)
    if kind < 4 or not pairs:
        name = (
            chance.choice(names)
            if names and chance.random() < 0.8
            else chance.choice(NAMES)
        )
        pairs.append((_respelled(chance, name), Raw(chance.choice(VALUES))))
        return
    at = chance.randrange(len(pairs))
    name, value = pairs[at]
    if kind == 4:
        pairs.insert(chance.randrange(len(pairs) + 1), (name, value))
    elif kind == 5:
        pairs[at] = (_respelled(chance, chance.choice((name, *NAMES))), value)
    else:
        chance.shuffle(pairs)
        pairs.pop()


def _respelled(chance: random.Random, name: str) -> str:
    """A name, sometimes in another case."""
    if chance.random() < 0.7:
        return name
    snake = "".join("_" + c.lower() if c.isupper() else c for c in name)
    return chance.choice(
        (snake, name.upper(), name.capitalize(), name.lower(), name + "_")
    )
