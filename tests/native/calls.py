"""Arguments of constructors and of the public methods: right ones, and all sorts of wrong ones."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from .odd import Text, odd_value

Arguments = tuple[tuple[Any, ...], dict[Any, Any]]
# Names that could be taken for parameters of the written constructor.
NAMES = (
    *("nope", "", "self", "cls", "_guard", "_rest", "_missing", "_unknown", "a b"),
    *("__class__", "é", "\ud800", "x" * 100, "_c", "_v", "value"),
)


def keywords_of(message: Any, fields: Any) -> dict[str, Any]:
    """The keywords that construct a message again: all that is set, a member of a oneof each."""
    given: dict[str, Any] = {}
    for field in fields:
        value = getattr(message, field.name)
        if value is not None:
            given[field.name] = value
    return given


def construction(message: Any, fields: Any, seed: int) -> Arguments:
    """The arguments of a constructor; a seed of 0 gives right ones."""
    given: dict[Any, Any] = keywords_of(message, fields)
    if not seed:
        return (), given
    chance = random.Random(seed)
    names = [field.name for field in fields]
    positional: list[Any] = []
    for _ in range(chance.choice((1, 1, 2, 3))):
        chance.choice(_TWISTS)(chance, given, names, fields, positional)
    return tuple(positional), given


def _some(
    chance: random.Random, given: dict[Any, Any], names: list[str], *_: Any
) -> None:
    """Fewer keywords, in another order."""
    kept = [pair for pair in given.items() if chance.random() < 0.6]
    chance.shuffle(kept)
    given.clear()
    given.update(kept)


def _none(
    chance: random.Random, given: dict[Any, Any], names: list[str], *_: Any
) -> None:
    if names:
        given[chance.choice(names)] = None


def _odd(
    chance: random.Random, given: dict[Any, Any], names: list[str], *_: Any
) -> None:
    if names:
        given[chance.choice(names)] = odd_value(chance)


def _unknown(
    chance: random.Random, given: dict[Any, Any], names: list[str], fields: Any, *_: Any
) -> None:
    """A name that no field has; or that of a field, in another spelling or in an object of its own."""
    if not names or chance.random() < 0.4:
        given[chance.choice(NAMES)] = odd_value(chance)
        return
    field = chance.choice(fields)
    spelled: tuple[Callable[[], Any], ...] = (
        lambda: field.json_name,
        lambda: field.proto_name,
        field.name.upper,
        lambda: field.name[:-1],
        lambda: field.name + "_",
        lambda: "".join(list(field.name)),
        lambda: Text(field.name),
        lambda: "_c_" + (field.oneof or "x"),
    )
    given[chance.choice(spelled)()] = odd_value(chance)


def _two_members(
    chance: random.Random, given: dict[Any, Any], names: list[str], fields: Any, *_: Any
) -> None:
    members = [field for field in fields if field.oneof is not None]
    for field in chance.sample(members, min(2, len(members))):
        given[field.name] = chance.choice((None, 1, "x", odd_value(chance)))


def _all(
    chance: random.Random, given: dict[Any, Any], names: list[str], *_: Any
) -> None:
    for name in names:
        given.setdefault(name, chance.choice((None, 0, 1, "", [], odd_value(chance))))


def _positional(
    chance: random.Random,
    given: dict[Any, Any],
    names: list[str],
    fields: Any,
    positional: list[Any],
) -> None:
    positional.append(odd_value(chance))


def _no_text(
    chance: random.Random, given: dict[Any, Any], names: list[str], *_: Any
) -> None:
    given[chance.choice((1, None, b"x", ("a",)))] = 1


_TWISTS: tuple[Callable[..., None], ...] = (
    *(_some, _some, _none, _odd, _odd, _unknown, _two_members, _all),
    *(_positional, _no_text),
)


def reading(data: bytes, seed: int) -> Arguments:
    """The arguments of `from_bytes`; a seed of 0 gives the plain call."""
    if not seed:
        return (data,), {}
    chance = random.Random(seed)
    made: tuple[Callable[[], Arguments], ...] = (
        lambda: ((bytearray(data),), {}),
        lambda: ((memoryview(data),), {}),
        lambda: ((memoryview(data + b"x")[:-1],), {}),
        lambda: ((data,), {"max_depth": chance.choice((0, 1, 2, 99, 100, 101, "x"))}),
        lambda: ((data,), {"max_messages": chance.choice((-1, 0, 1, 2, 9, None, "x"))}),
        lambda: ((data,), {"max_depth": 100, "max_messages": chance.randrange(4)}),
        lambda: ((odd_value(chance),), {}),
        lambda: ((), {}),
        lambda: ((data, 1), {}),
        lambda: ((data, 100, 3), {}),
        lambda: ((), {"data": data}),
        lambda: ((data,), {"nope": 1}),
        lambda: ((data,), {"max_depth": 100, "nope": 1}),
    )
    return chance.choice(made)()


def writing(seed: int) -> Arguments:
    """The arguments of `to_bytes`; a seed of 0 gives the plain call."""
    if not seed:
        return (), {}
    chance = random.Random(seed)
    made: tuple[Arguments, ...] = (
        ((), {}),
        ((), {"deterministic": False}),
        ((), {"deterministic": True}),
        ((), {"deterministic": 1}),
        ((), {"deterministic": "x"}),
        ((1,), {}),
        ((), {"nope": 1}),
    )
    return chance.choice(made)
