"""Reads the schemas, and says where a value does not satisfy one."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from ..operations import BY_NAME
from ..values import cut

FOLDER = Path(__file__).parent
_BASE = "https://schemas.invalid/"
"""What relative references are resolved against; nothing is fetched."""
_SHOWN = 300

Check = Callable[[Any], str]
"""The first problem of a value as `$.path: …`, or an empty text."""


class MissingError(Exception):
    """The library jsonschema is not installed."""


def names() -> list[str]:
    """Every schema: `protocol`, `vectors`, `report`, and `operations/NAME` for each operation."""
    return [
        "protocol",
        "vectors",
        "report",
        *(f"operations/{name}" for name in BY_NAME),
    ]


@cache
def load(name: str) -> dict[str, Any]:
    """The text of a schema, such as `protocol` or `operations/token.verify`, as an object."""
    return dict(json.loads((FOLDER / f"{name}.json").read_text("utf-8")))


@cache
def validator(name: str, part: str = "") -> Check:
    """A check of values by a schema, or by one of its `$defs`. Raises MissingError.

    Of an operation, `operations/NAME` checks what a testee is sent, its part `result` what it
    answers; `written_args` and `written_result` are what a vector has, and fall back to these.
    """
    try:
        from jsonschema import Draft202012Validator
    except ImportError:
        raise MissingError(
            "schemas need jsonschema: pip install 'lkproto[conformance]'"
        ) from None
    part = _there(name, part)
    pointer = f"#/$defs/{part}" if part else ""
    checker: Any = Draft202012Validator(
        {"$ref": f"{_BASE}{name}.json{pointer}"}, registry=_registry()
    )
    return lambda value: _problem(checker, value)


def _there(name: str, part: str) -> str:
    """The part of a schema, or what stands for it where a vector holds nothing more."""
    if part in load(name)["$defs"]:
        return part
    return {"written_args": "", "written_result": "result"}.get(part, part)


@cache
def _registry() -> Any:
    import referencing
    from referencing.jsonschema import DRAFT202012

    pairs = (
        (f"{_BASE}{name}.json", DRAFT202012.create_resource(load(name)))
        for name in [*names(), "common"]
    )
    return referencing.Registry[Any]().with_resources(pairs)


def _problem(checker: Any, value: Any) -> str:
    error = next(checker.iter_errors(value), None)
    if error is None:
        return ""
    while error.context:  # of several alternatives, what is wrong in the first
        error = error.context[0]
    return f"{error.json_path}: {cut(error.message, _SHOWN)}"
