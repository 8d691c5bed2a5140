"""Laws of access tokens: what was minted is what is verified, and nothing else is accepted."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from lkproto.auth import AuthError, ClaimGrants, TokenVerifier

from ..judging.equality import difference
from ..strategies import KeyPair, Token, grants, key_pairs, tokens
from ..strategies.tokens import HEADER, NOW, payload_of, signed
from ..strategies.webhooks import flipped_token
from .law import Law
from .session import Session

MINT, VERIFY = "token.mint", "token.verify"
HOUR = 3600
OTHERS = ("none", "HS384", "HS512", "RS256", "ES256", "PS256", "EdDSA", "hs256", "")


@dataclass(frozen=True, slots=True)
class Minted:
    """Claims, who signs them, and a number that decides what is changed."""

    claims: ClaimGrants
    pair: KeyPair
    place: int = 0
    seconds: int = HOUR
    algorithm: str = "HS256"

    @property
    def in_token(self) -> dict[str, Any]:
        """The claims as in a token."""
        found: dict[str, Any] = json.loads(self.claims.to_json())
        return found

    @property
    def ours(self) -> str:
        """A token with these claims, valid for an hour."""
        payload = json.dumps(payload_of(self.claims, self.pair)).encode()
        return signed(HEADER.encode(), payload, self.pair.secret)


def _minted() -> SearchStrategy[Minted]:
    return st.builds(
        Minted,
        grants(names_only=True),
        key_pairs(),
        st.integers(0, 1 << 14),
        st.integers(1, 10**7),
        st.sampled_from(OTHERS),
    )


def _signed() -> SearchStrategy[Minted]:
    return st.builds(
        Minted,
        grants(),
        key_pairs(),
        st.integers(0, 1 << 14),
        algorithm=st.sampled_from(OTHERS),
    )


def _mint(session: Session, given: Minted) -> str:
    result = session.result(
        MINT,
        api_key=given.pair.api_key,
        secret=given.pair.secret,
        now=NOW,
        valid_for_seconds=given.seconds,
        grants=given.in_token,
    )
    token: str = session.member(result, "token", str)
    return token


def _verify(session: Session, given: Minted, token: str) -> None:
    """Check that a token is accepted, with the claims that were given."""
    result = session.result(VERIFY, token=token, keys=given.pair.keys, now=NOW)
    session.check(difference(given.pair.api_key, result.get("api_key")), "api_key")
    session.check(difference(given.claims.identity, result.get("identity")), "identity")
    session.check(difference(_without_identity(given), result.get("claims")), "claims")


def _without_identity(given: Minted) -> dict[str, Any]:
    return {name: value for name, value in given.in_token.items() if name != "identity"}


def round_trip(session: Session, given: Minted) -> None:
    """Verifying a minted token gives the claims."""
    _verify(session, given, _mint(session, given))


def ours_reads(session: Session, given: Minted) -> None:
    """Our strict verifier accepts what is minted."""
    token = _mint(session, given)
    verifier = TokenVerifier(keys=given.pair.keys, profile="strict", clock=lambda: NOW)
    try:
        found = verifier.verify(token)
    except AuthError as error:
        session.fail(f"a strict verifier refuses the token: {error.kind}: {error}")
    session.check(
        difference(given.in_token, json.loads(found.grants.to_json())), "claims"
    )


def reads_ours(session: Session, given: Minted) -> None:
    """A token that others signed is accepted."""
    _verify(session, given, given.ours)


def tampered(session: Session, given: Minted) -> None:
    """A token with one bit changed is refused."""
    token = flipped_token(given.ours, given.place)
    session.refusal(
        VERIFY,
        why="one bit of it was changed",
        token=token,
        keys=given.pair.keys,
        now=NOW,
    )


def other_secret(session: Session, given: Minted) -> None:
    """A token signed with another secret is refused."""
    session.refusal(
        VERIFY,
        "bad_signature",
        why="it was signed with another secret",
        token=given.ours,
        keys={given.pair.api_key: given.pair.secret + "x"},
        now=NOW,
    )
    session.refusal(
        VERIFY,
        "unknown_key",
        why="its issuer is not known",
        token=given.ours,
        keys={given.pair.api_key + "x": given.pair.secret},
        now=NOW,
    )


def window(session: Session, given: Minted) -> None:
    """A token is accepted while it is valid, and not an hour before or after."""
    token = _mint(session, given)
    keys, end = given.pair.keys, NOW + given.seconds
    for now in (NOW, end - 1):
        session.result(VERIFY, token=token, keys=keys, now=now)
    session.refusal(
        VERIFY, "expired", why="it has expired", token=token, keys=keys, now=end + HOUR
    )
    session.refusal(
        VERIFY,
        "not_yet_valid",
        why="its time has not come",
        token=token,
        keys=keys,
        now=NOW - HOUR,
    )


def algorithms(session: Session, given: Minted) -> None:
    """Only HS256 is accepted, whatever the header says."""
    header = json.dumps({"alg": given.algorithm, "typ": "JWT"}).encode()
    payload = json.dumps(payload_of(given.claims, given.pair)).encode()
    digest = {"HS384": "sha384", "HS512": "sha512"}.get(given.algorithm, "sha256")
    token = signed(header, payload, given.pair.secret, digest)
    if given.algorithm == "none":
        token = token[: token.rindex(".") + 1]
    session.refusal(
        VERIFY,
        "alg_not_allowed",
        why=f"its algorithm is {given.algorithm!r}",
        token=token,
        keys=given.pair.keys,
        now=NOW,
    )


def any_token(session: Session, given: Token) -> None:
    """What is accepted is accepted again, with the same result, and a valid token is accepted."""
    reply = session.ask(VERIFY, token=given.text, keys=given.keys, now=given.now)
    if given.valid and reply.outcome == "reject":
        session.fail(
            f"refused a valid token: {reply.kind}: {reply.body.get('message', '')}"
        )
    if reply.outcome == "ok":
        again = session.result(VERIFY, token=given.text, keys=given.keys, now=given.now)
        session.check(difference(reply.body, again), "verified again")
        session.refusal(
            VERIFY, why="no key is known", token=given.text, keys={}, now=given.now
        )


LAWS = (
    Law(
        "tokens/round-trip",
        "verifying a minted token gives back the key, the identity and the grants that it was "
        "minted with",
        (MINT, VERIFY),
        _minted,
        round_trip,
    ),
    Law(
        "tokens/strict-reader",
        "lkproto's strict verifier accepts every token that is minted, with its grants",
        (MINT,),
        _minted,
        ours_reads,
    ),
    Law(
        "tokens/other-writer",
        "a token that another implementation signed is accepted, with its grants",
        (VERIFY,),
        _signed,
        reads_ours,
    ),
    Law(
        "tokens/tampered",
        "a token in which one bit was changed is refused",
        (VERIFY,),
        _signed,
        tampered,
    ),
    Law(
        "tokens/other-secret",
        "a token is refused by who has another secret, or another key",
        (VERIFY,),
        _signed,
        other_secret,
    ),
    Law(
        "tokens/window",
        "a token is accepted in its time, and refused an hour before and after",
        (MINT, VERIFY),
        _minted,
        window,
    ),
    Law(
        "tokens/algorithms",
        "only the algorithm HS256 is accepted, even if the signature fits the one that is named",
        (VERIFY,),
        _signed,
        algorithms,
    ),
    Law(
        "tokens/any",
        "valid tokens are accepted; whatever is accepted depends on the key and gives one answer",
        (VERIFY,),
        tokens,
        any_token,
    ),
)
