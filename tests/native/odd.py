"""Messages made odd: values of wrong types, empty slots, members of oneofs that do not fit.

All of it depends on the given random numbers and on the message alone, so a seed repeats it.
"""

from __future__ import annotations

import enum
import random
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from typing import Any

from .alike import slots_of

# Fields that no schema here has.
RECORDS = (b"\xa0\x7d\x01", b"\xa2\x7d\x02hi", b"\xa5\x7d1234", b"\xa1\x7d12345678")


class Whole(int):
    """A subclass of int."""


class Number(float):
    """A subclass of float."""


class Text(str):
    """A subclass of str."""

    __slots__ = ()


class Blob(bytes):
    """A subclass of bytes."""


class Many(list[Any]):
    """A subclass of list."""


class Map(dict[Any, Any]):
    """A subclass of dict."""


class Index:
    """What counts as a whole number by `__index__` alone."""

    def __init__(self, value: int) -> None:
        self.value = value

    def __index__(self) -> int:
        return self.value


class Broken:
    """What raises whenever it is asked to be a number, compared or printed."""

    def __index__(self) -> int:
        raise ZeroDivisionError

    __float__ = __bool__ = __len__ = __eq__ = __repr__ = __index__  # type: ignore[assignment]
    __hash__ = None  # type: ignore[assignment]


class Other(enum.IntEnum):
    """An enum that is not of the package."""

    ONE = 1


VALUES: tuple[Callable[[], Any], ...] = (
    *(lambda value=value: value for value in (None, True, False, 0, 1, -1, 7)),
    *(lambda bits=bits: 1 << bits for bits in (7, 31, 32, 53, 63, 64, 200)),
    *(lambda bits=bits: -(1 << bits) - 1 for bits in (31, 32, 63, 64, 200)),
    *(lambda bits=bits: (1 << bits) - 1 for bits in (31, 32, 63, 64)),
    *(lambda value=value: value for value in (0.0, -0.0, 1.0, 1.5, 1e39, -1e300)),
    *(lambda text=text: float(text) for text in ("nan", "inf", "-inf", "1e-46")),
    *(lambda text=text: text for text in ("", "1", "x" * 300, "é", "\U0001f600", "\0")),
    *(lambda text=text: text for text in ("\ud800", "a\udcff", "x\ud83d", '"\\\x1f\x7f')),
    *(lambda blob=blob: blob for blob in (b"", b"x", b"\xff", b"\x08\x01")),
    *(lambda: bytearray(b"ab"), lambda: memoryview(b"ab"), lambda: memoryview(b"")),
    *(list, dict, tuple, set, object, lambda: [None], lambda: {"a": 1}, lambda: (1, 2)),
    *(lambda: Whole(5), lambda: Whole(0), lambda: Number(1.5), lambda: Text("x")),
    *(Text, lambda: Blob(b"x"), Many, Map, lambda: Many([1])),
    *(lambda: Index(3), lambda: Index(1 << 70), lambda: Index(0), Broken),
    *(lambda: Other.ONE, lambda: int, lambda: Ellipsis, lambda: iter(())),
)  # fmt: skip


@contextmanager
def made_odd(message: Any, seed: int) -> Generator[None]:
    """One to three places of a message hold something odd; afterwards all is as before."""
    chance = random.Random(seed)
    undo: list[tuple[Any, str, Any]] = []
    try:
        for _ in range(chance.choice((1, 1, 1, 2, 3))):
            inside = _inside(chance, message)
            name = chance.choice(slots_of(inside.__class__))
            _put(chance, inside, name, undo)
        yield
    finally:
        for inside, name, before in reversed(undo):
            if before is undo:
                delattr(inside, name)
            else:
                setattr(inside, name, before)


