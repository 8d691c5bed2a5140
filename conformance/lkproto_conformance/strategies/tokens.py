"""Access tokens: valid ones, and ones that are wrong in the ways attackers and bugs make them."""

from __future__ import annotations

import hmac
import json
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from lkproto import Field, fields_of
from lkproto.auth import ClaimGrants

from ..values import base64url
from .claims import grants
from .keys import KeyPair, key_pairs

NOW = 1_767_225_600
"""The time at which tokens are used: 2026-01-01, in Unix seconds."""
HEADER = '{"alg":"HS256","typ":"JWT"}'
REGISTERED = ("iss", "sub", "aud", "exp", "nbf", "iat", "jti")
_HEADERS = (
    *('{"alg":"HS256"}', '{"typ":"JWT","alg":"HS256"}', '{"alg":"\\u0048S256"}'),
    *('{"alg":"none"}', '{"alg":"HS384"}', '{"alg":"hs256"}', '{"alg":"EdDSA"}', "{}"),
    *('{"alg":"RS256"}', '{"alg":1}', '{"ALG":"HS256"}', "null", "[]", '"HS256"', ""),
    *('{"alg":"none","alg":"HS256"}', '{"alg":"HS256","crit":["b64"],"b64":false}'),
    *('{"alg":"HS256","x":1e400}', '{"alg":"HS256","kid":"../../dev/null"}'),
)
_DATES = (
    *(str(NOW + near) for near in (-61, -60, -59, 0, 59, 60, 61, 3600)),
    *(
        f"{NOW}.9",
        "1.7672257e9",
        f'"{NOW + 100}"',
        f"{NOW}000",
        "0",
        "-0",
        "-1",
        "null",
    ),
    *("253402300800", "9223372036854775807", "9.3e18", "1e400", "true", "[]", '"x"'),
)
_VALUES = (
    *(
        "null",
        "true",
        "false",
        "0",
        "-1",
        "1.5",
        "1e400",
        '""',
        '"a"',
        '"camera"',
        '"1"',
    ),
    *('"\\ud800"', '"\\ud83d\\ude00"', '"<>&\\u2028"', "[]", '["a"]', "[null]", "{}"),
    *('{"a":"b"}', '{"a":"b","a":"c"}', '{"a":null}', '{"name":"n"}', '{"zz":1e400}'),
)
_DAMAGE = ("\n", "=", "+", "/", " ", ".", "A", "", "é", "-", "_", "\0")


@dataclass(frozen=True, slots=True)
class Token:
    """A token, and what verifies it; `valid` says whether it was made without any mistake."""

    text: str
    keys: dict[str, str]
    now: int = NOW
    valid: bool = False


def signed(header: bytes, payload: bytes, secret: str, digest: str = "sha256") -> str:
    """A token with any header and payload, signed with HMAC."""
    text = f"{base64url(header)}.{base64url(payload)}"
    return f"{text}.{base64url(hmac.digest(secret.encode(), text.encode(), digest))}"


def payload_of(claims: ClaimGrants, pair: KeyPair, now: int = NOW) -> dict[str, Any]:
    """The payload of a token that is valid for an hour."""
    found: dict[str, Any] = {"iss": pair.api_key, "exp": now + 3600, "nbf": now}
    if claims.identity:
        found["sub"] = claims.identity
    found |= json.loads(claims.to_json())
    return found


def tokens() -> SearchStrategy[Token]:
    """Valid tokens, and mutated ones.

    Wrong are header and algorithm, claims (missing, of other types, in other case, with the same
    name again), dates, the secret, segments, and characters of base64.
    """
    return st.one_of(valid_tokens(), hostile_tokens())


def valid_tokens() -> SearchStrategy[Token]:
    """Tokens with any grants, valid at their `now`."""

    def made(claims: ClaimGrants, pair: KeyPair) -> Token:
        text = json.dumps(payload_of(claims, pair), ensure_ascii=False).encode()
        return Token(signed(HEADER.encode(), text, pair.secret), pair.keys, valid=True)

    return st.builds(made, grants(), key_pairs())


