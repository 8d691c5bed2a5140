"""Errors on the wire: JSON objects with `code`, `msg` and `meta`, and what is none of Twirp's.

Answers are read as the Go client of twitchtv/twirp v8.1.3 reads them (`errorFromResponse`).
"""

from __future__ import annotations

from ._codes import TwirpCode, code_of
from ._errors import INTERMEDIARY, TwirpError

TYPE_CHECKING: bool = False
if TYPE_CHECKING:
    from typing import Any

# Codes of statuses that something between client and server answers with.
_INTERMEDIARY = {
    400: TwirpCode.INTERNAL,
    401: TwirpCode.UNAUTHENTICATED,
    403: TwirpCode.PERMISSION_DENIED,
    404: TwirpCode.BAD_ROUTE,
    429: TwirpCode.RESOURCE_EXHAUSTED,
    502: TwirpCode.UNAVAILABLE,
    503: TwirpCode.UNAVAILABLE,
    504: TwirpCode.UNAVAILABLE,
}
# What Go's server writes of a text, in bytes.
_LONGEST = 1_000_000
_WHITESPACE = " \t\n\r"


def error_to_json(error: TwirpError) -> bytes:
    """The body of an answer with an error. What UTF-8 cannot encode is replaced."""
    import json

    body: dict[str, Any] = {"code": error.code.value, "msg": _bounded(error.msg)}
    if error.meta:
        body["meta"] = {str(key): str(value) for key, value in error.meta.items()}
    return json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")


def _bounded(msg: str) -> str:
    if len(msg) * 4 <= _LONGEST:
        return msg
    return msg.encode("utf-8", "replace")[:_LONGEST].decode("utf-8", "ignore")


def error_from_answer(status: int, location: str, body: bytes) -> TwirpError:
    """The error of an answer whose status is not 200.

    `location` is its header of that name, empty if there is none. An answer that is not Twirp's
    is an error of an intermediary: its code follows from the status, and `meta` has
    `http_error_from_intermediary`, `status_code` and `body` or, of a redirect, `location`.
    """
    if 300 <= status <= 399:
        text = f"unexpected HTTP status code {_named(status)} received, "
        text += f"Location={_quoted(location)}"
        return _from_intermediary(status, TwirpCode.INTERNAL, text, location=location)
    found = _twirp_object(body)
    text = body.decode("utf-8", "replace")
    if found is None:
        code = _INTERMEDIARY.get(status, TwirpCode.UNKNOWN)
        msg = f"Error from intermediary with HTTP status code {_named(status)}"
        return _from_intermediary(status, code, msg, body=text)
    code_text, msg, meta = found
    known = code_of(code_text)
    if known is None:
        msg = f"invalid type returned from server error response: {code_text}"
        return TwirpError(TwirpCode.INTERNAL, msg, {"body": text}, status=status)
    return TwirpError(known, msg, meta, status=status)


def _from_intermediary(
    status: int, code: TwirpCode, msg: str, **more: str
) -> TwirpError:
    meta = {INTERMEDIARY: "true", "status_code": str(status), **more}
    return TwirpError(code, msg, meta, status=status)


def _named(status: int) -> str:
    from http import HTTPStatus

    try:
        phrase = HTTPStatus(status).phrase
    except ValueError:
        phrase = ""
    return f'{status} "{phrase}"'


def _quoted(text: str) -> str:
    import json

    return json.dumps(text, ensure_ascii=False)


def _twirp_object(body: bytes) -> tuple[str, str, dict[str, str]] | None:
    """Code, msg and meta of an error of Twirp; None for anything else.

    As Go reads it: the first JSON value counts, names match in any case, null is the zero value,
    and other members, other types and a code that is empty make it something else.
    """
    given = _first_value(body)
    if given.__class__ is not dict:
        return None
    found: dict[str, Any] = {"code": "", "msg": "", "meta": {}}
    for given_name, value in given.items():
        name = given_name.lower()
        if name not in found:
            return None
        if value is not None:
            found[name] = value
    code, msg, meta = found["code"], found["msg"], found["meta"]
    if not code or not isinstance(code, str) or not isinstance(msg, str):
        return None
    texts = _texts(meta)
    return None if texts is None else (code, msg, texts)


def _texts(meta: Any) -> dict[str, str] | None:
    if meta.__class__ is not dict:
        return None
    if not all(value is None or isinstance(value, str) for value in meta.values()):
        return None
    return {name: value or "" for name, value in meta.items()}


def _first_value(body: bytes) -> Any:
    """The first JSON value of a text; None if there is none."""
    import json

    def refused(_: str) -> Any:
        raise ValueError("JSON has no such number")

    decoder = json.JSONDecoder(parse_constant=refused)
    try:
        text = body.decode("utf-8", "replace").lstrip(_WHITESPACE)
        return decoder.raw_decode(text)[0]
    except (ValueError, RecursionError):
        return None
