"""Roles: what the generator wants to know of a field, and the option that says it.

The generator knows roles (`redact`, `redact_format`), not the options of any one schema: which
option plays a role is configuration, such as `redact = "logger.sensitivity"`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message_factory import GetMessageClass

from .diagnostics import Diagnostic, GenerationError, nearest
from .ir import RoleValue


class Roles:
    """Reads the roles of fields from their options."""

    def __init__(self, pool: DescriptorPool, names: Mapping[str, str]) -> None:
        self._options: dict[str, FieldDescriptor] = {}
        problems: list[Diagnostic] = []
        for role, name in names.items():
            try:
                self._options[role] = pool.FindExtensionByName(name)
            except KeyError:
                problems.append(_unknown(pool, role, name))
        if problems:
            raise GenerationError(problems)
        if self._options:
            found = pool.FindMessageTypeByName("google.protobuf.FieldOptions")
            self._class = GetMessageClass(found)

    def of(self, serialized: bytes) -> tuple[tuple[str, RoleValue], ...]:
        """The roles a serialized FieldOptions gives, in the order of configuration."""
        if not serialized or not self._options:
            return ()
        options: Any = self._class.FromString(serialized)
        return tuple(
            (role, _value(option, options.Extensions[option]))
            for role, option in self._options.items()
            if options.HasExtension(option) and options.Extensions[option]
        )


def _value(option: FieldDescriptor, value: Any) -> RoleValue:
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


def _unknown(pool: DescriptorPool, role: str, name: str) -> Diagnostic:
    try:
        options = pool.FindMessageTypeByName("google.protobuf.FieldOptions")
        known = [each.full_name for each in pool.FindAllExtensions(options)]
    except KeyError:
        known = []
    return Diagnostic(
        f"{role} names the option {name!r}, which no file declares for fields",
        hint=nearest(name, known) or "no file of the tree declares a field option",
    )
