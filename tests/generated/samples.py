"""Messages of any class with every field set, always to the same values."""

from __future__ import annotations

from typing import Any

from lkproto import Field, fields_of


def given(cls: Any, depth: int = 1) -> dict[str, Any]:
    """Arguments that set every field (the first of each oneof); below `depth`, only required ones."""
    found: dict[str, Any] = {}
    seen: set[str] = set()
    for field in fields_of(cls):
        wanted = depth >= 0 or field.presence == "required"
        if wanted and (field.oneof is None or field.oneof not in seen):
            found[field.name] = _value(field, depth)
            seen |= {field.oneof} if field.oneof else set()
    return found


def _value(field: Field, depth: int) -> Any:
    if field.presence == "map":
        assert field.key is not None
        assert field.value is not None
        return {_single(field.key, depth): _single(field.value, depth)}
    if field.presence == "repeated":
        return [_single(field, depth), _single(field, depth)]
    return _single(field, depth)


def _single(field: Field, depth: int) -> Any:
    if field.kind == "enum":
        return list(field.type)[-1] or field.type(1)  # zero would count as unset
    if field.kind in ("message", "group"):
        return field.type(**given(field.type, depth - 1))
    scalars = {
        "string": f"text of {field.name}",
        "bytes": field.name.encode(),
        "bool": True,
        "double": 1.5,
        "float": 1.5,
    }
    return scalars.get(field.kind, field.number)
