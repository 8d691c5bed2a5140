"""Roles: what the generator wants to know about a field, and the option that says it.

The generator knows roles (`redact`, `redact_format`), not the options of any one schema: which
option has a role is configuration, such as `redact = "logger.sensitivity"`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.descriptor_pb2 import FieldOptions, FileDescriptorProto
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

from ..diagnostics import Diagnostic, GenerationError, nearest
from ..ir import RoleValue
from .role_options import Declared, find_options

# The value of the role for a field that a bool option marks; the values of an enum say more.
_MARKED = "SENSITIVE"
# What the option of a role may be, in words and as types; other roles are checked by their users.
_TYPES = {
    "redact": (
        "an enum, a string or a bool",
        {
            FieldDescriptor.TYPE_ENUM,
            FieldDescriptor.TYPE_STRING,
            FieldDescriptor.TYPE_BOOL,
        },
    ),
    "redact_format": ("a string", {FieldDescriptor.TYPE_STRING}),
    "grants": ("a string", {FieldDescriptor.TYPE_STRING}),
    "limited_by": ("a message", {FieldDescriptor.TYPE_MESSAGE}),
}
_REPEATABLE = {"limited_by"}
# The role of a list of fields, and the sensitivity of each of them.
_FIELDS, _SENSITIVITY = "redact_fields", "SECRET"


class Roles:
    """Reads the roles of fields from their options."""

    def __init__(
        self,
        files: Iterable[FileDescriptorProto],
        names: Mapping[str, str | tuple[str, ...]],
    ) -> None:
        self._options: dict[str, FieldDescriptor] = {}
        self._class: type[Message] = FieldOptions
        self._sensitive = frozenset[str]()
        if names:
            self._find(Declared(files), names)

    def _find(
        self, declared: Declared, names: Mapping[str, str | tuple[str, ...]]
    ) -> None:
        fields = tuple(names.get(_FIELDS, ()))
        problems = list(_not_fields(declared, fields))
        self._sensitive = frozenset(fields)
        singles = {role: name for role, name in names.items() if isinstance(name, str)}
        found = find_options(declared, singles.values())
        for role, name in singles.items():
            option = found.get(name)
            if option is None:
                problems.append(_unknown(declared, role, name))
            elif wrong := _wrong_type(role, option):
                problems.append(wrong)
            else:
                self._options[role] = option
                options: Any = option.containing_type
                self._class = GetMessageClass(options)
        if problems:
            raise GenerationError(problems)

    def of(
        self, serialized: bytes, full_name: str = ""
    ) -> tuple[tuple[str, RoleValue], ...]:
        """The roles of a field by its serialized FieldOptions, in the order of configuration.

        One of the fields that configuration lists is sensitive if its options do not say how.
        """
        found = self._of_options(serialized) if serialized and self._options else ()
        if full_name in self._sensitive and "redact" not in dict(found):
            return ("redact", _SENSITIVITY), *found
        return found

    def _of_options(self, serialized: bytes) -> tuple[tuple[str, RoleValue], ...]:
        options: Any = self._class.FromString(serialized)
        given = {each.full_name: value for each, value in options.ListFields()}
        return tuple(
            (
                role,
                (
                    _MARKED
                    if role == "redact" and value is True
                    else _value(option, value)
                ),
            )
            for role, option in self._options.items()
            if (value := given.get(option.full_name))
        )


def _not_fields(declared: Declared, names: Iterable[str]) -> Iterator[Diagnostic]:
    """A problem for each name that is not one of a field."""
    for name in names:
        known = declared.fields_beside(name)
        if name not in known:
            yield Diagnostic(
                f"{_FIELDS} lists {name!r}, which is not a field of the schema",
                hint=nearest(name, known)
                or "write the full name: package, message and field",
            )


def _wrong_type(role: str, option: FieldDescriptor) -> Diagnostic | None:
    expected, types = _TYPES.get(role, ("", set()))
    single = not option.is_repeated or role in _REPEATABLE
    if not types or (option.type in types and single):
        return None
    return Diagnostic(
        f"{role} names the option {option.full_name!r}, which is not {expected}",
        hint="name another option, or change its type",
    )


def _value(option: FieldDescriptor, value: Any) -> RoleValue:
    if option.is_repeated:
        return tuple(_single(option, each) for each in value)
    return _single(option, value)


def _single(option: FieldDescriptor, value: Any) -> RoleValue:
    if option.message_type is not None:
        return {each.name: _value(each, inner) for each, inner in value.ListFields()}
    if option.enum_type is None:
        found: RoleValue = value
        return found
    known = option.enum_type.values_by_number.get(value)
    if known is None:
        return str(value)
    # SENSITIVITY_PII of enum Sensitivity is `PII`: the prefix repeats the enum's name.
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", option.enum_type.name).upper()
    name: str = known.name
    return name.removeprefix(words + "_")


def _unknown(declared: Declared, role: str, name: str) -> Diagnostic:
    known = list(declared.options)
    return Diagnostic(
        f"{role} names the option {name!r}, which no file declares for fields",
        hint=nearest(name, known) or "no file of the tree declares a field option",
    )
