"""Mutations of text format: of its tokens, and of its characters."""

from __future__ import annotations

import random
import re

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[\w.+-]+|\s+|.', re.DOTALL)
TOKENS = (
    *("{", "}", "<", ">", "[", "]", ":", ",", ";", "-", "+", ".", "/", "#", "\n", " ", "# c\n"),
    *("0", "1", "-1", "- 1", "+1", "007", "08", "0x1F", "0X1f", "0x", "1.5", "1.5f", "1f", ".5"),
    *("5.", "1e5", "1e", "1e400", "-1e400", "00.5", "0x1p3", "1_0", "2147483648", "-2147483649"),
    *("4294967296", "9223372036854775808", "18446744073709551616", "9" * 40, "inf", "-inf"),
    *("nan", "-nan", "Infinity", "INF", "infinit", "true", "True", "TRUE", "t", "f", "false"),
    *("RED", "GREEN", "A", "UNO", "NOPE", "AUDIO", '""', "''", '"a" "b"', "'a' \"b\"", '"\\x41"'),
    *('"\\101"', '"\\400"', '"\\u00e9"', '"\\ud800"', '"\\U0001F600"', '"\\U00110000"', '"\\q"'),
    *('"\\?"', '"\\"', '"\\xff"', '"é"', '"a\nb"', '"\\xc3\\xa9"', '"\\x"', '"\\u12"', "'it''s'"),
    *("{}", "<>", "{ a: 1 }", "{ a: 1; }", "[]", "[1]", "[1, 2]", "[1,]", "[{}, {}]", "[,]"),
    *("{ key: 1 value: 1 }", '{ key: "k" }', "{ value { a: 1 } }", "{ key: true }"),
    *("nope: 1", "nope {}", 'nope: "x"', "nope: [1, x]", "nope: { a: 1 }", "1: 5", "99 {}"),
    *("a: 1", 's: "x"', "[fuzz.note]: 'x'", "[fuzz.marks]: [1, 2]", "[fuzz.more] { a: 1 }"),
    *("[fuzz.tint]: RED", "[fuzz.nope]: 1", "[fuzz.Item] { v: 'x' }", "[fuzz.Item.item] {}"),
    *("[x/fuzz.Inner] { a: 1 }", "[x/nope.Nope] {}", "[fuzz . note]: 'y'", "[ fuzz.extra ] { z: 1 }"),
    *("\ufeff", "\0", "\ud800", "\u00a0", "@", "$", "!", "//", "/* c */", "\x0b", "\x0c", "\r"),
)  # fmt: skip


def mutated(chance: random.Random, text: str, names: list[str]) -> str:
    """Text with one to three mutations; `names` are those of the message's fields."""
    tokens = _TOKEN.findall(text)
    for _ in range(chance.randint(1, 3)):
        _change(chance, tokens, names)
    text = "".join(tokens)
    if chance.random() < 0.05:
        text = text[: chance.randrange(len(text) + 1)]
    return text


def _change(chance: random.Random, tokens: list[str], names: list[str]) -> None:
    at = chance.randrange(len(tokens) + 1)
    kind = chance.randrange(6)
    if kind < 2 and names:
        name = chance.choice(names)
        colon = chance.choice((": ", ": ", " ", ""))
        tokens.insert(at, f" {name}{colon}{chance.choice(TOKENS)} ")
    elif kind == 2 or not tokens:
        tokens.insert(at, chance.choice(TOKENS))
    elif kind == 3:
        tokens[at - 1] = chance.choice(TOKENS)
    elif kind == 4:
        del tokens[at - 1]
    else:
        start = chance.randrange(len(tokens))
        tokens[at:at] = tokens[start : start + chance.randint(1, 8)]
