"""The fields of the grants, from the generated package, and values to mint them with."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lkproto import Field, fields_of
from lkproto.auth import ClaimGrants

SAMPLES: dict[tuple[str, str], Any] = {
    ("bool", "implicit"): True,
    ("bool", "explicit"): False,
    ("string", "implicit"): "text",
    ("string", "repeated"): ["one", "two"],
    ("map", "map"): {"key": "value"},
}


def grants() -> Iterator[tuple[Field, tuple[Field, ...]]]:
    """Every claim that is an object of grants, with the fields of that object."""
    for field in fields_of(ClaimGrants):
        if (field.type_name or "").startswith("lkproto."):
            yield field, fields_of(field.type)


def sample(field: Field) -> Any:
    """A value that is minted, and that differs from an unset field."""
    return SAMPLES[field.kind, field.presence]