def hostile_tokens() -> SearchStrategy[Token]:
    """Tokens with a mistake, or with what only some readers take for one."""
    return st.one_of(
        _odd(), _odd(), st.builds(_damaged, valid_tokens(), *_where()), _segments()
    )


def _where() -> tuple[SearchStrategy[int], SearchStrategy[str], SearchStrategy[int]]:
    return st.integers(0, 400), st.sampled_from(_DAMAGE), st.integers(0, 1)


def _damaged(token: Token, place: int, wrong: str, taken: int) -> Token:
    place %= len(token.text) + 1
    return Token(token.text[:place] + wrong + token.text[place + taken :], token.keys)


def _segments() -> SearchStrategy[Token]:
    """Texts without three segments, or with empty ones."""
    segment = st.sampled_from(
        ["", "e30", base64url(HEADER.encode()), "====", "e30=", "bnVsbA"]
    )
    texts = st.lists(segment, max_size=5).map(".".join)
    return texts.map(lambda text: Token(text, {"APIkey": "secret"}))


def _odd() -> SearchStrategy[Token]:
    """Signed tokens with odd headers, claims, dates and secrets."""
    headers = st.just(HEADER) | st.sampled_from([HEADER, *_HEADERS])
    registered = st.builds(
        _registered, st.sampled_from(["exp", "exp", "iss", "nothing"])
    )
    payloads = st.builds(
        _object,
        registered,
        st.lists(_members(), max_size=4),
    )
    secrets = st.sampled_from(["secret", "secret", "secret", "another", ""])
    digests = st.sampled_from(["sha256", "sha256", "sha256", "sha384", "sha512"])

    def made(header: str, payload: str, secret: str, digest: str) -> Token:
        text = signed(header.encode(), payload.encode(), secret, digest)
        return Token(text, {"APIkey": "secret"})

    return st.builds(made, headers, payloads, secrets, digests)


def _object(first: list[str], more: list[str]) -> str:
    return "{" + ",".join([*first, *more]) + "}"


def _registered(without: str) -> list[str]:
    both = {"iss": '"iss":"APIkey"', "exp": f'"exp":{NOW + 100}'}
    return [text for name, text in both.items() if name != without]


def _members() -> SearchStrategy[str]:
    """Members of a payload: claims with values of their type, of others, and odd names."""
    listed = [_claim(field) for field in fields_of(ClaimGrants)]
    dates = st.builds(
        _member, st.sampled_from(["exp", "nbf", "iat"]), st.sampled_from(_DATES)
    )
    others = st.builds(
        _member, st.sampled_from([*REGISTERED, "new", ""]), st.sampled_from(_VALUES)
    )
    return st.one_of([dates, dates, others, *listed])


def _claim(field: Field) -> SearchStrategy[str]:
    values: SearchStrategy[str] = st.sampled_from(_VALUES)
    if field.kind == "message" and field.json_name != "roomConfig":
        names = [each.json_name for each in fields_of(field.type)] or ["new"]
        inner = st.builds(_member, _spelled(names), st.sampled_from(_VALUES))
        values |= st.lists(inner, max_size=3).map(
            lambda each: "{" + ",".join(each) + "}"
        )
    return st.builds(_member, _spelled([field.json_name]), values)


def _spelled(names: list[str]) -> SearchStrategy[str]:
    """Names as they are, mostly; in other case; with letters that fold to ASCII."""

    def spelled(name: str, how: int) -> str:
        folded = name.replace("s", "\u017f").replace("k", "\u212a")
        return [name, name, name, name.upper(), name.swapcase(), folded, name + "x"][
            how
        ]

    return st.builds(spelled, st.sampled_from(names), st.integers(0, 6))


def _member(name: str, value: str) -> str:
    return f"{json.dumps(name, ensure_ascii=False)}:{value}"
