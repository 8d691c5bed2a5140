"""Rights: what a field grants and what limits it, by the roles `grants` and `limited_by`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from .. import ir
from ..diagnostics import Diagnostic, GenerationError, nearest
from . import names


def granted(field: ir.Field) -> str:
    """The sentence that says what a field grants, and under which limits; empty for none."""
    right = str(dict(field.roles).get("grants", ""))
    words = " ".join(right.split()).rstrip(".")
    parts = [f"grants the right to {words}"] if words else []
    parts += [_needed(limit) for limit in _limits(field) if limit.get("needed")]
    free = [limit["field"] for limit in _limits(field) if not limit.get("needed")]
    if free:
        parts.append(f"limited by {_listed(free)} where set")
    text = "; ".join(parts)
    return f"{text[0].upper()}{text[1:]}." if text else ""


def limiting(field: ir.Field, message: ir.Message) -> str:
    """The sentence that says which other fields a field limits; empty for none."""
    limited = [
        other.name
        for other in message.fields
        # Most have no role; without the first test, 4,100 fields take twenty seconds.
        if other.roles and any(limit["field"] == field.name for limit in _limits(other))
    ]
    return f"Limits {_listed(limited)}." if limited else ""


def _limits(field: ir.Field) -> Iterator[Mapping[str, ir.RoleValue]]:
    """The limits of a field, as messages; the option may be repeated or not."""
    value = dict(field.roles).get("limited_by", ())
    for limit in value if isinstance(value, tuple) else (value,):
        yield limit if isinstance(limit, Mapping) else {}


def _needed(limit: Mapping[str, ir.RoleValue]) -> str:
    lifted_by = limit.get("lifted_by")
    other = f" or {_spelled(lifted_by)}" if lifted_by else ""
    return f"needs {_spelled(limit['field'])}{other}"


def _listed(fields: Iterable[ir.RoleValue]) -> str:
    *others, last = map(_spelled, fields)
    return f"{', '.join(others)} and {last}" if others else last


def _spelled(field: ir.RoleValue) -> str:
    return f"`{names.identifier(str(field), 'member')}`"


def check_rights(schema: ir.Schema) -> None:
    """Raise GenerationError for every `limited_by` that does not name fields of its message."""
    messages = ir.messages_of(schema)
    problems = [problem for each in messages for problem in _problems(each)]
    if problems:
        raise GenerationError(problems)


def _problems(message: ir.Message) -> Iterator[Diagnostic]:
    known = [field.name for field in message.fields]
    for field in message.fields:
        for limit in _limits(field):
            named = [limit.get("field"), limit.get("lifted_by")]
            if not named[0]:
                yield Diagnostic(
                    f"`limited_by` of {field.full_name} does not say what limits it",
                    field.location,
                    "give it `field`, the name of another field of the message",
                )
            for name in map(str, filter(None, named)):
                if name not in known:
                    yield Diagnostic(
                        f"`limited_by` of {field.full_name} names {name!r}, which is not "
                        f"a field of {message.full_name}",
                        field.location,
                        nearest(name, known),
                    )
