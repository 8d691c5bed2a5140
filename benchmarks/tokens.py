"""Access tokens: minting and verifying, beside livekit-api, and what garbage costs a verifier.

`python -m benchmarks.tokens ROUNDS` prints JSON. One operation is all of it: making the grants and
the token in the making, JSON, signature; or signature, JSON and claims as objects.
"""

from __future__ import annotations

import json
import sys
import warnings
from collections.abc import Callable
from dataclasses import asdict
from importlib import import_module
from timeit import timeit
from typing import Any

from .timing import BATCH, Pair, compare

KEY, SECRET = "APIbenchmark", "0123456789abcdef0123456789abcdef"
THEIRS = "livekit.api"
LIBRARIES = ("lkproto", "livekit-api")
SIZE = 48_000  # of the metadata of a large token; the verifier takes 64 KiB in all


def participant(api: Any) -> str:
    """A token for someone who joins a room: 400 bytes of claims."""
    grants = api.VideoGrants(
        room_join=True,
        room="consultation-4711",
        can_publish=True,
        can_subscribe=True,
        can_publish_data=True,
        can_publish_sources=["camera", "microphone"],
    )
    token = api.AccessToken(KEY, SECRET).with_identity("user-42").with_name("Alice B.")
    token = token.with_grants(grants).with_metadata('{"seat":12,"tier":"gold"}')
    text: str = token.with_attributes({"role": "host", "lang": "en"}).to_jwt()
    return text


def server(api: Any) -> str:
    """A token of a server, which it makes for each request."""
    grants = api.VideoGrants(room_admin=True, room="consultation-4711")
    text: str = api.AccessToken(KEY, SECRET).with_grants(grants).to_jwt()
    return text


MINTS: dict[str, Callable[[Any], str]] = {"participant": participant, "server": server}


def beside_livekit_api(rounds: int, batch: float) -> dict[str, Any] | None:
    """Seconds and ratios to livekit-api by operation; None where it is not installed."""
    ours = import_module("lkproto.auth")
    try:
        theirs = import_module(THEIRS)
    except ModuleNotFoundError:
        return None
    sides = (ours, theirs)
    verifiers = [api.TokenVerifier(KEY, SECRET).verify for api in sides]
    found: dict[str, Pair] = {}
    for name, mint in MINTS.items():
        pair = [{"mint": mint, "api": api} for api in sides]
        for each in pair:
            timeit("mint(api)", number=10, globals=each)  # first use is not the rate
        found[f"mint, {name}"] = compare("mint(api)", *pair, rounds, batch)
    for name, mint in MINTS.items():
        for label, api in zip(LIBRARIES, sides, strict=True):
            token = mint(api)
            pair = [{"verify": verify, "token": token} for verify in verifiers]
            row = f"verify, {name}, minted by {label}"
            found[row] = compare("verify(token)", *pair, rounds, batch)
    return {row: asdict(each) for row, each in found.items()}


def garbage(rounds: int, batch: float) -> dict[str, Any]:
    """Seconds and ratios to a valid token of the same size, by kind of garbage."""
    auth = import_module("lkproto.auth")
    verify = auth.TokenVerifier(KEY, SECRET).verify

    def attempt(token: str) -> bool:
        try:
            verify(token)
        except ValueError:
            return False
        return True

    large = auth.ClaimGrants(identity="user-42", metadata="x" * SIZE)
    tokens = {
        "participant": participant(auth),
        "large": auth.mint(large, api_key=KEY, api_secret=SECRET),
    }
    found: dict[str, Any] = {}
    for size, valid in tokens.items():
        if not attempt(valid):
            raise ValueError("the valid token is refused")
        for kind, token in kinds_of_garbage(valid).items():
            if attempt(token):
                raise ValueError(f"{kind} is accepted")
            pair = [{"attempt": attempt, "token": each} for each in (token, valid)]
            timed = compare("attempt(token)", *pair, rounds, batch)
            found[f"{kind}, {size}"] = asdict(timed)
    return found


def kinds_of_garbage(valid: str) -> dict[str, str]:
    """Tokens that are refused, of the size of a valid one."""
    jwt = import_module("lkproto.auth.jws")
    header, payload, signature = valid.split(".")
    size = len(jwt.decode(payload))

    def of(data: bytes) -> str:
        return ".".join([header, jwt.encode(data[:size]), signature])

    return {
        "another signature": f"{header}.{payload}.{signature[::-1]}",
        "no dots": "x" * len(valid),
        "only dots": "." * len(valid),
        "not base64": valid.replace(payload, "!" * len(payload)),
        "base64 of zeros": of(b"\0" * size),
        "not UTF-8": of(b'"' + b"\xff" * size),
        "brackets without end": of(b"[" * size),
        "objects without end": of(b'{"":' * size),
        "half of an array": of(b"[" + b"1," * size),
        "half of a text": of(b'{"a":"' + b"x" * size),
        "escapes": of(b'"' + b"\\u0061" * size),
        "short keys": of(b"{" + b'"a":1,' * size),
        "digits": of(b"1" * size),
    }


def measure(rounds: int, batch: float = BATCH) -> dict[str, Any]:
    """Both parts."""
    # A secret of 32 bytes is long enough; nothing else is to be told.
    warnings.simplefilter("ignore")
    return {
        "peers": beside_livekit_api(rounds, batch),
        "garbage": garbage(rounds, batch),
    }


if __name__ == "__main__":
    print(json.dumps(measure(int(sys.argv[1]))))
