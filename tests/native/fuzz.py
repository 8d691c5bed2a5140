"""Endless cases of every message class, and the run that compares them.

A round visits each class with a message made for it. Which cases that gives depends on the seed,
the round and the class alone.
"""

from __future__ import annotations

import math
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.fuzz import mutate_json
from tests.fuzz.mutate_binary import Mutator
from tests.fuzz.schemas import Schema
from tests.fuzz.seeds import Maker
from tests.support import module_of

from . import ordinary
from .case import Case
from .compare import FELL_BACK, Comparer

MUTATED, ODD, ORDINARY = "mutated", "odd", "ordinary: "
# Classes that codecs may leave out.
UNUSUAL = "of unusual classes"
# What a round gives, with the message of a case that has one.
Step = tuple[str, Case, Any]
# How deep messages of messages are nested, around what codecs have to allow, and beyond it.
LEVELS = (2, 49, 50, 51, 98, 99, 100, 101, 102, 150)
_DEPTHS = (0, 1, 1, 2, 3)


@dataclass
class Result:
    """What a run did: `outcomes` counts (direction, kind of input, outcome)."""

    outcomes: Counter[tuple[str, str, str]] = field(
        default_factory=Counter[tuple[str, str, str]]
    )
    fell_back: dict[tuple[str, str], list[str]] = field(
        default_factory=dict[tuple[str, str], list[str]]
    )

    @property
    def comparisons(self) -> int:
        return self.outcomes.total()

    def add(self, kind: str, case: Case, outcome: str) -> None:
        self.outcomes[case.direction, kind, outcome] += 1
        if outcome == FELL_BACK:
            examples = self.fell_back.setdefault((case.direction, kind), [])
            self.fell_back[case.direction, kind] = _shortest([*examples, case.line()])

    def merge(self, other: Result) -> None:
        self.outcomes += other.outcomes
        for key, examples in other.fell_back.items():
            self.fell_back[key] = _shortest(self.fell_back.get(key, []) + examples)


def _shortest(lines: list[str]) -> list[str]:
    return sorted(set(lines), key=len)[:3]


class Cases:
    """Makes the cases of one schema for a comparer, whose exact codec makes further input."""

    def __init__(self, schema: Schema, comparer: Comparer) -> None:
        self.schema = schema
        self.comparer = comparer
        self.exact = schema.codecs
        self.fields_of = schema.package.fields_of
        self.unusual = classes_with(schema, _has_groups)
        self.extended = classes_with(schema, _is_extended)
        self.special = frozenset(module_of(schema.package, "_runtime.json.any").READERS)
        # Whether the message of the round is one that JSON can express.
        self._expressible = True

    def of_class(self, name: str, chance: random.Random) -> Iterator[Step]:
        """The cases of one class in one round."""
        cls = self.schema.ours(name)
        maker = Maker(self.schema.package, chance)
        message = maker.message(cls, chance.choice(_DEPTHS))
        other = maker.message(cls, 1)
        try:
            data, second = self.exact.encode(message), self.exact.encode(other)
        except self.schema.package.EncodeError:
            return
        message = self.exact.decode(cls, data)
        text = self._text_of(message)
        self._expressible = text is not None
        yield from self._of_message(name, data, message, chance)
        yield from self._of_bytes(name, cls, data, second, chance)
        if text is not None:
            yield from self._of_text(name, cls, text, message, chance)
        if cls._recursive and chance.random() < 0.3:
            yield from self._nested(name, cls, chance)

    def _text_of(self, message: Any) -> str | None:
        try:
            text: str = self.exact.to_json(message)
        except self.schema.package.EncodeError:
            return None
        return text

    def _plain(self, kind: str) -> str:
        """The kind of ordinary input; a message with text that is not UTF-8 has none."""
        return ORDINARY + kind if self._expressible else MUTATED

    def _of_message(
        self, name: str, data: bytes, message: Any, chance: random.Random
    ) -> Iterator[Step]:
        plain = self._plain("plain")
        for direction in ("encode", "to_json", "to_bytes", "construct"):
            yield plain, Case(direction, name, data), message
        for _ in range(8):
            seed = chance.randrange(1, 1 << 32)
            yield ODD, Case("encode", name, data, seed), message
            yield ODD, Case("to_json", name, data, seed), message
            yield ODD, Case("construct", name, data, seed), message
        for direction in ("to_bytes", "from_bytes"):
            seed = chance.randrange(1, 1 << 32)
            yield ODD, Case(direction, name, data, seed), message

    def _of_bytes(
        self, name: str, cls: Any, data: bytes, other: bytes, chance: random.Random
    ) -> Iterator[Step]:
        plain, parts = self._plain("plain"), ordinary.records_of(data)
        yield plain, Case("decode", name, data), None
        yield plain, Case("from_bytes", name, data), None
        shuffled = ordinary.reordered(parts, chance)
        yield self._plain("fields reordered"), Case("decode", name, shuffled), None
        more = ordinary.with_unknown(parts, chance)
        kind = self._plain("unknown fields")
        yield kind, Case("decode", name, more), None
        unknown = self.comparer.expected
        if not isinstance(unknown, BaseException):
            yield kind, Case("encode", name, more), unknown
            extended = name in self.extended  # what is unknown may be an extension
            yield MUTATED if extended else kind, Case("to_json", name, more), unknown
        most = chance.choice((0, 1, 2, 3, 5, 20, 1000))
        yield plain, Case("bounded", name, data, most), None
        mutator = Mutator(chance, self.fields_of)
        for _ in range(14):
            yield from self._mutated(name, mutator.mutated(cls, data, other), chance)

    def _mutated(self, name: str, data: bytes, chance: random.Random) -> Iterator[Step]:
        yield MUTATED, Case("decode", name, data), None
        message = self.comparer.expected
        if chance.random() < 0.3:
            most = chance.choice((0, 1, 2, 3, 5, 20))
            yield MUTATED, Case("bounded", name, data, most), None
        if chance.random() < 0.2:
            yield MUTATED, Case("from_bytes", name, data), None
        if isinstance(message, BaseException) or chance.random() < 0.5:
            return
        yield MUTATED, Case("encode", name, data), message
        yield MUTATED, Case("to_json", name, data), message

    def _of_text(
        self, name: str, cls: Any, plain: str, message: Any, chance: random.Random
    ) -> Iterator[Step]:
        fields = self.fields_of(cls)
        # The straight-line codec reads these by way of the exact one.
        special = name in self.special
        for kind, text, ignore in ordinary.texts_of(message, plain, fields, chance):
            of_kind = MUTATED if special else self._plain(kind)
            yield of_kind, _text(name, text, chance, ignore), None
        names = [each.json_name for each in fields]
        for _ in range(14):
            text = mutate_json.mutated(chance, plain, names)
            yield MUTATED, _text(name, text, chance, chance.random() < 0.5), None
        for _ in range(3):
            yield MUTATED, _broken(name, plain, chance), None

    def _nested(self, name: str, cls: Any, chance: random.Random) -> Iterator[Step]:
        cycle = self._cycle(cls, chance)
        if not cycle:
            return
        data = ordinary.nested(cycle, chance.choice(LEVELS))
        yield MUTATED, Case("decode", name, data), None
        message = self.comparer.expected
        if isinstance(message, BaseException):
            return
        yield MUTATED, Case("bounded", name, data, chance.randrange(160)), None
        yield MUTATED, Case("encode", name, data), message
        yield MUTATED, Case("to_json", name, data), message
        text = self.comparer.expected
        if isinstance(text, str):
            for ignore in (False, True):
                yield MUTATED, _text(name, text, chance, ignore), None
                longer = text.replace("{}", '{"nope":[{}]}')
                yield MUTATED, _text(name, longer, chance, ignore), None

    def _cycle(self, cls: Any, chance: random.Random) -> list[int]:
        """Numbers of fields that lead from a class to itself, if a walk finds them."""
        numbers: list[int] = []
        at = cls
        for _ in range(6):
            inner = [
                each
                for each in self.fields_of(at)
                if each.kind == "message" and each.presence != "map"
            ]
            if not inner:
                return []
            same = [each for each in inner if each.type is cls]
            step = chance.choice(same or inner)
            numbers.append(step.number)
            at = step.type
            if at is cls:
                return numbers
        return []


