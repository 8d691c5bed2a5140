"""Roles: what the generator wants to know about a field, and the option that says it.

The generator knows roles (`redact`, `redact_format`), not the options of any one schema: which
option has a role is configuration, such as `redact = "logger.sensitivity"`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
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


class Roles:
    """Reads the roles of fields from their options."""

    def __init__(
        self, files: Iterable[FileDescriptorProto], names: Mapping[str, str]
    ) -> None:
        self._options: dict[str, FieldDescriptor] = {}
        self._class: type[Message] = FieldOptions
        if names:
            self._find(Declared(files), names)

    def _find(self, declared: Declared, names: Mapping[str, str]) -> None:
        problems: list[Diagnostic] = []
        found = find_options(declared, names.values())
        for role, name in names.items():
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

    def of(self, serialized: bytes) -> tuple[tuple[str, RoleValue], ...]:
        """The roles a serialized FieldOptions gives, in the order of configuration."""
        if not serialized or not self._options:
            return ()
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
