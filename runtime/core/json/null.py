"""Where null is a value in ProtoJSON: in `google.protobuf.Value`, and as the only NullValue."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..table import Field

VALUE = "google.protobuf.Value"
NULL_VALUE = "google.protobuf.NullValue"


def null_is_value(field: Field) -> bool:
    """Whether null is a value of a field, instead of meaning that it has none."""
    return field.type_name in (VALUE, NULL_VALUE)
