"""A run: seeds of every message, mutated and judged."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import Any

from . import mutate_json, mutate_text
from .judge import Case, Judge
from .mutate_binary import Mutator
from .schemas import Schema
from .seeds import Maker

FORMATS = ("binary", "json", "text")


def run(
    form: str,
    schema: Schema,
    names: list[str],
    differ: Callable[[Case], None],
    *,
    seed: int = 0,
    rounds: int = 1,
    each: int = 10,
) -> int:
    """Judge mutations of messages in one format; returns how many.

    Each class has `rounds` seeds, and each seed `each` mutations.
    """
    judge = Judge(schema, differ)
    count = 0
    for name in names:
        chance = random.Random(f"{seed} {form} {name}")
        for _ in range(rounds):
            for data in INPUTS[form](schema, name, chance, each):
                give(judge, form, name, data, chance.random() < 0.5)
                count += 1
    return count


def give(
    judge: Judge, form: str, name: str, data: Any, ignore_unknown: bool = False
) -> None:
    """Judge one input; an error names the input."""
    try:
        if form == "binary":
            judge.binary(name, data)
        elif form == "json":
            judge.json(name, data, ignore_unknown=ignore_unknown)
        else:
            judge.text(name, data, ignore_unknown=ignore_unknown)
    except Exception as error:
        error.add_note(f"{name}, ignore_unknown={ignore_unknown}: {data!r}")
        raise


def _seed(schema: Schema, name: str, chance: random.Random) -> Any:
    return Maker(schema.package, chance).message(schema.ours(name))


def _binary(
    schema: Schema, name: str, chance: random.Random, each: int
) -> Iterator[bytes]:
    data = _seed(schema, name, chance).to_bytes()
    other = _seed(schema, name, chance).to_bytes()
    mutator = Mutator(chance, schema.package.fields_of)
    yield data
    for _ in range(each):
        yield mutator.mutated(schema.ours(name), data, other)


def _json(schema: Schema, name: str, chance: random.Random, each: int) -> Iterator[str]:
    text = _printable(schema, name, chance).to_json()
    names = [field.json_name for field in schema.package.fields_of(schema.ours(name))]
    yield text
    for _ in range(each):
        yield mutate_json.mutated(chance, text, names)


def _text(schema: Schema, name: str, chance: random.Random, each: int) -> Iterator[str]:
    text = _seed(schema, name, chance).to_text()
    names = [field.proto_name for field in schema.package.fields_of(schema.ours(name))]
    yield text
    for _ in range(each):
        yield mutate_text.mutated(chance, text, names)


def _printable(schema: Schema, name: str, chance: random.Random) -> Any:
    """A message that JSON can express: its text has to be UTF-8."""
    while True:
        message = _seed(schema, name, chance)
        try:
            message.to_json()
        except schema.package.EncodeError:
            continue
        return message


INPUTS: dict[str, Callable[[Schema, str, random.Random, int], Iterator[Any]]] = {
    "binary": _binary,
    "json": _json,
    "text": _text,
}
