"""Tokens and addresses from whoever wishes us ill: their work is linear, and ends no process."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lkproto.auth import TokenVerifier, redact_stream_key
from lkproto.stream_urls import redact_identifier

from tests.runtime.test_linear_work import is_linear
from tests.support import printed_in_a_small_thread

HEADER = '{"alg":"HS256","typ":"JWT"}'
GO = TokenVerifier("k", "s" * 32, profile="go")
STRICT = TokenVerifier("k", "s" * 32, max_size=10**8)


def token(payload: str) -> str:
    """Signed by nobody."""
    parts = (base64.urlsafe_b64encode(each.encode()) for each in (HEADER, payload))
    head, body = (part.decode().rstrip("=") for part in parts)
    return f"{head}.{body}.{'A' * 43}"


def claims(first: str, again: str) -> Callable[[int], str]:
    """Something long, then something short again and again; `N` numbers the items."""

    def make(n: int) -> str:
        items = ",".join(first.replace("N", str(number)) for number in range(n))
        key, _, opening = again.partition(":")
        long = f"{key}:{opening[0]}{items}{opening[-1]}" if first else again
        return token(f'{{"iss":"k","exp":1e9,{long}{("," + again) * n}}}')

    return make


GROWING: dict[str, Callable[[int], str]] = {
    "a map": claims('"N":""', '"attributes":{}'),
    "a map of nulls": claims('"N":null', '"attributes":{"a":null}'),
    "a list": claims('""', '"kindDetails":[null]'),
    "a list that is emptied": claims('""', '"kindDetails":[]'),
    "a list in a grant": claims("", '"video":{"canPublishSources":["a",null]}'),
    "a grant with a list, and none": claims(
        "", '"video":{"canPublishSources":["a"]},"video":null'
    ),
    "unknown members of a grant": claims('"N":1', '"video":{}'),
    "a configuration": claims('"N":1', '"roomConfig":{}'),
    "an unknown claim": claims('"N":[]', '"other":{}'),
    "an audience": claims('"N"', '"aud":[]'),
    "a claim in another case": claims("", '"ISS":"k"'),
    "brackets in text": lambda n: token('{"iss":"' + "[{" * n + '"}'),
    "brackets": lambda n: token('{"a":' + "[" * n),
    "flat lists": lambda n: token('{"a":[' + "[]," * n + "[]]}"),
}


@pytest.mark.slow
@pytest.mark.parametrize(
    "verifier",
    [GO, pytest.param(STRICT, marks=pytest.mark.slow)],
    ids=["go", "strict"],
)
@pytest.mark.parametrize("case", GROWING)
def test_work_before_the_signature_is_linear(
    case: str, verifier: TokenVerifier
) -> None:
    assert is_linear(verifier.verify, GROWING[case], 4000)


SMALL = """
from lkproto.auth import AuthError
from tests.auth.test_hostile_tokens import GO, STRICT, token
def work():
    for verifier in (STRICT, GO):
        for text in {texts}:
            try: verifier.verify(token(text))
            except AuthError as error: print(error.kind)
work()
"""


@pytest.mark.slow
@pytest.mark.parametrize("kib", [64, 128])
def test_a_small_stack_is_enough_for_any_token(kib: int) -> None:
    texts = [
        '{"a":' + "[" * 9000 + "]" * 9000 + ',"exp":1e9}',
        '{"a":' * 5000,
        '{"roomConfig":' + '[{"x":' * 4000 + "1" + "}]" * 4000 + "}",
    ]
    *before, _ = said = printed_in_a_small_thread(SMALL.format(texts=texts), kib)

    assert len(said) == 12
    assert said[:6] == said[6:]  # as with a stack of any size
    assert before[:3] == ["too_large"] * 3


DEEP = """
from lkproto.auth._claims_reader import read_claims
def work():
    lists = "[" * 9000 + "]" * 9000
    objects = '{"x":1,"x":' * 4000 + "1" + "}" * 4000
    unknown = read_claims(f'{{"a":{lists},"b":{objects}}}', strict=False)[1]
    kept = unknown["a"]
    for _ in range(8000):
        kept = kept[0]
    del unknown
    levels = 0
    while kept:
        kept, levels = kept[0], levels + 1
    print(levels)
work()
"""


@pytest.mark.slow
@pytest.mark.parametrize("kib", [64, 256])
def test_deep_unknown_claims_are_freed_in_a_small_stack_and_what_is_kept_of_them_stays(
    kib: int,
) -> None:
    assert printed_in_a_small_thread(DEEP, kib) == ["999"] * 2


# utils/redact.go
GO_PATTERN = re.compile(r"(rtmps?://)(.*/)(.*/)([^\t\n\f\r ]*)( live=1)?")


@given(
    st.lists(
        st.sampled_from(
            ["rtmp", "rtmps", "://", "/", " live=1", "\n", " ", "\v", "a", "key", "é"]
        ),
        max_size=9,
    ).map("".join)
    | st.from_regex(GO_PATTERN, fullmatch=True)
)
def test_stream_keys_are_found_as_by_the_pattern_of_the_reference(url: str) -> None:
    found = GO_PATTERN.fullmatch(url)
    if found is not None:
        base, key = found[1] + found[2] + found[3], redact_identifier(found[4])
        assert redact_stream_key(url) == (f"{base}{key}{found[5] or ''}", True)
    elif not url.startswith(("mux", "twitch")):
        assert not redact_stream_key(url)[0].startswith("{")
        assert redact_stream_key(url) == (url, False) or "?" in url


@pytest.mark.parametrize(
    "make",
    [
        lambda n: "rtmp://" + "/" * n + " x",
        lambda n: "rtmp://" + "/a live=1" * n,
        lambda n: "rtmp://" + "/" * n + "\n",
        lambda n: "mux://" + "a" * n + " ",
        lambda n: "http://a?" + "&=" * n,
    ],
)
def test_finding_a_stream_key_is_linear(make: Callable[[int], str]) -> None:
    assert is_linear(redact_stream_key, make, 20_000)
