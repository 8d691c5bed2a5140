# ruff: noqa: PGH004
# ruff: noqa
# isort: skip_file
# fmt: off
"""The field table of a message class: with the layout of instances, all a codec may know.

This is the contract between messages and codecs; `CONTRACT` is its number, which changes with it.

* `table_of(cls)` is the `Table` of a class, made from its specifiers on first use: its `Field`s in
  the order of declaration (`fields`), by number in the order of the wire (`by_number`), by the
  names JSON may use (`by_json`), the members of its oneofs (`oneofs`), and whether the class has
  the wire format of message sets (`message_set`) and can nest deeper than 50 levels (`recursive`).
* An instance has one slot a field, named `Field.name`, which holds the value, or what an unset
  field reads as (`Field.default`; a new list or dict of its own where that is a factory).
* The members of a oneof `x` share the slots `_c_x` (`Field.name` of the member that is set, or
  None) and `_v_x` (its value, or None).
* `_unknown` has the fields that the schema does not know, as bytes in the order they came.
* `object.__new__(cls)` makes an instance without constructing it; a codec then fills every slot.
* Values: `int` for whole numbers, `float`, `bool`, `str`, `bytes`; instances of exactly
  `Field.type` for messages; members of `Field.type` for enums, found by number in its
  `_value2member_map_` (calling the class gives the unnamed ones, or raises ValueError where its
  `_closed_` is true).
"""

# Modules of the runtime share the layout of messages; see `message`.
# pyright: reportPrivateUsage=false

from __future__ import annotations

from .kinds import KINDS

TYPE_CHECKING: bool = False
if TYPE_CHECKING:
    from typing import Any, Literal, TypeAlias

    from .message import Message

    Presence: TypeAlias = Literal["implicit", "explicit", "required", "repeated", "map"]

CONTRACT = 1


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
        self,
        name: str,
        specifier: tuple[str, int, Any, dict[str, Any]],
        message_type: type[Message] | None,
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
            and KINDS[kind].packable
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
        from .reflection.descriptors import field_options

        return field_options(self.message_type, self.proto_name)

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


def value_of(message: Message, field: Field) -> Any:
    """What a field of a message holds.

    A slot that was deleted, or never filled because the message was made without its
    constructor, reads as an unset field.
    """
    try:
        return getattr(message, field.name)
    except AttributeError:
        return (
            field.default() if field.presence in ("repeated", "map") else field.default
        )


def unknown_of(message: Message) -> bytes:
    """The fields of a message that the schema does not know, also of one without constructor."""
    return getattr(message, "_unknown", b"")


def state_of(message: Message) -> tuple[Any, ...]:
    """All that two messages of one class are compared by, where a slot may be empty."""
    fields = table_of(message.__class__).fields
    return unknown_of(message), *(value_of(message, each) for each in fields)


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
    kept: dict[str, Any] = {
        key: options[key]
        for key in ("redact", "redact_format", "utf8")
        if key in options
    }
    kept["default"] = KINDS[kind].zero
    return Field(name, (kind, number, type_name, kept), None)
