"""Claims of tokens: grants, room configurations, and the permissions they become."""

from __future__ import annotations

from functools import cache
from typing import Any, overload

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from lkproto import Field, fields_of, find_enum, get_extension
from lkproto.auth import ClaimGrants, VideoGrants, claim_text, secrets_in
from lkproto.livekit import ParticipantPermission, RoomConfiguration
from lkproto.lkproto import names_of

from .messages import M, from_message
from .scalars import Mode, texts

# Characters that Go escapes, that need two units of UTF-16, that fold to ASCII.
_CHARACTERS = st.sampled_from('aB<>&"\\\x00\b\x7f\u2028é\u017f\u212a\uffff\U0001f600')
CLAIM_TEXTS: SearchStrategy[str] = st.text(
    _CHARACTERS | st.characters(codec="utf-8"), max_size=8
)
"""Texts in claims, rich in characters that writers of JSON treat differently."""


@overload
def grants(*, names_only: bool = False) -> SearchStrategy[ClaimGrants]: ...
@overload
def grants(cls: type[M], *, names_only: bool = False) -> SearchStrategy[M]: ...
def grants(
    cls: type[Any] | None = None, *, names_only: bool = False
) -> SearchStrategy[Any]:
    """All claims about the holder of a token, or one grant if its class is given.

    `names_only`: texts that stand for values of an enum are such values, in lower case, as minting
    takes them; by default they may be in upper case, a number, or anything.
    """
    wanted: Any = cls or ClaimGrants
    return _grants(wanted, names_only)


def video_grants() -> SearchStrategy[VideoGrants]:
    """Video grants, with any of their fields set."""
    found: SearchStrategy[VideoGrants] = _grants(VideoGrants, False)
    return found


def permissions(mode: Mode = "valid") -> SearchStrategy[ParticipantPermission]:
    """Permissions of participants, as they change in a room."""
    return from_message(ParticipantPermission, mode)


@cache
def room_configurations() -> SearchStrategy[RoomConfiguration]:
    """Room configurations that a token may have: without secrets."""
    whole = from_message(RoomConfiguration)
    return whole.filter(lambda config: not any(secrets_in(config)))


@cache
def _grants(cls: Any, names_only: bool) -> SearchStrategy[Any]:
    fields = {field.name: _value(field, names_only) for field in fields_of(cls)}
    made = st.fixed_dictionaries({}, optional=fields)
    return made.map(lambda given: cls(**given))


def _value(field: Field, names_only: bool) -> SearchStrategy[Any]:
    if field.kind == "bool":
        return st.booleans()
    if field.presence == "map":
        return st.dictionaries(CLAIM_TEXTS, CLAIM_TEXTS, max_size=3)
    if field.presence == "repeated":
        return st.lists(_text(field, names_only), max_size=3)
    if field.type is RoomConfiguration:
        return room_configurations()
    if field.kind == "message":
        return _grants(field.type, names_only)
    return _text(field, names_only)


def _text(field: Field, names_only: bool) -> SearchStrategy[str]:
    """Text for a field; if the field holds names of an enum, often such a name."""
    enum = find_enum(get_extension(field.options, names_of) or "")
    if enum is None:
        return CLAIM_TEXTS
    names = [claim_text(member) for member in enum]
    if names_only:
        return st.sampled_from(names)
    return st.sampled_from([*names, names[0].upper(), "99", ""]) | texts()
