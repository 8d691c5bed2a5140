"""Messages of any class, from the table of its fields."""

from __future__ import annotations

import warnings
from functools import lru_cache
from typing import Any, TypeVar

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from lkproto import Field, Message, fields_of

from .scalars import Mode, numbers, scalars
from .well_known import WELL_KNOWN

M = TypeVar("M", bound=Message)
MOST_FIELDS = 5
"""Fields that a message has set; which ones, differs from example to example."""
DEPTH = 3
"""Levels of messages."""
_MESSAGES = ("message", "group")


def from_message(
    cls: type[M], mode: Mode = "valid", *, depth: int = DEPTH
) -> SearchStrategy[M]:
    """Messages of a class with at most `depth` levels.

    `valid` has values that every format can express, each equal to itself. `boundary` seeks the
    edges: limits of ranges, NaN and infinities, odd texts, fields that are set to their default,
    enum numbers without a name, and fields that the schema does not know.
    """
    found: SearchStrategy[M] = _messages(cls, mode, depth)
    return found


@lru_cache(maxsize=4096)
def _messages(cls: Any, mode: Mode, depth: int) -> SearchStrategy[Any]:
    if special := WELL_KNOWN.get(cls.__proto_name__):
        return special(cls, mode)
    plain = _with_fields(cls, mode, depth)
    if mode == "valid" or any(each.presence == "required" for each in fields_of(cls)):
        return plain
    extended = st.builds(_extended, plain, unknown_fields(cls))
    return st.one_of(plain, plain, plain, extended)


def _extended(message: Message, unknown: bytes) -> Message:
    return type(message).from_bytes(message.to_bytes() + unknown)


def _with_fields(cls: Any, mode: Mode, depth: int) -> SearchStrategy[Any]:
    usable = [field for field in fields_of(cls) if depth > 1 or not _nests(field)]
    required = [field for field in usable if field.presence == "required"]
    free = [field for field in usable if field.presence != "required"]
    # Made when they are drawn: recursive types have no end.
    made = {
        field.name: st.deferred(lambda field=field: _values(field, mode, depth))  # type: ignore[misc]
        for field in usable
    }

    chosen = _choices(free)

    @st.composite
    def build(draw: st.DrawFn) -> Any:
        wanted = [*required, *_one_of_each(draw(chosen))]
        given = {field.name: draw(made[field.name]) for field in wanted}
        with warnings.catch_warnings():
            warnings.simplefilter(
                "ignore", DeprecationWarning
            )  # old fields are tried, too
            return cls(**given)

    return build()


def _choices(fields: list[Field]) -> SearchStrategy[list[Field]]:
    if not fields:
        return st.just([])
    return st.lists(
        st.sampled_from(fields),
        max_size=min(len(fields), MOST_FIELDS),
        unique_by=lambda field: field.number,
    )


def _one_of_each(fields: list[Any]) -> list[Field]:
    """The fields, without those whose oneof has another one already."""
    oneofs = {field.oneof: field for field in reversed(fields) if field.oneof}
    return [field for field in fields if oneofs.get(field.oneof or "", field) is field]


def _nests(field: Field) -> bool:
    return (field.value or field).kind in _MESSAGES


def _values(field: Field, mode: Mode, depth: int) -> SearchStrategy[Any]:
    if field.presence == "map":
        assert field.key is not None
        assert field.value is not None
        keys, values = _single(field.key, mode, depth), _single(
            field.value, mode, depth
        )
        return st.dictionaries(keys, values, max_size=2)
    one = _single(field, mode, depth)
    if field.presence == "repeated":
        return st.lists(one, max_size=3)
    if mode == "boundary" and not _nests(field):
        return one | st.just(_zero(field))
    return one


def _zero(field: Field) -> Any:
    """The value that is written only where the schema tells it from absence."""
    if field.kind == "enum":
        return next(iter(field.type))
    return {"string": "", "bytes": b"", "bool": False, "float": 0.0, "double": 0.0}.get(
        field.kind, 0
    )


def _single(field: Field, mode: Mode, depth: int) -> SearchStrategy[Any]:
    if field.kind in _MESSAGES:
        return _messages(field.type, mode, depth - 1)
    if field.kind == "enum":
        return _members(field.type, mode)
    return scalars(field.kind, mode)


@lru_cache(maxsize=1024)
def _members(enum: Any, mode: Mode) -> SearchStrategy[Any]:
    named = st.sampled_from(list(enum))
    if mode == "valid" or _is_closed(enum):
        return named
    return named | numbers("enum", mode).map(enum)


def _is_closed(enum: Any) -> bool:
    """Whether an enum has only the numbers that have a name."""
    free = next(
        number
        for number in range(1 << 20, 1 << 30)
        if number not in enum._value2member_map_
    )
    try:
        enum(free)
    except ValueError:
        return True
    return False


def unknown_fields(cls: type[Message]) -> SearchStrategy[bytes]:
    """Well-formed fields as bytes, with numbers that a class does not have."""
    known = {field.number for field in fields_of(cls)}
    free = [each for each in (*range(1, 200), 536_870_911) if each not in known][-40:]
    return st.lists(
        st.builds(
            _record,
            st.sampled_from(free[::-1]),
            st.sampled_from([0, 2, 1, 5]),
            st.binary(max_size=4),
        ),
        min_size=1,
        max_size=3,
    ).map(b"".join)


def _record(number: int, wire_type: int, content: bytes) -> bytes:
    from .wire import field_bytes

    return field_bytes(number, wire_type, content)
