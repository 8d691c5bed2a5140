"""Getters of optional bools: the role `unset` says what one means while it is not set.

Its option holds `value`, a bool, or `same_as`, the name of another such field of the message.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from .. import ir
from ..diagnostics import Diagnostic, GenerationError
from . import names
from .scope import ModuleScope
from .types import GetterPlan


def getter_name(field: ir.Field) -> str:
    """The name of a field's getter; injective, since it holds the proto name."""
    return f"get_{field.name}"


def getters_of(message: ir.Message) -> dict[str, Mapping[str, ir.RoleValue]]:
    """The fields of a message that have a getter, with what unset means for each."""
    found: dict[str, Mapping[str, ir.RoleValue]] = {}
    for field in message.fields:
        meaning = dict(field.roles).get("unset")
        if isinstance(meaning, Mapping):
            found[field.name] = meaning
    return found


def plan_getters(
    message: ir.Message, scope: ModuleScope, members: Collection[str]
) -> tuple[GetterPlan, ...]:
    """The getters of a message that `check_getters` accepted."""
    fields = {field.name: field for field in message.fields}
    plans: list[GetterPlan] = []
    for name, meaning in getters_of(message).items():
        other = meaning.get("same_as")
        plans.append(
            GetterPlan(
                name=getter_name(fields[name]),
                field=names.identifier(name, "member"),
                returns=scope.spell_builtin("bool", members),
                value=meaning.get("value") is True,
                same_as=getter_name(fields[str(other)]) if other else None,
                doc=f"`{name}`, or {_meant(other, meaning)} where it is not set.",
            )
        )
    return tuple(plans)


def unset_means(field: ir.Field) -> str:
    """The sentence that says what the field means while it is not set; empty for none."""
    meaning = dict(field.roles).get("unset")
    if not isinstance(meaning, Mapping):
        return ""
    return f"Unset means {_meant(meaning.get('same_as'), meaning)}."


def _meant(other: ir.RoleValue | None, meaning: Mapping[str, ir.RoleValue]) -> str:
    return f"the effective `{other}`" if other else str(meaning.get("value") is True)


def check_getters(schema: ir.Schema) -> None:
    """Raise GenerationError for every `unset` that gives no getter."""
    messages = ir.messages_of(schema)
    problems = [problem for each in messages for problem in _problems(each)]
    if problems:
        raise GenerationError(problems)


def _problems(message: ir.Message) -> Iterator[Diagnostic]:
    getters = getters_of(message)
    declared: list[ir.Field | ir.Enum | ir.Message]
    declared = [*message.fields, *message.enums, *message.messages]
    taken = {each.name: each.location for each in (*declared, *message.extensions)}
    for field in message.fields:
        if "unset" not in dict(field.roles):
            continue
        where = field.location
        if field.kind != "bool" or field.presence != "explicit":
            yield Diagnostic(
                f"`unset` is for optional bool fields, and {field.full_name} is not one",
                where,
                "declare the field as `optional bool`, or remove the option",
            )
        elif field.name not in getters or len(getters[field.name]) != 1:
            yield Diagnostic(
                f"`unset` of {field.full_name} does not say what unset means",
                where,
                "give it either `value` or `same_as`",
            )
        elif getter_name(field) in taken:
            yield Diagnostic(
                f"the getter of {field.full_name} would have the name of another member, "
                f"{getter_name(field)!r}",
                taken[getter_name(field)],
                "rename one of them",
            )
        elif _endless(field.name, getters):
            yield Diagnostic(
                f"`unset` of {field.full_name} does not lead to a value",
                where,
                "let `same_as` name another field of the message that has `unset`",
            )


def _endless(name: str, getters: Mapping[str, Mapping[str, ir.RoleValue]]) -> bool:
    """Whether `same_as`, followed from a field, leads nowhere or in a circle."""
    seen = {name}
    while "value" not in getters[name]:
        name = str(getters[name].get("same_as"))
        if name in seen or name not in getters:
            return True
        seen.add(name)
    return False
