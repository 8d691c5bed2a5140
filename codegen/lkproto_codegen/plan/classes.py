"""Planning the classes of a module: messages, enums, fields, oneofs, extensions."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from .. import ir
from . import names
from .docs import enum_doc, field_docs, message_doc, own_doc
from .getters import getter_name, getters_of, plan_getters
from .json_keys import json_keys
from .scope import ModuleScope
from .types import (
    EnumPlan,
    ExtensionPlan,
    FieldPlan,
    MessagePlan,
    OneofPlan,
    Specifier,
    ValuePlan,
)

# Well-known types that convert to and from Python's own, by the runtime's mixins.
_MIXINS = {
    "google.protobuf.Any": "AnyMethods",
    "google.protobuf.Duration": "DurationMethods",
    "google.protobuf.FieldMask": "FieldMaskMethods",
    "google.protobuf.ListValue": "ListValueMethods",
    "google.protobuf.Struct": "StructMethods",
    "google.protobuf.Timestamp": "TimestampMethods",
    "google.protobuf.Value": "ValueMethods",
}
_UNPACKABLE = frozenset({"string", "bytes", "message", "group"})
_ZERO: dict[str, object] = {
    "string": "",
    "bytes": b"",
    "bool": False,
    "double": 0.0,
    "float": 0.0,
}


def plan_enum(enum: ir.Enum, name: str) -> EnumPlan:
    """An enum under the name it has in its scope."""
    python = {each.name: names.identifier(each.name, "value") for each in enum.values}
    return EnumPlan(
        name=name,
        full_name=enum.full_name,
        closed=enum.closed,
        doc=enum_doc(enum),
        values=tuple(
            ValuePlan(python[each.name], each.number, own_doc(each))
            for each in enum.values
        ),
        renamed=tuple((new, old) for old, new in python.items() if new != old),
    )


def plan_message(message: ir.Message, name: str, scope: ModuleScope) -> MessagePlan:
    """A message, with all that is nested in it, under the name it has in its scope."""
    members = frozenset(_members(message))
    docs = field_docs(message)
    keys = json_keys(message)
    return MessagePlan(
        name=name,
        full_name=message.full_name,
        mixin=_MIXINS.get(message.full_name),
        message_set=message.message_set,
        recursive=scope.types[message.full_name].recursive,
        deprecated=f"{message.full_name} is deprecated" if message.deprecated else None,
        doc=message_doc(message),
        attributes=tuple(
            (names.identifier(name, "member"), text) for name, text in docs.items()
        ),
        enums=tuple(
            plan_enum(each, names.identifier(each.name, "member"))
            for each in message.enums
        ),
        messages=tuple(
            plan_message(each, names.identifier(each.name, "member"), scope)
            for each in message.messages
        ),
        extensions=tuple(
            plan_extension(each, "member", scope, members)
            for each in message.extensions
        ),
        fields=tuple(
            _field(each, docs.get(each.name, ""), keys[each.name], scope, members)
            for each in message.fields
        ),
        getters=plan_getters(message, scope, members),
        oneofs=tuple(_oneof(each, message, scope, members) for each in message.oneofs),
    )


def _members(message: ir.Message) -> Iterator[str]:
    getters = getters_of(message)
    declared: list[ir.Field | ir.Enum | ir.Message]
    declared = [*message.fields, *message.enums, *message.messages]
    for each in (*declared, *message.extensions):
        yield names.identifier(each.name, "member")
    for each in message.fields:
        if each.name in getters:
            yield getter_name(each)
    if message.oneofs:
        yield "which"


def plan_extension(
    field: ir.Field, where: names.Scope, scope: ModuleScope, members: Collection[str]
) -> ExtensionPlan:
    """An extension, at the top of a module (`top`) or inside a message (`member`)."""
    value = scope.spell_kind(field.kind, field.type_name, members)
    if field.presence == "repeated":
        value = f"{scope.spell_builtin('list', members)}[{value}]"
    annotation = f"pb.Extension[{value}]"
    if where == "member":
        annotation = f"pb.ClassVar[{annotation}]"
    return ExtensionPlan(
        name=names.identifier(field.name, where),
        annotation=annotation,
        extendee=field.extendee or "",
        full_name=field.full_name,
        specifier=_specifier(field, scope, members, field.name),
        doc=own_doc(field),
    )


def _field(
    field: ir.Field, doc: str, key: str, scope: ModuleScope, members: Collection[str]
) -> FieldPlan:
    key_is_default = field.json_name_is_default and key == field.json_name
    name = names.identifier(field.name, "member")
    return FieldPlan(
        name=name,
        annotation=annotation_of(field, scope, members),
        specifier=_specifier(
            field, scope, members, name, None if key_is_default else key
        ),
        doc=doc,
    )


def annotation_of(field: ir.Field, scope: ModuleScope, members: Collection[str]) -> str:
    """The type of a field, as it is spelled in a class body with these members."""
    if field.map is not None:
        key = scope.spell_kind(field.map.key, None, members)
        value = scope.spell_kind(field.map.value, field.map.value_type, members)
        return f"{scope.spell_builtin('dict', members)}[{key}, {value}]"
    single = scope.spell_kind(field.kind, field.type_name, members)
    if field.presence == "repeated":
        return f"{scope.spell_builtin('list', members)}[{single}]"
    return single if field.presence == "implicit" else f"{single} | None"


def _specifier(
    field: ir.Field,
    scope: ModuleScope,
    members: Collection[str],
    python_name: str,
    json_key: str | None = None,
) -> Specifier:
    factory: str | None = None
    default: object = None
    if field.presence in ("repeated", "map"):
        builtin = "list" if field.presence == "repeated" else "dict"
        factory = scope.spell_builtin(builtin, members)
    elif field.presence == "implicit":
        default = _ZERO.get(field.kind, 0)
    if isinstance(field.default, float) and field.default - field.default != 0:
        scope.builtins = True  # infinity or NaN, spelled with float()
    return Specifier(
        function="map" if field.map else field.kind,
        positional=tuple(_positional(field)),
        keywords=tuple(_keywords(field, python_name, json_key)),
        default=default,
        factory=factory,
    )


def _positional(field: ir.Field) -> Iterator[object]:
    yield field.number
    if field.map is not None:
        yield field.map.key
        yield field.map.value
        if field.map.value_type is not None:
            yield field.map.value_type
    elif field.type_name is not None:
        yield field.type_name


def _keywords(
    field: ir.Field, python_name: str, json_key: str | None
) -> Iterator[tuple[str, object]]:
    """Keywords that say something, in a fixed order."""
    kinds = (field.map.key, field.map.value) if field.map else (field.kind,)
    packable = field.presence == "repeated" and field.kind not in _UNPACKABLE
    roles = dict(field.roles)
    candidates: tuple[tuple[str, object, bool], ...] = (
        ("name", field.name, python_name != field.name),
        ("json", json_key, json_key is not None),
        ("oneof", field.oneof, field.oneof is not None),
        ("required", True, field.presence == "required"),
        ("packed", False, packable and not field.packed),
        ("utf8", False, "string" in kinds and not field.utf8),
        ("declared", field.default, field.default is not None),
        ("deprecated", True, field.deprecated),
        ("redact", roles.get("redact"), "redact" in roles),
        ("redact_format", roles.get("redact_format"), "redact_format" in roles),
    )
    for name, value, said in candidates:
        if said:
            yield name, value


def _oneof(
    oneof: ir.Oneof, message: ir.Message, scope: ModuleScope, members: Collection[str]
) -> OneofPlan:
    fields = {each.name: each for each in message.fields}
    return OneofPlan(
        name=oneof.name,
        tuple_type=scope.spell_builtin("tuple", members),
        cases=tuple(
            (
                names.identifier(name, "member"),
                scope.spell_kind(fields[name].kind, fields[name].type_name, members),
            )
            for name in oneof.fields
        ),
    )