def _put(
    chance: random.Random, message: Any, name: str, undo: list[tuple[Any, str, Any]]
) -> None:
    """Change one slot. `undo` itself stands for a slot that was empty."""
    before = getattr(message, name, undo)
    if chance.random() < 0.1:
        if before is not undo:
            undo.append((message, name, before))
            delattr(message, name)
        return
    value = _other(chance, message, name, before)
    undo.append((message, name, before))
    setattr(message, name, value)


def _inside(chance: random.Random, message: Any) -> Any:
    """The message or one of those inside it."""
    for _ in range(4):
        inner = [each for each in _children(message) if hasattr(each, "_specifiers")]
        if not inner or chance.random() < 0.4:
            return message
        message = chance.choice(inner)
    return message


def _children(message: Any) -> Iterator[Any]:
    for name in slots_of(message.__class__):
        value: Any = getattr(message, name, None)
        if value.__class__ is list:
            yield from value
        elif value.__class__ is dict:
            yield from value.values()
        elif not isinstance(value, type):
            yield value


def odd_value(chance: random.Random) -> Any:
    """Any of the odd values, a new one each time."""
    return chance.choice(VALUES)()


def _other(chance: random.Random, message: Any, name: str, before: Any) -> Any:
    """A value for a slot: often like the one that is there."""
    if name == "_unknown":
        # It is private, and not even the exact codec expects bytes there that no decoder leaves.
        return b"".join(chance.choices(RECORDS, k=chance.randrange(4)))
    if name.startswith("_c_"):
        return _case(chance, message, before)
    if chance.random() < 0.5:
        like = _like(chance, message, before)
        if like is not None:
            return like
    return odd_value(chance)


def _case(chance: random.Random, message: Any, before: Any) -> Any:
    """The name of another member or field, the same text in another object, or odd."""
    names = list(message._specifiers)
    kind = chance.randrange(5)
    if kind == 0 and before.__class__ is str:
        return "".join(list(before))  # equal, but another object
    if kind == 1 and before.__class__ is str:
        return Text(before)
    if kind == 2:
        return None
    return chance.choice(names) if kind == 3 else odd_value(chance)


def _like(chance: random.Random, message: Any, before: Any) -> Any:
    """A value that only nearly has the type it should have; None if there is none."""
    cls = before.__class__
    if cls is list:
        return _list_like(chance, before)
    if cls is dict:
        return _dict_like(chance, before)
    if hasattr(cls, "_specifiers"):
        # Itself inside itself, a class for a message, a message of another class.
        return chance.choice((message, cls, cls(), Other.ONE))
    subclass: Any = {int: Whole, float: Number, str: Text, bytes: Blob}.get(cls)
    if subclass is None:
        return Whole(before) if isinstance(before, int) else None
    return subclass(before)


def _list_like(chance: random.Random, before: list[Any]) -> Any:
    odd = odd_value(chance)
    at = chance.randrange(len(before) + 1)
    made: tuple[Callable[[], Any], ...] = (
        lambda: tuple(before),
        lambda: Many(before),
        lambda: [*before[:at], odd, *before[at:]],
        lambda: [*before[:at], odd, *before[at + 1 :]],
        lambda: (*before, odd),
        lambda: [*before, before],
        lambda: before * 3,
    )
    return chance.choice(made)()


def _dict_like(chance: random.Random, before: dict[Any, Any]) -> Any:
    odd = odd_value(chance)
    keys = list(before)
    key = chance.choice(keys) if keys else "k"
    made: tuple[Callable[[], Any], ...] = (
        lambda: Map(before),
        lambda: list(before.items()),
        lambda: {**before, key: odd},
        lambda: dict(reversed(before.items())),
        lambda: _with_key(before, odd),
        lambda: {**before, **{odd_key: before.get(key) for odd_key in (True, 2**64)}},
    )
    return chance.choice(made)()


def _with_key(before: dict[Any, Any], key: Any) -> Any:
    try:
        return {**before, key: next(iter(before.values()), None)}
    except Exception:  # noqa: BLE001 - not every odd value has a hash
        return {**before, None: None}
