"""What a token says, in words and as JSON, without its secrets.

What claims mean, open and leave open comes from the schema of `ClaimGrants`: its documentation
and the options of lkproto/options.proto. Text of a token never reaches the terminal as it is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, cast

from lkproto import Field, Message, descriptor_of, fields_of, get_extension
from lkproto.auth import Claims, TokenError, secrets_in
from lkproto.google.protobuf import FieldOptions
from lkproto.lkproto import if_empty, lifts, limited_by, opens, unset

from .token_claims import grant_fields

REGISTERED = {
    "iss": "API key whose secret signs the token",
    "sub": "whom the token is for: the identity in a room",
    "aud": "programs the token is meant for; LiveKit does not look at it",
    "exp": "when the token expires",
    "nbf": "when the token begins to be valid",
    "iat": "when the token was made",
    "jti": "number of the token; the identity where `sub` is missing",
}
_DATES = ("exp", "nbf", "iat")
_HIDDEN = "<redacted>"
_SPANS = ((365 * 86_400, "year"), (86_400, "day"))


@dataclass(frozen=True)
class Status:
    """Whether there was a key to verify a token with, what came of it, and when."""

    verified: bool
    refusal: TokenError | None
    now: float

    def __str__(self) -> str:
        if self.refusal is not None:
            return f"NOT VERIFIED: {self.refusal.kind}: {printable(str(self.refusal))}"
        if self.verified:
            return "VERIFIED: the signature is right and the token is valid now"
        return "NOT VERIFIED: without a key there is no telling who wrote this"


@dataclass(frozen=True)
class Limit:
    """A claim that narrows a right down; where it reaches, in words, if that is not its value."""

    claim: str
    value: Any
    reach: str = ""

    def __str__(self) -> str:
        return f"{self.claim}: {self.reach or text(self.value)}"


@dataclass(frozen=True)
class Right:
    """What the holder may do, or may not.

    `claim` is the one that decides it. `because` says why, where the token does not have it.
    """

    claim: str
    what: str
    allowed: bool
    because: str
    limits: tuple[Limit, ...]

    def __str__(self) -> str:
        reasons = [each for each in (self.claim, self.because) if each]
        return (
            f"{self.what} ({'; '.join([', '.join(reasons), *map(str, self.limits)])})"
        )


def rights(claims: Claims) -> Iterator[Right]:
    """Every right that the token gives, and those it withholds that have a default of their own."""
    for group in grant_fields():
        grants = getattr(claims.grants, group.name)
        if grants is None:
            continue
        for field, options in _with_options(grants):
            what = get_extension(options, opens)
            meaning, because = _meaning(grants, field, options)
            if what and meaning is not None:
                name = f"{group.json_name}.{field.json_name}"
                limits = tuple(_limits(grants, options)) if meaning else ()
                yield Right(name, what, meaning, because, limits)


def _meaning(grants: Message, field: Field, options: Any) -> tuple[bool | None, str]:
    """What a bool means, None for nothing; and why, where it is not set."""
    value = getattr(grants, field.name)
    default = get_extension(options, unset)
    if default is None:
        return value or None, ""
    if value is not None:
        return value, ""
    same_as = [each for each in fields_of(grants) if each.proto_name == default.same_as]
    because = f"as {same_as[0].json_name}" if same_as else "by default"
    return getattr(grants, f"get_{field.name}")(), because


def _limits(grants: Message, options: Any) -> Iterator[Limit]:
    known = list(_with_options(grants))
    lifted = {
        name: field.json_name
        for field, each in known
        if getattr(grants, field.name) is True
        for name in get_extension(each, lifts) or ()
    }
    limiting = get_extension(options, limited_by) or ()
    for field, own in known:
        if field.proto_name not in limiting:
            continue
        value = getattr(grants, field.name) or None
        reach = "" if value else get_extension(own, if_empty) or "any"
        if field.proto_name in lifted:
            reach = f"any, by {lifted[field.proto_name]}"
        yield Limit(field.json_name, value, reach)


def _with_options(grants: Message) -> Iterator[tuple[Field, Any]]:
    found = descriptor_of(type(grants)).field
    options = {each.name: each.options for each in found}
    for field in fields_of(grants):
        yield field, options[field.proto_name] or FieldOptions()


def payload(claims: Claims) -> dict[str, Any]:
    """The claims as members of JSON, in their order, secrets of the room hidden."""
    registered = claims.registered
    found: dict[str, Any] = {}
    for name in REGISTERED:
        value = getattr(registered, name)
        if value not in ("", [], None):
            found[name] = value
    own: dict[str, Any] = claims.grants.to_dict()
    config = claims.grants.room_config
    if config is not None:
        _hide(config, own["roomConfig"], "$", frozenset(secrets_in(config)))
    _merge(own, claims.unknown)
    return found | own


def _hide(
    message: Message, data: dict[str, Any], path: str, secrets: frozenset[str]
) -> None:
    """Hide in a message's JSON what stands at the paths of secrets."""
    for field in fields_of(message):
        if field.json_name not in data:
            continue
        place = f"{path}.{field.proto_name}"
        value, shown = getattr(message, field.name), data[field.json_name]
        if place in secrets:
            data[field.json_name] = _HIDDEN
        elif field.kind == "message" and field.presence == "repeated":
            for index, each in enumerate(value):
                inner = f"{place}[{index}]"
                if inner in secrets:
                    shown[index] = _HIDDEN
                else:
                    _hide(each, shown[index], inner, secrets)
        elif field.kind == "message" and field.presence != "map":
            _hide(value, shown, place, secrets)


