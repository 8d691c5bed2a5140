"""Laws of addresses and ids: hiding secrets twice is hiding them once, and ids are unpacked."""

from __future__ import annotations

import string

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from ..judging.equality import difference
from ..strategies import texts
from .law import Law
from .session import Session

REDACT, GUID = "redact.url", "guid.check"
_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
SECRET = "S3cr3tKey"  # noqa: S105 - what has to be hidden
PREFIXES = ("RM_", "PA_", "TR_", "EG_", "IN_", "")


def addresses() -> SearchStrategy[str]:
    """Addresses of streams, and texts that resemble them."""
    part = st.sampled_from(
        [
            "rtmp://",
            "rtmps://",
            "srt://",
            "mux://",
            "twitch://",
            "https://",
            "host",
            "/",
            "/app/",
        ]
    )
    end = st.sampled_from(
        ["?", "key=", "&", "#", "%", "%41", "@", ":", "user:pw@", "..", "=", ";"]
    )
    return st.lists(part | end | texts(), max_size=7).map("".join)


def _queries() -> SearchStrategy[str]:
    names = st.text(string.ascii_lowercase, min_size=1, max_size=5)
    pairs = st.lists(names, min_size=1, max_size=3).map(
        lambda each: "&".join(f"{name}={SECRET}" for name in each)
    )
    return pairs.map(lambda query: f"https://example.com/live?{query}")


def ids() -> SearchStrategy[str]:
    """Ids as LiveKit makes them: a prefix and twelve characters."""
    ends = st.text(_LETTERS, min_size=12, max_size=12)

    def made(prefix: str, end: str) -> str:
        return prefix + end

    return st.builds(made, st.sampled_from(PREFIXES), ends)


def redact_stable(session: Session, given: str) -> None:
    """What was hidden in the query stays as it is, and an address without stream key too.

    Nothing is said of a stream key that was hidden: the reference hides `{...}` again.
    """
    found = session.result(REDACT, input=given)
    hidden = session.member(found, "query_values", str)
    again = session.result(REDACT, input=hidden)
    session.check(difference(hidden, again.get("query_values")), "query_values again")
    if found.get("stream_key_redacted") is False:
        session.check(difference(given, found.get("stream_key")), "without stream key")


def redact_hides(session: Session, given: str) -> None:
    """No value of a query can be read."""
    hidden = session.member(session.result(REDACT, input=given), "query_values", str)
    if SECRET in hidden:
        session.fail(f"{hidden!r} has the value of the query")


def guid_round_trip(session: Session, given: str) -> None:
    """An id is unpacked to what it was; nine bytes are enough for it."""
    found = session.result(GUID, input=given)
    packed = session.member(found, "marshal_hex", str)
    session.check(
        difference("TR_" + given[-12:], found.get("round_trip")), "round_trip"
    )
    if len(packed) != 18:
        session.fail(f"marshal_hex has {len(packed) // 2} bytes, not 9")
    again = session.result(GUID, input=str(found["round_trip"]))
    session.check(
        difference(packed, again.get("marshal_hex")), "marshal_hex of the round trip"
    )


def _any_text() -> SearchStrategy[str]:
    return ids() | texts("boundary")


def guid_total(session: Session, given: str) -> None:
    """Any text is answered."""
    session.ask(GUID, input=given)


LAWS = (
    Law(
        "texts/redact-stable",
        "hiding the values of a query again changes nothing, and neither does hiding a stream key "
        "where there is none",
        (REDACT,),
        addresses,
        redact_stable,
    ),
    Law(
        "texts/redact-hides",
        "no value of the query of an address can be read after it was hidden",
        (REDACT,),
        _queries,
        redact_hides,
    ),
    Law(
        "texts/guid",
        "an id that was packed into nine bytes is unpacked as the same id, with any prefix",
        (GUID,),
        ids,
        guid_round_trip,
    ),
    Law(
        "texts/guid-any",
        "a text that is not an id is answered, too",
        (GUID,),
        _any_text,
        guid_total,
    ),
)
