"""Expressions run with one library or the other, in a process of its own.

`python same_calls.py livekit-api|lkproto` reads a JSON list of expressions from stdin and writes
the list of their results: the repr of a value, or the name of an error. livekit-api needs a
process of its own because its messages register themselves in google's default pool.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import sys
import time
import warnings
from datetime import timedelta
from typing import Any

KEY, SECRET = "APIkey", "0123456789abcdef0123456789abcdef"


def calls_to_a_server(name: str, api: Any) -> Any:
    """Functions that call a server with a library.

    To see that a time limit does nothing, the server answers after a while; to see that one
    works, it need not.
    """
    from api_calls import ApiCalls  # which is found where this is the program

    if name == "livekit-api":
        from aiohttp import ClientTimeout

        return ApiCalls(api, api.LiveKitAPI, lambda limit: (ClientTimeout(limit), 2.0))
    from lkproto.api import AsyncLiveKitAPI

    return ApiCalls(api, AsyncLiveKitAPI, lambda limit: (limit, 60.0))


def library(name: str) -> Any:
    """The names of a library: tokens, and the messages in room configurations."""
    if name == "livekit-api":
        from livekit import api

        return api
    import lkproto.api
    import lkproto.auth
    import lkproto.livekit

    class Names:
        def __getattr__(self, wanted: str) -> Any:
            if wanted == "LiveKitAPI":
                return lkproto.api.AsyncLiveKitAPI
            home = lkproto.auth if hasattr(lkproto.auth, wanted) else lkproto.livekit
            return getattr(home, wanted)

    return Names()


def encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def signed(text: str, header: str = '{"alg":"HS256","typ":"JWT"}') -> str:
    """A token with this payload."""
    body = f"{encoded(header.encode())}.{encoded(text.encode())}"
    signature = hmac.digest(SECRET.encode(), body.encode(), hashlib.sha256)
    return f"{body}.{encoded(signature)}"


class Calls:
    """Functions and names for the expressions of the page."""

    def __init__(self, api: Any) -> None:
        self._verify = api.TokenVerifier(KEY, SECRET).verify
        self.names = {
            "api": api,
            "token": lambda: api.AccessToken(KEY, SECRET),
            "verify": self._verify,
            "said": self.said,
            "good": self.good,
            "payload": self.payload,
            "text": self.text,
            "signed": signed,
            "timedelta": timedelta,
            "now": int(time.time()),
            "secret": SECRET,
            "key": KEY,
        }

    def said(self, token: str) -> Any:
        """The claims of a verified token, including its grants."""
        claims = self._verify(token)
        return getattr(claims, "grants", claims)

    @staticmethod
    def good(more: str = "", exp: object = None) -> str:
        """A valid token, except for the members added."""
        expiry = int(time.time()) + 600 if exp is None else json.dumps(exp)
        return signed(f'{{"iss":"{KEY}","exp":{expiry}{"," if more else ""}{more}}}')

    @staticmethod
    def text(token: Any) -> str:
        """The JSON text of a token that is being built."""
        return base64.urlsafe_b64decode(token.to_jwt().split(".")[1] + "==").decode()

    def payload(self, token: Any) -> Any:
        """The claims of a token that is being built, with dates relative to now."""
        begun, text = int(time.time()), self.text(token)
        while begun != int(time.time()):  # a second has ended since
            begun, text = int(time.time()), self.text(token)
        found = json.loads(text)
        return {
            name: each - begun if name in ("exp", "nbf", "iat") else each
            for name, each in found.items()
        }

    def outcome(self, expression: str) -> str:
        """The result of an expression."""
        try:
            return repr(eval(expression, dict(self.names)))
        except Exception as error:  # noqa: BLE001 - the page says which
            return type(error).__name__


def main() -> None:
    """Run the expressions from stdin."""
    warnings.simplefilter("ignore")
    api = library(sys.argv[1])
    calls = Calls(api)
    calls.names |= calls_to_a_server(sys.argv[1], api).names
    json.dump([calls.outcome(each) for each in json.load(sys.stdin)], sys.stdout)


if __name__ == "__main__":
    main()
