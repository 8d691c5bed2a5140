"""Hypothesis strategies for claims, made from field tables and the options of the schema."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from lkproto import Field, fields_of, find_enum, get_extension
from lkproto.auth import ClaimGrants, claim_text, secrets_in
from lkproto.livekit import RoomConfiguration
from lkproto.lkproto import names_of

from tests.oracle.strategies import messages

# Among others, characters that Go escapes, that need two UTF-16 units, and that fold to ASCII.
CHARACTERS = st.sampled_from('aB<>&"\\\x00\b\x7f\u2028é\u017f\u212a\uffff\U0001f600')
TEXT = st.text(CHARACTERS | st.characters(exclude_categories=["Cs"]), max_size=8)


def text_of(field: Field) -> st.SearchStrategy[str]:
    """Text for a field; if the field holds names of an enum, often such a name."""
    enum = find_enum(get_extension(field.options, names_of) or "")
    if enum is None:
        return TEXT
    names = [claim_text(member) for member in enum]
    return st.sampled_from([*names, names[0].upper(), "99", ""]) | TEXT


def value_of(field: Field) -> st.SearchStrategy[Any]:
    """A value of a field that is set."""
    if field.kind == "bool":
        return st.booleans()
    if field.presence == "map":
        return st.dictionaries(TEXT, TEXT, max_size=3)
    if field.presence == "repeated":
        return st.lists(text_of(field), max_size=3)
    if field.type is RoomConfiguration:
        return room_configurations()
    return grants(field.type) if field.kind == "message" else text_of(field)


def grants(cls: Any) -> st.SearchStrategy[Any]:
    """Messages of claims with any of their fields set."""
    fields = {field.name: value_of(field) for field in fields_of(cls)}
    return st.fixed_dictionaries({}, optional=fields).map(lambda given: cls(**given))


def room_configurations() -> st.SearchStrategy[RoomConfiguration]:
    """Room configurations that a token may have."""
    whole: st.SearchStrategy[RoomConfiguration] = messages(RoomConfiguration, 3)
    return whole.filter(lambda config: not any(secrets_in(config)))


def claims() -> st.SearchStrategy[ClaimGrants]:
    """All claims that a token may have about its holder."""
    made: st.SearchStrategy[ClaimGrants] = grants(ClaimGrants)
    return made
