"""Claims from the command line and from JSON, for `lkproto token mint`.

The claims and their types come from the schema of `ClaimGrants` alone.
"""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar, cast

from lkproto import Field, JsonError, Message, fields_of, find_enum, get_extension
from lkproto.auth import ClaimGrants, claim_text, enum_value
from lkproto.lkproto import names_of

from .usage import UsageError, nearest

M = TypeVar("M", bound=Message)

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
_DURATION = re.compile(r"(?:\d{1,9}[smhd])+")
# The group of grants whose name has none.
_GROUP = "video"


def duration(words: str) -> timedelta:
    """A duration such as `90s`, `10m`, `1h30m` or `7d`; more than zero.

    Raises UsageError.
    """
    if _DURATION.fullmatch(words):
        parts = re.findall(r"(\d+)([smhd])", words)
        seconds = sum(int(count) * _UNITS[unit] for count, unit in parts)
        if 0 < seconds < 10_000 * 365 * 86_400:
            return timedelta(seconds=seconds)
    raise UsageError(
        f"{words!r} is not a duration\n  hint: write it like 90s, 10m, 2h, 1h30m or 7d"
    )


def pair(words: str) -> tuple[str, str]:
    """Key and value of `key=value`. Raises UsageError."""
    key, equals, value = words.partition("=")
    if not key or not equals:
        raise UsageError(f"{words!r} is not a pair\n  hint: write key=value")
    return key, value


def message_from(path: Path, cls: type[M]) -> M:
    """The message in a file of JSON. Raises UsageError, OSError."""
    return message_of(path.read_bytes(), cls, str(path))


def message_of(data: bytes, cls: type[M], place: str) -> M:
    """The message in the JSON of a place, whose members are all fields. Raises UsageError."""
    try:
        text = data.decode()
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{place}: not JSON: {error}") from None
    check_names(cls, value, place)
    try:
        return cls.from_json(text)
    except JsonError as error:
        raise UsageError(f"{place}: {error}") from None


def check_names(cls: type[Message], value: Any, place: str) -> None:
    """Refuse members that are not fields, with a hint at the nearest field."""
    if not isinstance(value, dict) or cls.__proto_name__.startswith("google."):
        return
    members = cast("dict[str, Any]", value)
    fields = {field.json_name: field for field in fields_of(cls)}
    fields |= {field.proto_name: field for field in fields_of(cls)}
    for name, each in members.items():
        if name not in fields:
            names = [field.json_name for field in fields_of(cls)]
            raise UsageError(f"{place}: there is no {name!r}{nearest(name, names)}")
        field = fields[name]
        if field.kind == "message" and field.presence != "map":
            several = each if each.__class__ is list else [each]
            for item in several:
                check_names(field.type, item, f"{place}: {name}")


def set_grant(claims: ClaimGrants, words: str) -> None:
    """Set a grant from `roomJoin`, `canPublish=false` or `agentEndpoint.agentName=x`.

    Raises UsageError.
    """
    name, equals, value = words.partition("=")
    group, dot, member = name.rpartition(".")
    if not dot:
        group = _GROUP
    grants = _group(claims, group)
    field = _field(grants, member, group)
    text = value if equals else None
    setattr(grants, field.name, _value(field, name, text))


def _group(claims: ClaimGrants, name: str) -> Message:
    groups = {field.json_name: field for field in grant_fields()}
    if name not in groups:
        raise UsageError(f"there are no grants {name!r}{nearest(name, groups)}")
    field = groups[name]
    if getattr(claims, field.name) is None:
        setattr(claims, field.name, field.type())
    found: Message = getattr(claims, field.name)
    return found


def grant_fields() -> list[Field]:
    """The fields of `ClaimGrants` that hold grants."""
    own = [field for field in fields_of(ClaimGrants) if field.kind == "message"]
    return [field for field in own if field.type.__proto_name__.startswith("lkproto.")]


def _field(grants: Message, name: str, group: str) -> Field:
    fields = {field.json_name: field for field in fields_of(grants)}
    if name in fields:
        return fields[name]
    elsewhere = [
        repr(f"{outer.json_name}.{name}")
        for outer in grant_fields()
        if name in {each.json_name for each in fields_of(outer.type)}
    ]
    hint = nearest(name, fields)
    if group == _GROUP and elsewhere:
        hint = f"\n  hint: did you mean {' or '.join(elsewhere)}?"
    raise UsageError(f"{group} has no grant {name!r}{hint}")


def _value(field: Field, name: str, text: str | None) -> Any:
    if field.kind == "bool":
        if text not in (None, "true", "false"):
            raise UsageError(f"{name} takes true or false, not {text!r}")
        return text != "false"
    if text is None:
        raise UsageError(f"{name} takes a value\n  hint: write {name}=…")
    if field.presence != "repeated":
        return text
    values = [each for each in text.split(",") if each]
    for each in values:
        _check_value(field, name, each)
    return values


def _check_value(field: Field, name: str, text: str) -> None:
    """Refuse a text that is not the name of an enum value, where only those mean something."""
    enum_name = get_extension(field.options, names_of)
    enum = find_enum(enum_name) if enum_name else None
    if enum is None:
        return
    known = [claim_text(each) for each in enum]
    if enum_value(enum, text) is None or text not in known:
        raise UsageError(f"{name} has no {text!r}{nearest(text, known)}")
