"""The field table of a message class: the contract between messages and codecs.

Made from a class's specifiers on first use. A codec reads `table_of(cls)` and the instance
layout described in `message`, and nothing else.
"""

# Modules of the runtime share the layout of messages; see `message`.
# pyright: reportPrivateUsage=false

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, Literal, TypeAlias

    from .message import Message
    from .specifiers import Specifier

    Presence: TypeAlias = Literal["implicit", "explicit", "required", "repeated", "map"]

# What an implicit field reads as when it is unset; the specifier says it, too, but shares
# no objects: codecs compare with these by identity.
_UNPACKABLE = frozenset(("string", "bytes", "message", "group"))


class Field:
    """What a message knows of one of its fields.

    `name` is the Python attribute, `proto_name` the schema's, `json_name` ProtoJSON's. `kind`
    is the proto type (`"map"` for maps, whose `key` and `value` are fields numbered 1 and 2).
    `presence` is `implicit` (unset reads as the zero value), `explicit` or `required` (unset
    reads as None), `repeated` or `map`. `default` is what an unset field reads as: for repeated
    fields and maps the factory. `declared` is the schema's own default (proto2), which is not
    read implicitly. `oneof` is the oneof's name or None. `redact` is the name of the
    sensitivity the schema gives, or None.
    """

    __slots__ = (
        "_declared",
        "_default",
        "_type",
        "deprecated",
        "json_name",
        "key",
        "kind",
        "message_type",
        "name",
        "number",
        "oneof",
        "packed",
        "presence",
        "proto_name",
        "redact",
        "redact_format",
        "type_name",
        "utf8",
        "value",
    )

    def __init__(
        self, name: str, specifier: Specifier, message_type: type[Message] | None
    ) -> None:
        kind, number, types, options = specifier
        self.name = name
        self.number: int = number
        self.kind: str = kind
        self.message_type = message_type
        self.proto_name: str = options.get("name", name)
        self.json_name: str = options.get("json") or json_name(self.proto_name)
        self.oneof: str | None = options.get("oneof")
        self.presence: Presence = _presence(kind, options)
        self.packed: bool = (
            self.presence == "repeated"
            and kind not in _UNPACKABLE
            and options.get("packed", True)
        )
        self.utf8: bool = options.get("utf8", True)
        self.deprecated: bool = options.get("deprecated", False)
        self.redact: str | None = options.get("redact")
        self.redact_format: str | None = options.get("redact_format")
        self.key: Field | None = None
        self.value: Field | None = None
        self.type_name: str | None = types
        if kind == "map":
            self.type_name = None
            self.key = _entry_part("key", 1, types[0], None, options)
            self.value = _entry_part("value", 2, types[1], types[2], options)
        self._type: Any = None
        self._default: Any = options.get("default", options.get("factory"))
        self._declared: Any = options.get("declared")

    @property
    def type(self) -> Any:
        """The class of a message, group or enum field; None for scalars and maps."""
        found = self._type
        if found is None and self.type_name is not None:
            from .registry import find_type

            found = self._type = find_type(self.type_name)
        return found

    @property
    def default(self) -> Any:
        """What an unset field reads as; for repeated fields and maps, the factory."""
        return self._as_member(self._default)

    @property
    def declared(self) -> Any:
        """The default a proto2 schema declares for the field, or None."""
        return self._as_member(self._declared)

    def _as_member(self, value: Any) -> Any:
        return (
            self.type(value)
            if self.kind == "enum" and value.__class__ is int
            else value
        )

    @property
    def options(self) -> Any:
        """The field's options, as the package's own `google.protobuf.FieldOptions`."""
        from .reflection.members import field_options

        return field_options(self)

    def __repr__(self) -> str:
        return (
            f"<Field {self.proto_name} = {self.number}: {self.kind}, {self.presence}>"
        )


class Table:
    """The fields of one message class, in the orders codecs need them."""

    __slots__ = (
        "by_json",
        "by_number",
        "cls",
        "fields",
        "message_set",
        "name",
        "oneofs",
        "recursive",
    )

    def __init__(self, cls: type[Message]) -> None:
        self.cls = cls
        self.name: str = cls.__proto_name__
        self.fields: tuple[Field, ...] = tuple(
            Field(name, specifier, cls) for name, specifier in cls._specifiers.items()
        )
        # In the order of numbers, which is the order on the wire.
        self.by_number: dict[int, Field] = {
            each.number: each
            for each in sorted(self.fields, key=lambda field: field.number)
        }
        self.by_json: dict[str, Field] = {each.proto_name: each for each in self.fields}
        self.by_json.update({each.json_name: each for each in self.fields})
        self.message_set: bool = cls._message_set
        self.recursive: bool = cls._recursive
        self.oneofs: dict[str, tuple[Field, ...]] = {}
        for each in self.fields:
            if each.oneof is not None:
                members = self.oneofs.get(each.oneof, ())
                self.oneofs[each.oneof] = (*members, each)


def table_of(cls: type[Message]) -> Table:
    """The table of a message class, made once."""
    table = cls._table
    if table is None:
        table = cls._table = Table(cls)
    return table


def json_name(proto_name: str) -> str:
    """The default json_name: lowerCamelCase, as protoc derives it."""
    first, *rest = proto_name.split("_")
    return first + "".join(part[:1].upper() + part[1:] for part in rest)


def _presence(kind: str, options: dict[str, Any]) -> Presence:
    if kind == "map":
        return "map"
    if "factory" in options:
        return "repeated"
    if options.get("required"):
        return "required"
    return "explicit" if options["default"] is None else "implicit"


def _entry_part(
    name: str, number: int, kind: str, type_name: str | None, options: dict[str, Any]
) -> Field:
    default = _ZERO[kind]() if kind in _ZERO else None
    kept: dict[str, Any] = {
        key: options[key]
        for key in ("redact", "redact_format", "utf8")
        if key in options
    }
    kept["default"] = 0 if kind == "enum" else default
    from .specifiers import Specifier

    return Field(name, Specifier((kind, number, type_name, kept)), None)


_ZERO: dict[str, Callable[[], object]] = {
    "double": float,
    "float": float,
    "bool": bool,
    "string": str,
    "bytes": bytes,
    "enum": int,
    **dict.fromkeys(
        [
            "int32",
            "int64",
            "uint32",
            "uint64",
            "sint32",
            "sint64",
            "fixed32",
            "fixed64",
            "sfixed32",
            "sfixed64",
        ],
        int,
    ),
}
