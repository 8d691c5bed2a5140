"""Messages as seen by the `dataclasses` and `inspect` modules, made on first use.

Libraries that look for `__dataclass_fields__` themselves to write JSON would write Python's names
and enums as numbers, and when they read it they would leave slots empty. None of that is ProtoJSON,
so they do not get it: for them a message is of a class they do not know, which they refuse or ask
a hook for. So do those that ask the functions of `dataclasses` for the same purpose.
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
    from types import FrameType
    from typing import Any

    from ..message import Message

# Libraries that write JSON of their own, or all that `repr` hides, from `dataclasses.fields`.
_OTHER_FORMS = frozenset(
    (
        "dataclass_wizard",
        "dataclasses_json",
        "devtools",
        "fastapi",
        "flask",
        "marshmallow_dataclass",
        "quart",
        "serde",
    )
)
# A part of FastAPI that only asks what a class is: a dataclass is the body of a request.
_CLASSIFIES = "fastapi._compat"


@dataclasses.dataclass(repr=False, kw_only=True, slots=True)
class _Like:
    """A dataclass with what messages have; `pprint` takes the repr of one from the class."""


def fields_for_asker(cls: type[Message]) -> dict[str, dataclasses.Field[Any]]:
    """The `__dataclass_fields__` of a message class, for the `dataclasses` module alone."""
    # This function, the descriptor, then who asks.
    asker = sys._getframe(2)
    user = asker.f_back
    if _package(asker) != dataclasses.__name__:
        refused: type[Exception] = AttributeError
    elif user is None or not _writes_other_forms(user):
        return dataclass_fields(cls)
    else:
        refused = TypeError if _has_to_know(asker, user) else AttributeError
    raise refused(
        f"{cls.__qualname__} is a protobuf message, and its fields are not for other formats; "
        "use to_json and from_json, or to_dict and from_dict"
    )


def _writes_other_forms(user: FrameType) -> bool:
    module: str = user.f_globals.get("__name__", "")
    return _package(user) in _OTHER_FORMS and not module.startswith(_CLASSIFIES)


def _has_to_know(asker: FrameType, user: FrameType) -> bool:
    """Whether a library would go on without a word, or with another, if it found no fields.

    `fields` replaces an AttributeError by its own, and dataclasses_json puts a dict where it
    finds a class that is not a dataclass.
    """
    reads = isinstance(asker.f_locals.get("obj"), type)
    return asker.f_code.co_name == "fields" or (
        _package(user) == "dataclasses_json" and reads
    )


def _package(frame: FrameType) -> str:
    """The package that a frame runs code of."""
    name: str = frame.f_globals.get("__name__", "")
    return name.partition(".")[0]


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
