# ruff: noqa: PGH004
# ruff: noqa
# isort: skip_file
# fmt: off
# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""The field table of a message class and the layout of instances: all that a codec may rely on.

This is the contract between messages and codecs. `CONTRACT` is its version number, which changes
with it.

* `table_of(cls)` returns the `Table` of a class, made from its specifiers on first use: its
  `Field`s in the order of declaration (`fields`), by number in the order of the wire (`by_number`)
  and by the names JSON may use (`by_json`), the members of its oneofs (`oneofs`), whether the class
  has the wire format of message sets (`message_set`), and whether it can nest deeper than 50 levels
  (`recursive`).
* An instance has one slot for each field, named `Field.name`. It holds the field's value, or the
  value of an unset field (`Field.default`; where that is a factory, a new list or dict).
* The members of a oneof `x` share the slots `_c_x` (`Field.name` of the member that is set, or
  None) and `_v_x` (its value, or None).
* `_unknown` holds the fields that the schema does not know, encoded, in their original order.
* `object.__new__(cls)` makes an instance without constructing it; a codec then sets every slot.
* Values are `int` for whole numbers, `float`, `bool`, `str` and `bytes`; instances of exactly
  `Field.type` for messages; members of `Field.type` for enums. The enum's `_value2member_map_` has
  the named members by number; for other numbers, calling the class returns a member, or raises
  ValueError if its `_closed_` is true.
"""

# Modules of the runtime share the layout of messages, described above.
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
    """The description of one field of a message.

    `name` is the Python attribute, `proto_name` the name in the schema, `json_name` the name in
    ProtoJSON, and `number` the field number. `kind` is the proto type, such as `"int32"` or
    `"message"`; for maps it is `"map"`, and `key` and `value` are fields with the numbers 1 and 2.
    `presence` is `"implicit"` (an unset field has the zero value), `"explicit"` or `"required"` (an
    unset field is None), `"repeated"` or `"map"`. `oneof` is the name of the oneof the field is a
    member of, or None. `redact` is the name of the sensitivity that the schema gives the field, or
    None. `packed` says whether repeated values share one record on the wire, `utf8` whether a
    string has to be valid UTF-8, and `deprecated` whether the schema deprecates the field.
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
        given: str | None = options.get("json")
        self.json_name: str = json_name(self.proto_name) if given is None else given
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
        """The value of the field when it is unset; for lists and maps, the factory of that."""
        return self._as_member(self._default)

    @property
    def declared(self) -> Any:
        """The default that a proto2 schema declares for the field, or None.

        An unset field does not have this value: it is None.
        """
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
    """The fields of one message class, in the orders that codecs need."""

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
    """The table of a message class, made on first use."""
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
    """The default json_name: lowerCamelCase, derived as protoc does."""
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
