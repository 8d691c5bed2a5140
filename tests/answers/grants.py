"""What every server has to refuse: bad tokens, and all grants but those of a method."""

from __future__ import annotations

from . import captures, tokens
from .normal import normal
from .script import METHODS, Codec, Line, calls, request_of

# The first request that the script has of each method.
REQUESTS = {call.path: request_of(call) for call in reversed(calls())}
_DENIED = {"status": 401, "code": "unauthenticated", "msg": "permissions denied"}


def check_bad_token(line: Line, key: tokens.Key, codec: Codec, kind: str) -> None:
    """Check that every method answers a kind of bad token as it is recorded of one."""
    kept = captures.recorded(codec)[f"token-{kind}"]
    for path, method in METHODS.items():
        request = REQUESTS[path]
        header = tokens.authorization(kind, key, method, request)
        answer = line.ask(method, request, codec, header)
        assert answer.type == kept.type, path
        assert normal(method, codec, answer) == normal(method, codec, kept), path
        assert answer.status == 401


def check_wrong_grants(line: Line, key: tokens.Key, codec: Codec) -> None:
    """Check that every method refuses all grants but its own."""
    for path, method in METHODS.items():
        request = REQUESTS[path]
        for what, claims in tokens.wrong(method, request):
            answer = line.ask(method, request, codec, tokens.bearer(key, claims))
            assert normal(method, codec, answer) == _DENIED, f"{path} with {what}"
