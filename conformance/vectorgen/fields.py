"""The fields of the grants, from the generated package, and values to mint them with."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lkproto import find_message
from lkproto._runtime.table import Field, Table, table_of

SAMPLES: dict[tuple[str, str], Any] = {
    ("bool", "implicit"): True,
    ("bool", "explicit"): False,
    ("string", "implicit"): "text",
    ("string", "repeated"): ["one", "two"],
    ("map", "map"): {"key": "value"},
}


def table(name: str) -> Table:
    """The fields of a message of grants."""
    message = find_message(f"lkproto.{name}")
    assert message is not None
    return table_of(message)


def grants() -> Iterator[tuple[Field, Table]]:
    """Every claim that is an object of grants."""
    for field in table("ClaimGrants").fields:
        package, _, name = (field.type_name or "").rpartition(".")
        if package == "lkproto":
            yield field, table(name)


def sample(field: Field) -> Any:
    """A value that is minted, and tells an unset field from a set one."""
    return SAMPLES[field.kind, field.presence]
