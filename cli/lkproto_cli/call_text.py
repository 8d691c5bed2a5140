"""What `lkproto call` prints: answers, errors, and requests that are not sent."""

# Servers echo tokens in texts, and the runtime knows how those look.
# pyright: reportPrivateUsage=false

from __future__ import annotations

import sys
from typing import Any

from lkproto import Message, Method, TwirpError
from lkproto._runtime.twirp._masking import masked
from lkproto.auth import TokenError, read_unverified
from lkproto.http import Request, Response

from .output import complain, json_for_people, json_line, printable
from .token_text import payload, without_secrets

_HINTS = {
    "unauthenticated": "are key and secret those of this server? lkproto token inspect explains "
    "a token",
    "unimplemented": "an older server may not have it, and some methods only LiveKit Cloud has",
}


def shown(message: Message, *, secrets: bool) -> dict[str, Any]:
    """A message as ProtoJSON in Python values, its secrets hidden unless they are asked for."""
    return message.to_dict() if secrets else without_secrets(message)


def print_json(value: Any, *, in_line: bool) -> None:
    """Print JSON, for people only where a terminal shows it."""
    people = sys.stdout.isatty() and not in_line
    print(json_for_people(value) if people else json_line(value))


def print_error(error: TwirpError, *, as_json: bool) -> None:
    """Print why a call failed: as JSON on stdout, in words on stderr."""
    if as_json:
        print_json({"error": _members(error)}, in_line=True)
        return
    lines = [f"error: {error}"]
    if not error.from_intermediary:  # whose meta repeats the status and the text
        lines += [f"  {name}: {value}" for name, value in _meta(error).items()]
    if hint := _hint(error):
        lines.append(f"  hint: {hint}")
    complain("\n".join(lines))


def was_answered(error: TwirpError) -> bool:
    """Whether a server of Twirp, or something on the way to it, answered with an error."""
    return error.status not in (None, 200)


def _members(error: TwirpError) -> dict[str, Any]:
    members = {
        "code": error.code.value,
        "msg": masked(error.msg),
        "meta": _meta(error),
        "status": error.status,
        "request_id": error.request_id,
        "method": f"{error.service}/{error.method}" if error.service else "",
        "needs": error.needs if error.is_refusal else "",
        "has": error.has,
        "hint": _hint(error),
    }
    kept = ("code", "msg", "meta")
    return {name: each for name, each in members.items() if each or name in kept}


def _meta(error: TwirpError) -> dict[str, str]:
    return {name: masked(value) for name, value in error.meta.items()}


def _hint(error: TwirpError) -> str:
    if error.status is None:
        return "is the server there, and quick enough? see --url and --timeout"
    claim = error.needs.partition(" ")[0]
    if error.is_refusal and not error.from_intermediary and claim not in error.has:
        return f"call with a token that has it: lkproto token mint --grant {claim}"
    return _HINTS.get(error.code.value, "")


class NotSentError(Exception):
    """A request in place of its answer."""

    def __init__(self, request: Request) -> None:
        super().__init__()
        self.request = request


class Nowhere:
    """A transport that sends nothing."""

    def send(self, request: Request, /) -> Response:
        """Raise NotSentError with the request."""
        raise NotSentError(request)

    def close(self) -> None:
        """There is nothing to close."""


def print_request(
    request: Request, method: Method, body: dict[str, Any], *, as_json: bool
) -> None:
    """Print what would be sent."""
    claims = _claims(request.headers.get("Authorization", ""))
    headers = {
        name: "<redacted>" if name.lower() == "authorization" else value
        for name, value in request.headers.items()
    }
    if as_json:
        found = {"url": request.url, "headers": headers, "claims": claims}
        print_json({**found, "request": body}, in_line=True)
        return
    lines = [f"POST {request.url}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    print("\n".join(map(printable, lines)))
    needs = method.grant or "a grant that nobody says"
    print(f"\ntoken (the method needs {needs}):")
    print(json_for_people(claims))
    print(f"\n{method.input}:\n{json_for_people(body)}")


def _claims(authorization: str) -> dict[str, Any] | None:
    """The claims of a token, which may be anything."""
    try:
        return payload(read_unverified(authorization.removeprefix("Bearer ")))
    except TokenError:
        return None
