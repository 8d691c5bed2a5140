# ruff: noqa: PGH004
# ruff: noqa
# isort: skip_file
# fmt: off
# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""Messages as seen by the `dataclasses` and `inspect` modules, made on first use.

Libraries that look for `__dataclass_fields__` themselves to write JSON would write Python's names
and enums as numbers, and when they read it they would leave slots empty. None of that is ProtoJSON,
so they do not get it: for them a message is of a class they do not know, which they refuse or ask
a hook for.
"""

# Modules of the runtime share the layout of messages; see `table`.
# pyright: reportPrivateUsage=false

from __future__ import annotations

import dataclasses
import inspect
import sys

from ..table import Field, table_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ..message import Message


@dataclasses.dataclass(repr=False, kw_only=True, slots=True)
class _Like:
    """A dataclass with what messages have; `pprint` takes the repr of one from the class."""


def fields_for_asker(cls: type[Message]) -> dict[str, dataclasses.Field[Any]]:
    """The `__dataclass_fields__` of a message class, for the `dataclasses` module alone."""
    # This function, the descriptor, then who asks.
    asker = sys._getframe(2).f_globals.get("__name__")
    if asker != dataclasses.__name__:
        raise AttributeError(
            f"{cls.__qualname__} is a protobuf message: only the functions of `dataclasses` "
            "see its fields; use to_json and from_json, or to_dict and from_dict"
        )
    return dataclass_fields(cls)


def dataclass_fields(cls: type[Message]) -> dict[str, dataclasses.Field[Any]]:
    """The fields of a message class as `dataclasses.fields` gives them, made once."""
    if not hasattr(cls, "__proto_name__"):
        return {}  # Message itself
    found: dict[str, dataclasses.Field[Any]] | None = cls.__dict__.get("_view")
    if found is None:
        annotations = cls.__annotations__
        found = {
            field.name: _dataclass_field(field, annotations[field.name])
            for field in table_of(cls).fields
        }
        type.__setattr__(cls, "_view", found)
    return found


def params(cls: type[Message]) -> Any:
    """The `__dataclass_params__` of a message class."""
    return _Like.__dataclass_params__  # type: ignore[attr-defined]


def filled_from_outside(cls: type[Message]) -> TypeError:
    """The error for a message that is filled field by field instead of constructed."""
    name = cls.__qualname__
    return TypeError(
        f"{cls.__proto_name__} is not filled field by field; give a {name}, or use "
        f"{name}.from_json(...) or {name}.from_dict(...)"
    )


def _dataclass_field(field: Field, annotation: Any) -> dataclasses.Field[Any]:
    many = field.presence in ("repeated", "map")
    made: Any = (
        dataclasses.field(default_factory=field.default, kw_only=True)
        if many
        else dataclasses.field(default=field.default, kw_only=True)
    )
    made.name = field.name
    made.type = annotation
    # `dataclasses.fields` uses this mark to distinguish fields from ClassVars and InitVars.
    made._field_type = dataclasses._FIELD  # type: ignore[attr-defined]
    return made  # type: ignore[no-any-return]


def signature(cls: type[Message]) -> inspect.Signature:
    """The signature of a constructor: every field keyword-only, with its default."""
    parameters = [
        inspect.Parameter(
            name,
            inspect.Parameter.KEYWORD_ONLY,
            default=(
                made.default_factory
                if made.default is dataclasses.MISSING
                else made.default
            ),
            annotation=made.type,
        )
        for name, made in dataclass_fields(cls).items()
    ]
    return inspect.Signature(parameters)
