"""Laws of key sets: keys are found by their id, and keys that are replaced still verify."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from ..judging.equality import difference
from ..strategies import key_lists, texts
from ..strategies.keys import METHODS
from ..strategies.tokens import NOW
from ..strategies.webhooks import flipped_token
from .law import Law
from .session import Session

SIGN, VERIFY = "keyset.sign", "keyset.verify"


@dataclass(frozen=True, slots=True)
class Signed:
    """A method, its keys, claims, and a number that decides what is changed."""

    method: str
    keys: list[dict[str, str]]
    claims: dict[str, Any]
    place: int


def _signed() -> SearchStrategy[Signed]:
    values = (
        texts()
        | st.booleans()
        | st.integers(-(2**53), 2**53)
        | st.lists(texts(), max_size=2)
    )
    names = texts().map(lambda text: f"new {text}")
    claims = st.dictionaries(names, values, max_size=3).map(
        lambda each: {**each, "exp": NOW + 60}
    )
    return st.sampled_from([*METHODS]).flatmap(
        lambda method: st.builds(
            Signed, st.just(method), key_lists(method), claims, st.integers(0, 1 << 14)
        )
    )


def _sign(session: Session, given: Signed) -> str:
    result = session.result(
        SIGN, method=given.method, keys=given.keys, claims=given.claims
    )
    token: str = session.member(result, "token", str)
    return token


def round_trip(session: Session, given: Signed) -> None:
    """Claims come back, also from a set in which the key is not the first."""
    token = _sign(session, given)
    for keys in (given.keys, given.keys[::-1]):
        found = session.result(
            VERIFY, method=given.method, keys=keys, token=token, now=NOW
        )
        session.check(difference(given.claims, found.get("claims")), "claims")


def refused(session: Session, given: Signed) -> None:
    """Without the key, after a change, or too late, there are no claims."""
    token = _sign(session, given)
    others = [{**key, "id": key["id"] + "x"} for key in given.keys]
    asked = {"method": given.method, "now": NOW}
    session.refusal(
        VERIFY,
        "unknown_key",
        why="its key is not in the set",
        keys=others,
        token=token,
        **asked,
    )
    changed = flipped_token(token, given.place)
    session.refusal(
        VERIFY, why="one bit was changed", keys=given.keys, token=changed, **asked
    )
    late = {**asked, "now": NOW + 3600}
    session.refusal(
        VERIFY, "expired", why="it has expired", keys=given.keys, token=token, **late
    )


LAWS = (
    Law(
        "keysets/round-trip",
        "claims that a key set signed are verified by it, and by one in which the key is not the "
        "first",
        (SIGN, VERIFY),
        _signed,
        round_trip,
    ),
    Law(
        "keysets/refused",
        "a token of a key set is refused without its key, with one bit changed, and after its time",
        (SIGN, VERIFY),
        _signed,
        refused,
    ),
)
