"""Explains a token in words and as JSON, without its secrets.

The meaning of claims, and what they open, comes from the schema of `ClaimGrants`. Texts of a token
are always escaped before they are printed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from difflib import get_close_matches
from typing import Any, cast

from lkproto import Message, fields_of, get_extension
from lkproto.auth import (
    ClaimGrants,
    Claims,
    TokenError,
    claim_text,
    rights,
    secrets_in,
)
from lkproto.livekit import TrackSource
from lkproto.lkproto import says

from .output import printable, text

REGISTERED = {
    "iss": "API key whose secret signs the token",
    "sub": "who the token is for: the identity in a room",
    "aud": "programs that the token is for; LiveKit ignores it",
    "exp": "when the token expires",
    "nbf": "when the token begins to be valid",
    "iat": "when the token was made",
    "jti": "id of the token; the identity if `sub` is missing",
}
_DATES = ("exp", "nbf", "iat")
_HIDDEN = "<redacted>"
_SPANS = ((365 * 86_400, "year"), (86_400, "day"))


@dataclass(frozen=True)
class Status:
    """Whether a token was verified, why it was refused, and when."""

    verified: bool
    refusal: TokenError | None
    now: float

    def __str__(self) -> str:
        if self.refusal is not None:
            return f"NOT VERIFIED: {self.refusal.kind}: {printable(str(self.refusal))}"
        if self.verified:
            return "VERIFIED: the signature is right and the token is valid now"
        return "NOT VERIFIED: without a key, anyone may have written this"


@dataclass(frozen=True)
class Verdict:
    """Something that the holder may do, or may not.

    `claim` decides it; `because` gives the reason if the token does not have that claim. `limits`
    are the claims that limit where the right applies; None means everywhere, or nowhere if it is
    not allowed.
    """

    claim: str
    what: str
    allowed: bool
    because: str
    limits: dict[str, Any]

    def __str__(self) -> str:
        source = ", ".join(each for each in (self.claim, self.because) if each)
        empty = "any" if self.allowed else "needed"
        limits = [
            f"{name}: {empty if value is None else text(value)}"
            for name, value in self.limits.items()
        ]
        return f"{self.what} ({'; '.join([source, *limits])})"


def verdicts(claims: Claims) -> Iterator[Verdict]:
    """Every right that the token gives, and those inside a room that it does not."""
    groups = {field.json_name: field.name for field in fields_of(claims.grants)}
    for right in rights():
        group, _, name = right.claim.partition(".")
        grants = getattr(claims.grants, groups[group])
        if grants is None or not right.opens:
            continue
        attributes = {field.json_name: field.name for field in fields_of(grants)}
        value = getattr(grants, attributes[name])
        getter = getattr(grants, f"get_{attributes[name]}", None)
        if not value and getter is None:
            continue
        allowed = value if getter is None else getter()
        because = ""
        if value is None:
            inherits = right.default.startswith("as ")
            because = right.default.replace("`", "") if inherits else "by default"
        limits: dict[str, Any] = {}
        for limit in right.limits if allowed else ():
            lifted = limit.lifted_by and getattr(grants, attributes[limit.lifted_by])
            if not lifted:
                limits[limit.claim] = getattr(grants, attributes[limit.claim]) or None
                allowed = allowed and not (limit.needed and not limits[limit.claim])
        yield Verdict(right.claim, right.opens, allowed, because, limits)


def payload(claims: Claims) -> dict[str, Any]:
    """The claims as members of a JSON object, in order, with the secrets of the room hidden."""
    registered = claims.registered
    found: dict[str, Any] = {}
    for name in REGISTERED:
        value = getattr(registered, name)
        if value not in ("", [], None):
            found[name] = value
    own: dict[str, Any] = claims.grants.to_dict()
    config = claims.grants.room_config
    if config is not None:
        own["roomConfig"] = without_secrets(config)
    _merge(own, claims.unknown)
    return found | own


def without_secrets(message: Message) -> dict[str, Any]:
    """A message as ProtoJSON in Python values, its secrets hidden."""
    data: dict[str, Any] = message.to_dict()
    _hide(message, data, "$", frozenset(secrets_in(message)))
    return data


def _hide(
    message: Message, data: dict[str, Any], path: str, secrets: frozenset[str]
) -> None:
    """Hide the secrets, which are given by path, in the JSON of a message."""
    for field in fields_of(message):
        if field.json_name not in data:
            continue
        place = f"{path}.{field.proto_name}"
        value, shown = getattr(message, field.name), data[field.json_name]
        if place in secrets:
            data[field.json_name] = _HIDDEN
        elif field.value is not None and field.value.kind == "message":
            for key, each in value.items():
                _hide(each, shown[str(key)], f"{place}[{key!r}]", secrets)
        elif field.kind == "message" and field.presence == "repeated":
            for index, each in enumerate(value):
                inner = f"{place}[{index}]"
                if inner in secrets:
                    shown[index] = _HIDDEN
                else:
                    _hide(each, shown[index], inner, secrets)
        elif field.kind == "message":
            _hide(value, shown, place, secrets)


def _merge(known: dict[str, Any], unknown: dict[str, Any]) -> None:
    for name, value in unknown.items():
        inner: Any = known.get(name)
        if isinstance(inner, dict) and isinstance(value, dict):
            _merge(cast("dict[str, Any]", inner), cast("dict[str, Any]", value))
        elif isinstance(inner, list) and isinstance(value, list):
            items = cast("Sequence[dict[str, Any]]", inner)
            more = cast("Sequence[dict[str, Any]]", value)
            for item, inside in zip(items, more, strict=False):
                _merge(item, inside)
        else:
            known[name] = value


def notes(claims: Claims) -> Iterator[str]:
    """What is probably a mistake: names nearly known, idle sources, a join of nobody."""
    yield from _unknown_names(claims.unknown, ClaimGrants, "")
    video = claims.grants.video
    if video is None:
        return
    known = [claim_text(each) for each in TrackSource]
    for source in video.can_publish_sources:
        if source not in known:
            yield f"video.canPublishSources: {text(source)} grants nothing{_meant(source, known)}"
    if video.room_join and not claims.identity:
        yield "video.roomJoin: without an identity (`sub`) nobody can join a room"


def _unknown_names(
    unknown: dict[str, Any], cls: type[Message], path: str
) -> Iterator[str]:
    fields = {field.json_name: field for field in fields_of(cls)}
    names = [*fields, *(() if path else REGISTERED)]
    for name, value in unknown.items():
        field = fields.get(name)
        if field is None:
            meant = _meant(name, names)
            if meant or path:  # `explain` says it of the others
                yield f"{printable(path + name)}: unknown to this version{meant}"
            continue
        items: list[Any] = value if value.__class__ is list else [value]
        for each in items:
            yield from _unknown_names(each, field.type, f"{path}{name}.")


def _meant(name: str, names: list[str]) -> str:
    by_bare = {each.lower(): each for each in names}
    found = get_close_matches(name.replace("_", "").lower(), by_bare, n=1)
    return f"; did you mean {by_bare[found[0]]!r}?" if found else ""


def report(claims: Claims, status: Status) -> dict[str, Any]:
    """All that `explain` shows, for programs."""
    refusal, expires = status.refusal, claims.registered.exp
    return {
        "verified": status.verified and refusal is None,
        "refusal": refusal and {"kind": refusal.kind, "message": str(refusal)},
        "expires_in": None if expires is None else expires - int(status.now),
        "claims": payload(claims),
        "rights": [asdict(each) for each in verdicts(claims)],
        "notes": list(notes(claims)),
    }


def explain(claims: Claims, status: Status) -> str:
    """The token in words."""
    words = REGISTERED | _meanings(claims.grants)
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
        lines.append("It never expires, so no server accepts it.")
    found = list(verdicts(claims))
    for heading, allowed in (("may", True), ("may not", False)):
        which = [f"  {each}" for each in found if each.allowed is allowed]
        if which or allowed:
            lines += ["", f"The holder {heading}", *(which or ["  do nothing"])]
    if found_notes := list(notes(claims)):
        lines += ["", "To be checked", *(f"  {each}" for each in found_notes)]
    return "\n".join(lines)


def _meanings(claims: Message) -> dict[str, str]:
    """The meaning of claims by the schema, by their names in a token."""
    return {
        field.json_name: meaning
        for field in fields_of(claims)
        if (meaning := get_extension(field.options, says)) is not None
    }


def date_words(seconds: int, now: float, expiry: bool = False) -> str:
    """A date, and the time until or since it: `2026-01-01 06:00:00 UTC, in 5 h 59 min`."""
    try:
        date = f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M:%S} UTC"
    except (OverflowError, ValueError, OSError):
        return f"{seconds}, which is beyond the calendar"
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
