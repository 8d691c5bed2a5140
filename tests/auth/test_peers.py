"""PyJWT and jose compared with ours: they accept our tokens and we theirs, and every difference
in verdicts is listed here.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
import warnings
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from lkproto.auth import ClaimGrants, TokenError, TokenVerifier, mint

from .same_calls import KEY, SECRET, encoded, signed
from .test_minting import EVERYTHING

JOSE = "jose@5.10.0"
Verdicts = dict[str, bool]

needs_pyjwt = pytest.mark.skipif(
    find_spec("jwt") is None and "CI" not in os.environ,
    reason="PyJWT is not installed (dependency group peers)",
)

CLAIMS: dict[str, dict[str, Any]] = {
    "least": {},
    "all grants": EVERYTHING,
    "text": {"identity": "ann", "name": "Zoë 𝄞 <&>\u2028\x00", "metadata": '{"a":1}'},
    "attributes": {"attributes": {"b": "2", "a": "1", "ä": ""}},
    "room": {"roomConfig": {"emptyTimeout": 60, "agents": [{"agentName": "x"}]}},
}


def corpus() -> dict[str, str]:
    """Tokens, by what is unusual about them.

    Some stop being valid after half a minute, so each test makes them when it runs.
    """
    now = int(time.time())

    def good(more: str = "", **changes: Any) -> str:
        """The payload of a valid token, with members changed and added."""
        text = json.dumps({"iss": KEY, "exp": now + 600} | changes)
        return f"{text[:-1]},{more}}}" if more else text

    first, second, third = signed(good()).split(".")
    odd = next(
        token
        for number in count()
        if set("-_") <= set((token := signed(good(n=number))).rpartition(".")[2])
    )
    none = encoded(b'{"alg":"none"}')
    payloads = {
        "nothing": good(),
        "no exp": json.dumps({"iss": KEY}),
        "exp over": good(exp=now - 61),
        "exp within the leeway": good(exp=now - 30),
        "exp a fraction": good(exp=now + 600.5),
        "exp in quotes": good(exp=str(now + 600)),
        "exp true": good(exp=True),
        "exp null": good(exp=None),
        "exp in milliseconds": good(exp=now * 1000),
        "exp after 64 bits": good(exp=2**63),
        "exp twice": good(f'"exp":{now - 600}'),
        "EXP over": good(EXP=1),
        "nbf ahead": good(nbf=now + 600),
        "nbf within the leeway": good(nbf=now + 30),
        "nbf null": good(nbf=None),
        "nbf true": good(nbf=True),
        "iat ahead": good(iat=now + 600),
        "iat in quotes": good(iat="1"),
        "aud": good(aud="x"),
        "aud a number": good(aud=1),
        "sub a number": good(sub=1),
        "jti a number": good(jti=1),
        "iss a list": good(iss=[KEY]),
        "video a text": good(video="x"),
        "unknown claim": good(later=[1]),
        "half of a surrogate pair": good(name="\ud800"),
        "a name twice": good('"name":"a","name":"b"'),
        "byte order mark": "\ufeff" + good(),
        "NaN": good('"later":NaN'),
        "text after it": good() + "x",
        "space around": f" {good()}\n",
        "list": "[]",
        "null": "null",
        "depth of 99": good('"later":%s' % ("[" * 98 + "]" * 98)),
        "depth of a million": good('"later":%s' % ("[" * 10**6 + "]" * 10**6)),
        "100 kB": good(metadata="x" * 70_000),
    }
    headers = {
        "alg HS384": '{"alg":"HS384"}',
        "alg in lower case": '{"alg":"hs256"}',
        "alg twice": '{"alg":"none","alg":"HS256"}',
        "no alg": '{"typ":"JWT"}',
        "typ of another sort": '{"alg":"HS256","typ":"JOSE"}',
        "kid a number": '{"alg":"HS256","kid":1}',
        "crit": '{"alg":"HS256","crit":["x"],"x":1}',
        "b64 false": '{"alg":"HS256","b64":false}',
        "header a list": "[]",
    }
    segments = {
        "padding": f"{first}.{second}.{third}=",
        "line break": f"{first}.{second}.{third}\n",
        "space": f"{first}.{second}.{third} ",
        "bits left over": f"{first}.{second}.{third[:-1]}{chr(ord(third[-1]) + 1)}",
        "other alphabet": odd.translate(str.maketrans("-_", "+/")),
        "another signature": f"{first}.{second}.{encoded(b'x' * 32)}",
        "no signature": f"{first}.{second}.",
        "four segments": f"{first}.{second}.{third}.x",
        "alg none": f"{none}.{second}.",
        "empty": "",
    }
    found = {name: signed(text) for name, text in payloads.items()}
    found |= {name: signed(good(), text) for name, text in headers.items()}
    return found | segments


def verdicts_of(
    tokens: Mapping[str, str],
    verify: Callable[[str], object],
    *refusals: type[Exception],
) -> Verdicts:
    """The tokens that a verifier accepts; if it raises anything but a refusal, the test fails."""
    found = {}
    for name, token in tokens.items():
        try:
            verify(token)
        except refusals:
            found[name] = False
        else:
            found[name] = True
    return found


def ours(tokens: Mapping[str, str], profile: Any) -> Verdicts:
    verifier = TokenVerifier(KEY, SECRET, profile=profile)
    return verdicts_of(tokens, verifier.verify, TokenError)


def pyjwt_claims(token: str) -> dict[str, Any]:
    """Verify with PyJWT as livekit-api does."""
    import jwt

    options: Any = {"require": ["exp"]}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found: dict[str, Any] = jwt.decode(
            token, SECRET, issuer=KEY, algorithms=["HS256"], leeway=60, options=options
        )
    return found


@pytest.fixture(scope="session")
def jose(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., dict[str, Any]]:
    """Run jose in Node.js: returns the claims of tokens to verify, and tokens for claims to sign."""
    if "CI" not in os.environ:
        pytest.skip("jose is fetched with npm where CI is set")
    folder = tmp_path_factory.mktemp("jose")
    npm, node = shutil.which("npm"), shutil.which("node")
    assert npm, "npm is needed in CI"
    assert node, "Node.js is needed in CI"
    quiet = ["--no-audit", "--no-fund", "--ignore-scripts", "--no-save"]
    run(folder, [npm, "install", *quiet, "--prefix", str(folder), JOSE])
    script = str(Path(__file__).parent / "jose.mjs")

    def ask(verify: list[str], sign: list[Any]) -> dict[str, Any]:
        request = {"secret": SECRET, "verify": verify, "sign": sign}
        answer: dict[str, Any] = json.loads(run(folder, [node, script], request))
        return answer

    return ask


def run(folder: Path, command: list[str], request: Any = None) -> str:
    done = subprocess.run(
        command,
        cwd=folder,
        input=json.dumps(request),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


# Who accepts a token, if not all agree. `strict` and `go` are our profiles.
PYJWT: dict[str, str] = {
    "exp in quotes": "go, PyJWT",
    "exp in milliseconds": "go, PyJWT",
    "exp after 64 bits": "PyJWT",
    "EXP over": "PyJWT",
    "nbf null": "strict, go",
    "nbf true": "PyJWT",
    "iat ahead": "go",
    "iat in quotes": "go, PyJWT",
    "aud": "strict, go",
    "video a text": "PyJWT",
    "half of a surrogate pair": "go, PyJWT",
    "a name twice": "go, PyJWT",
    "byte order mark": "PyJWT",
    "NaN": "PyJWT",
    "100 kB": "go, PyJWT",
    "alg twice": "go, PyJWT",
    "kid a number": "strict, go",
    "crit": "go",
    "b64 false": "strict, go",
    "padding": "PyJWT",
    "line break": "go",
    "bits left over": "go",
}
JOSE_SAYS: dict[str, str] = {
    "exp in quotes": "go",
    "exp in milliseconds": "go, jose",
    "exp after 64 bits": "jose",
    "EXP over": "jose",
    "nbf null": "strict, go",
    "iat ahead": "go, jose",
    "iat in quotes": "go",
    "aud a number": "jose",
    "sub a number": "jose",
    "jti a number": "jose",
    "iss a list": "jose",
    "video a text": "jose",
    "half of a surrogate pair": "go, jose",
    "a name twice": "go, jose",
    "byte order mark": "jose",
    "depth of a million": "jose",
    "100 kB": "go, jose",
    "alg twice": "go, jose",
    "crit": "go",
    "padding": "jose",
    "line break": "go, jose",
    "space": "jose",
    "bits left over": "go, jose",
    "other alphabet": "jose",
}


def disagreements(
    tokens: Mapping[str, str], name: str, peer: Verdicts
) -> dict[str, str]:
    """Who accepts a token, for those on which ours and the peer disagree."""
    found: dict[str, str] = {}
    judges = {
        "strict": ours(tokens, "strict"),
        "go": ours(tokens, "go"),
        name: peer,
    }
    for token in tokens:
        takers = [judge for judge, verdicts in judges.items() if verdicts[token]]
        if 0 < len(takers) < len(judges):
            found[token] = ", ".join(takers)
    return found


@needs_pyjwt
def test_pyjwt_agrees_except_where_listed() -> None:
    import jwt

    tokens = corpus()
    theirs = verdicts_of(tokens, pyjwt_claims, jwt.InvalidTokenError)

    assert disagreements(tokens, "PyJWT", theirs) == PYJWT


def test_jose_agrees_except_where_listed(
    jose: Callable[..., dict[str, Any]],
) -> None:
    tokens = corpus()
    found = jose(list(tokens.values()), [])["verified"]
    taken = {
        name: claims is not None for name, claims in zip(tokens, found, strict=True)
    }

    assert disagreements(tokens, "jose", taken) == JOSE_SAYS


def minted() -> dict[str, str]:
    """One of our tokens for each of the claims."""
    return {
        name: mint(ClaimGrants.from_dict(each), api_key=KEY, api_secret=SECRET)
        for name, each in CLAIMS.items()
    }


def as_payload(name: str, found: dict[str, Any]) -> None:
    """Check that a peer read in one of our tokens what it was made with."""
    dates = {each: found.pop(each) for each in ("exp", "nbf", "iat")}
    assert dates["exp"] - 21_600 == dates["nbf"] == dates["iat"]
    identity = {"sub": found["identity"]} if "identity" in found else {}
    assert found == {"iss": KEY, **identity, **CLAIMS[name]}


@needs_pyjwt
def test_pyjwt_reads_our_tokens_and_we_read_its() -> None:
    import jwt

    for name, token in minted().items():
        as_payload(name, pyjwt_claims(token))
        theirs = jwt.encode(pyjwt_claims(token), SECRET, algorithm="HS256")
        assert read_back(theirs) == read_back(token)


def test_jose_reads_our_tokens_and_we_read_its(
    jose: Callable[..., dict[str, Any]],
) -> None:
    tokens = minted()
    verified = list(map(json.loads, jose(list(tokens.values()), [])["verified"]))
    signed_by_jose = jose([], verified)["signed"]

    for name, token, claims, theirs in zip(
        tokens, tokens.values(), verified, signed_by_jose, strict=True
    ):
        as_payload(name, claims)
        assert read_back(theirs) == read_back(token)


def read_back(token: str) -> tuple[Any, Any, Any]:
    """The claims that our verifier reads in a token."""
    found = TokenVerifier(KEY, SECRET).verify(token)
    return found.grants, found.registered, found.unknown
