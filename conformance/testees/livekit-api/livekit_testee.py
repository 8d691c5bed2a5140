"""livekit-api as a testee: lines on stdin and stdout, and its operations.

It calls the library and names its errors. It mends no answer and checks nothing by itself.
"""

from __future__ import annotations

import json
import os
import platform
import sys
import traceback
from collections.abc import Callable
from importlib.metadata import version
from typing import Any

import clock  # before the library: it takes the place of the time
import messages
import tokens
import twirp_client
from answers import Answer, DeclinedError, Object, Rejection

OPERATIONS: dict[str, Callable[[Object], Object]] = {
    "wire.roundtrip": messages.roundtrip,
    "json.parse": messages.parse,
    "json.print": messages.print_json,
    "token.mint": tokens.mint,
    "token.issue": tokens.mint,
    "token.verify": tokens.verify,
    "webhook.receive": tokens.receive,
    "twirp.call": twirp_client.call,
    "twirp.error": twirp_client.error,
}

LIBRARIES = ("livekit-protocol", "PyJWT", "protobuf", "aiohttp")


def hello() -> Object:
    """Who it is; the library has one behaviour, which is judged by the reference's."""
    others = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    return {
        "protocol": 1,
        "implementation": {
            "name": "livekit-api",
            "version": version("livekit-api"),
            "language": "Python",
            "language_version": platform.python_version(),
            "homepage": "https://github.com/livekit/python-sdks",
            "source": f"with {others}",
        },
        "capabilities": [*OPERATIONS, "clock.inject"],
        "profiles": ["go"],
    }


def answer(op: str, args: Object) -> Answer:
    """What came of an operation; an exception that the library does not declare is an error."""
    if op == "hello":
        return {"ok": hello()}
    if op not in OPERATIONS:
        return {"unsupported": {"reason": f"no operation {op}"}}
    if args.get("profile", "go") != "go":
        return {"unsupported": {"reason": "one behaviour, which is judged as go"}}
    try:
        with clock.at(args.get("now")):
            return {"ok": OPERATIONS[op](args)}
    except DeclinedError as error:
        return {"unsupported": {"reason": str(error)}}
    except Rejection as error:
        return {"reject": error.body}
    except Exception as error:  # noqa: BLE001 - the protocol reports it
        failure = {"message": repr(error), "trace": traceback.format_exc()}
        return {"error": failure}


def main() -> None:
    """Answer stdin until `bye` or its end. What the library prints goes to stderr."""
    for name in [each for each in os.environ if each.startswith("LIVEKIT_")]:
        del os.environ[
            name
        ]  # the library would take them in the place of empty arguments
    replies, sys.stdout = sys.stdout.buffer, sys.stderr
    for line in sys.stdin.buffer:
        request: dict[str, Any] = json.loads(line)
        if request["op"] == "bye":
            return
        reply = {"id": request["id"], **answer(request["op"], request.get("args", {}))}
        replies.write(json.dumps(reply).encode() + b"\n")
        replies.flush()


if __name__ == "__main__":
    main()
