# ruff: noqa: PGH004
# ruff: noqa
# isort: skip_file
# fmt: off
# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""Heads: that of a request as bytes, that of an answer read strictly.

What two readers might take differently is refused: bare line feeds, folded lines, duplicate
lengths, a length next to a transfer coding.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from ._protocol import Headers, Request, TransportError
from ._urls import Target

MAX_HEAD = 64 << 10
CHUNKED, UNTIL_CLOSE = -1, -2
# Methods whose requests say nothing of a body that they do not have.
BODYLESS = ("GET", "HEAD", "OPTIONS", "TRACE")

_WORD = r"[!#$%&'*+\-.^_`|~0-9A-Za-z]++"
_METHOD = re.compile(_WORD)
_FIELDS = re.compile(rf"(?:{_WORD}:[^\r\n\0]*+\r\n)*+")
# Of requests: no control characters at all, but tabs.
_SENT_FIELDS = re.compile(rf"(?:{_WORD}: [^\x00-\x08\x0a-\x1f\x7f]*+\r\n)*+")
_STATUS = re.compile(r"HTTP/1\.([01]) ([1-9]\d\d)(?: [^\r\n\0]*+)?+")
_BARE = re.compile(rb"(?<!\r)\n")
_LENGTH = re.compile(r"[0-9]{1,18}")
_OURS = frozenset({"connection", "content-length", "host", "transfer-encoding"})


def head_of(request: Request, target: Target, line: str, more: str = "") -> bytes:
    """The head of a request, `line` being what is asked for. Raises TransportError."""
    fields, names = sent_fields(request)
    if more:
        fields += more
    if target.basic and "authorization" not in names:
        fields += f"Authorization: {target.basic}\r\n"
    if "accept-encoding" not in names:
        fields += "Accept-Encoding: gzip, deflate\r\n"
    if request.body or request.method not in BODYLESS:
        fields += f"Content-Length: {len(request.body)}\r\n"
    head = (
        f"{request.method} {line} HTTP/1.1\r\nHost: {target.authority}\r\n{fields}\r\n"
    )
    return head.encode("latin-1")


def pairs_of(request: Request) -> Iterable[tuple[str, str]]:
    """The headers of a request, all of them."""
    headers = request.headers
    if headers.__class__ is dict:  # to look for an abstract class takes longer
        return headers.items()
    return headers.pairs() if isinstance(headers, Headers) else headers.items()


def sent_fields(request: Request) -> tuple[str, set[str]]:
    """The headers of a request as text, and their names in lower case.

    Raises TransportError for a method or header that HTTP does not have, before anything is sent.
    """
    pairs = pairs_of(request)
    text = "".join([f"{name}: {value}\r\n" for name, value in pairs])
    names = {name.lower() for name, _ in pairs}
    if not _METHOD.fullmatch(request.method):
        raise _unsendable("the method is not a word of HTTP")
    whole = _SENT_FIELDS.fullmatch(text) and text.count("\n") == len([*pairs])
    if not whole or not _is_latin(text):
        raise _unsendable(_culprit(request))
    if not names.isdisjoint(_OURS):
        found = ", ".join(sorted(names & _OURS))
        raise _unsendable(f"the transport itself sets these headers: {found}")
    return text, names


def _is_latin(text: str) -> bool:
    return text.isascii() or max(text) <= "\xff"


def _culprit(request: Request) -> str:
    for name, value in pairs_of(request):
        if not _METHOD.fullmatch(name):
            return "the name of a header has characters that HTTP does not allow"
        if not _SENT_FIELDS.fullmatch(f"{name}: {value}\r\n") or not _is_latin(value):
            return f"the value of header {name} has characters that HTTP does not allow"
    return "a header has characters that HTTP does not allow"


def _unsendable(why: str) -> TransportError:
    return TransportError("protocol", False, f"the request cannot be sent: {why}")


def broken(why: str) -> TransportError:
    """The error of an answer that is not HTTP/1.1 as it should be."""
    return TransportError("protocol", True, f"the answer is not valid HTTP: {why}")


def has_bare_line_feed(data: bytes | bytearray) -> bool:
    """Whether a head, or the beginning of one, has a line that does not end in CR LF."""
    return _BARE.search(data) is not None


def parse_head(data: bytes | bytearray) -> tuple[int, int, Headers]:
    """Minor version, status and headers of a head, which ends in an empty line.

    Raises TransportError.
    """
    text = data.decode("latin-1")
    first, _, rest = text.partition("\r\n")
    found = _STATUS.fullmatch(first)
    if found is None:
        raise broken("it does not begin with a status line")
    fields = rest[:-2]
    if not _FIELDS.fullmatch(fields):
        raise broken("a line of its head is not a header")
    pairs: list[tuple[str, str]] = []
    for line in fields.split("\r\n")[:-1]:
        name, _, value = line.partition(":")
        pairs.append((name, value.strip(" \t")))
    return int(found[1]), int(found[2]), Headers.received(pairs)


def length_of(method: str, minor: int, status: int, headers: Headers) -> int:
    """The length of a body, or CHUNKED or UNTIL_CLOSE. Raises TransportError."""
    lengths = headers.named("content-length")
    codings = headers.named("transfer-encoding")
    if codings and (lengths or minor == 0):
        raise broken("it has a transfer coding where none may be")
    if len(lengths) > 1 or len(codings) > 1:
        raise broken("it gives its length more than once")
    if lengths and not _LENGTH.fullmatch(lengths[0]):
        raise broken("its Content-Length is not a number")
    if codings and codings[0].lower() != "chunked":
        raise broken("its transfer coding is not known")
    if method == "HEAD" or status in (204, 304):
        return 0
    if codings:
        return CHUNKED
    return int(lengths[0]) if lengths else UNTIL_CLOSE