def _merge(known: dict[str, Any], unknown: dict[str, Any]) -> None:
    for name, value in unknown.items():
        inner: Any = known.get(name)
        if isinstance(inner, dict) and isinstance(value, dict):
            _merge(cast("dict[str, Any]", inner), cast("dict[str, Any]", value))
        else:
            known[name] = value


def report(claims: Claims, status: Status) -> dict[str, Any]:
    """All that `explain` tells, for programs."""
    refusal, expires = status.refusal, claims.registered.exp
    return {
        "verified": status.verified and refusal is None,
        "refusal": refusal and {"kind": refusal.kind, "message": str(refusal)},
        "expires_in": None if expires is None else expires - int(status.now),
        "claims": payload(claims),
        "rights": [asdict(each) for each in rights(claims)],
    }


def explain(claims: Claims, status: Status) -> str:
    """The token in words."""
    words = REGISTERED | _documentation(type(claims.grants))
    members = payload(claims)
    lines = [str(status), ""]
    width = max(map(len, map(printable, members)), default=0)
    for name, value in members.items():
        shown = text(value)
        if name in _DATES:
            shown = date_words(value, status.now, name == "exp")
        meaning = words.get(name, "unknown to this version")
        lines.append(f"{printable(name):{width}}  {shown}")
        lines.append(f"{'':{width}}    {meaning}")
    if "exp" not in members:
        lines.append("It never expires: no server accepts it.")
    found = list(rights(claims))
    for heading, allowed in (("may", True), ("may not", False)):
        which = [f"  {each}" for each in found if each.allowed is allowed]
        if which or allowed:
            lines += ["", f"The holder {heading}", *(which or ["  do nothing"])]
    return "\n".join(lines)


def _documentation(cls: type[Message]) -> dict[str, str]:
    """The first sentences that the schema says of a message's fields, by JSON name."""
    names = {field.name: field.json_name for field in fields_of(cls)}
    found: dict[str, str] = {}
    current = ""
    for line in (cls.__doc__ or "").partition("Attributes:")[2].splitlines():
        start = re.match(r"\s*(\w+): ", line)
        if start and start[1] in names:
            current = names[start[1]]
            found[current] = line[start.end() :].strip()
        elif current and line.strip():
            found[current] += f" {line.strip()}"
    return found


def text(value: Any) -> str:
    """A JSON value on one line, safe to show."""
    return printable(json.dumps(value, ensure_ascii=False))


def printable(words: str) -> str:
    """Text without what a terminal would act on or hide: those characters are escaped."""
    if words.isprintable():
        return words
    return "".join(each if each.isprintable() else _escaped(each) for each in words)


def _escaped(char: str) -> str:
    data = char.encode("utf-16-be", "surrogatepass")
    return "".join(
        f"\\u{data[at]:02x}{data[at + 1]:02x}" for at in range(0, len(data), 2)
    )


def date_words(seconds: int, now: float, expiry: bool = False) -> str:
    """A date, and how far away it is: `2026-01-01 06:00:00 UTC, in 5 h 59 min`."""
    try:
        date = f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M:%S} UTC"
    except (OverflowError, ValueError, OSError):
        return f"{seconds}, which is no date of the calendar"
    distance = seconds - int(now)
    span = _span(abs(distance))
    if expiry:
        return f"{date}, {f'expired {span} ago' if distance <= 0 else f'in {span}'}"
    return f"{date}, {f'{span} ago' if distance <= 0 else f'in {span}'}"


def _span(seconds: int) -> str:
    for size, unit in _SPANS:
        if seconds >= size:
            count = seconds // size
            return f"{count} {unit}{'' if count == 1 else 's'}"
    if seconds < 60:
        return f"{seconds} s"
    hours, minutes = seconds // 3600, seconds // 60 % 60
    parts = [f"{hours} h"] if hours else []
    return " ".join([*parts, f"{minutes} min"] if minutes or not hours else parts)
