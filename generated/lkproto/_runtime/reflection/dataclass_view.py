"""Messages as seen by the `dataclasses` and `inspect` modules, made on first use."""

from __future__ import annotations

import dataclasses
import inspect

from ..table import Field, table_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ..message import Message


def dataclass_fields(cls: type[Message]) -> dict[str, dataclasses.Field[Any]]:
    """The `__dataclass_fields__` of a message class, which this sets on the class."""
    annotations = cls.__annotations__
    fields = {
        field.name: _dataclass_field(field, annotations[field.name])
        for field in table_of(cls).fields
    }
    type.__setattr__(cls, "__dataclass_fields__", fields)
    return fields


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


def signature(fields: dict[str, dataclasses.Field[Any]]) -> inspect.Signature:
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
        for name, made in fields.items()
    ]
    return inspect.Signature(parameters)
