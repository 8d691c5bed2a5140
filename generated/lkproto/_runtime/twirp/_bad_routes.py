# ruff: noqa: PGH004
# ruff: noqa
# isort: skip_file
# fmt: off
# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""The errors of requests that lead to no method, with the texts of Go's server."""

from __future__ import annotations

from ._codes import TwirpCode
from ._errors import TwirpError

TYPE_CHECKING: bool = False
if TYPE_CHECKING:
    from ._exchange import Incoming

_ESCAPES = {
    '"': '\\"',
    "\\": "\\\\",
    "\a": "\\a",
    "\b": "\\b",
    "\f": "\\f",
    "\n": "\\n",
    "\r": "\\r",
    "\t": "\\t",
    "\v": "\\v",
}


def bad_method(request: Incoming) -> TwirpError:
    """The error of a request that is not a POST."""
    method = quoted(request.http_method)
    return _error(f"unsupported method {method} (only POST is allowed)", request)


def no_handler(request: Incoming) -> TwirpError:
    """The error of a path with an unknown service or method."""
    return _error(f"no handler for path {quoted(request.path)}", request)


def bad_prefix(given: str, expected: str, request: Incoming) -> TwirpError:
    """The error of a known service below another prefix."""
    msg = f"invalid path prefix {quoted(given)}, expected {quoted(expected)}, "
    msg += f"on path {quoted(request.path)}"
    mount = request.mount.rstrip("/")
    if not given and expected and mount.endswith(expected):
        msg += (
            f"; it is mounted at {quoted(mount)}, so it has to be made with prefix=''"
        )
    return _error(msg, request)


def bad_content_type(request: Incoming) -> TwirpError:
    """The error of a body in a form that the protocol does not have."""
    return _error(f"unexpected Content-Type: {quoted(request.content_type)}", request)


def _error(msg: str, request: Incoming) -> TwirpError:
    route = f"{request.http_method} {request.path}"
    return TwirpError(TwirpCode.BAD_ROUTE, msg, {"twirp_invalid_route": route})


def quoted(text: str) -> str:
    """A text in quotes, as Go's `%q` writes it."""
    plain = text.isprintable() and '"' not in text and "\\" not in text
    return f'"{text}"' if plain else f'"{"".join(map(_escaped, text))}"'


def _escaped(char: str) -> str:
    if char in _ESCAPES:
        return _ESCAPES[char]
    if char.isprintable():
        return char
    code = ord(char)
    if code < 0x80:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