def _text(name: str, text: str, chance: random.Random, ignore: bool) -> Case:
    data = text.encode("utf-8", "surrogatepass")
    as_bytes = chance.random() < 0.3 and "surrogates" not in _encodable(text)
    return Case("from_json", name, data, ignore | as_bytes << 1)


def _encodable(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        return error.reason
    return ""


def _broken(name: str, plain: str, chance: random.Random) -> Case:
    """Text in which a byte was changed, as bytes, and no longer UTF-8 perhaps."""
    data = bytearray(plain.encode("utf-8", "surrogatepass"))
    for _ in range(chance.choice((1, 1, 2))):
        at = chance.randrange(len(data) + 1)
        end = at + chance.choice((0, 1, 1))
        data[at:end] = chance.choice((b"\xff", b"\xc3", b"\xed\xa0\x80", b"\0", b'"'))
    if chance.random() < 0.3:
        data[chance.randrange(len(data) + 1) :] = b""
    return Case("from_json", name, bytes(data), 2 | chance.randrange(2))


def _has_groups(schema: Schema, cls: Any) -> bool:
    """Whether a class has groups or is a message set, which codecs may refuse."""
    fields = schema.package.fields_of(cls)
    return cls._message_set or any(each.kind == "group" for each in fields)


def _is_extended(schema: Schema, cls: Any) -> bool:
    extensions = module_of(schema.package, "_index").EXTENSIONS
    return any(extendee == cls.__proto_name__ for extendee, _ in extensions)


def classes_with(
    schema: Schema, property_of: Callable[[Schema, Any], bool]
) -> frozenset[str]:
    """The classes that have a property, or classes with it somewhere inside."""
    inner: dict[str, set[str]] = {}
    found: set[str] = set()
    for name in schema.names:
        cls = schema.ours(name)
        if property_of(schema, cls):
            found.add(name)
        fields = schema.package.fields_of(cls)
        types = [each.value if each.kind == "map" else each for each in fields]
        inner[name] = {
            each.type.__proto_name__ for each in types if each.kind == "message"
        }
    while more := {name for name in inner if inner[name] & found} - found:
        found |= more
    return frozenset(found)


def rounds(
    cases: Cases, names: list[str], seed: str, numbers: Iterator[int]
) -> Iterator[Step]:
    """The cases of rounds, class after class."""
    for number in numbers:
        for name in names:
            yield from cases.of_class(name, random.Random(f"{seed} {number} {name}"))


def run(
    comparer: Comparer,
    names: list[str],
    seed: str,
    numbers: Iterator[int],
    *,
    comparisons: float = math.inf,
    until: float = math.inf,
) -> Result:
    """Compare until a number of comparisons or a time of `time.monotonic` is reached.

    Raises FoundError, whose first line repeats the case.
    """
    result = Result()
    with comparer.in_use():
        cases = Cases(comparer.schema, comparer)
        steps = rounds(cases, names, seed, numbers)
        for done, (kind, case, message) in enumerate(steps, 1):
            outcome = comparer.compare(case, message)
            result.add(UNUSUAL if case.name in cases.unusual else kind, case, outcome)
            if done >= comparisons or (done % 64 == 0 and time.monotonic() >= until):
                break
    return result
