"""What the actions of `lkproto webhook` read: bodies, headers, keys, addresses.

Tokens and addresses with a password are secrets, too: they come from the environment, a file or
stdin, never from the command line.
"""

from __future__ import annotations

import os
import re
import sys
from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from lkproto.webhook import WebhookReceiver

from .main import Parser
from .token_claims import UsageError
from .token_input import NO_KEY, clock_of, keys_of, line_of

_STDIN = "-"
_AUTHORIZATION = "LKPROTO_WEBHOOK_AUTHORIZATION"
_FORBIDDEN = "are not accepted on the command line, where others can see them"
_SECRETS = f"secrets {_FORBIDDEN}; "
# Option that is not there: where its secret comes from.
_INSTEAD = {
    "--secret": "set LIVEKIT_API_SECRET, or use --secret-file or --secret-stdin",
    "--authorization": f"use --authorization-file, or set {_AUTHORIZATION}",
}
_INSTEAD["--api-secret"] = _INSTEAD["--secret"]
_INSTEAD["--token"] = _INSTEAD["--authorization"]
_URL = re.compile(r"(?:--[\w-]+=)?((?:https?|rediss?|unix)://.*)", re.DOTALL)


def refuse_secrets(
    parser: Parser,
    words: Sequence[str],
    files: str = "--url-file of send or --store-file of dead-letters",
) -> None:
    """Leave with an error that does not repeat it if a word of the command line is a secret.

    `files` are the options that take an address from a file.
    """
    for word in words:
        option = word.partition("=")[0]
        if option in _INSTEAD:
            parser.error(_SECRETS + _INSTEAD[option])
        url = _URL.fullmatch(word)
        if url and _has_credentials(url[1]):
            parser.error(
                f"addresses with a user name or password {_FORBIDDEN}; write the address "
                f"into a file, for {files}"
            )


def _has_credentials(url: str) -> bool:
    if not url.startswith("http"):
        # Nothing else in an address of Redis has an @, and its query may have them, too.
        return "@" in url or re.search("(?:username|password)=", url) is not None
    try:
        return "@" in urlsplit(url).netloc
    except ValueError:
        return "@" in url


def add_body(parser: Parser) -> None:
    """Add the argument that says where a body is."""
    parser.add_argument(
        "file",
        nargs="?",
        default=_STDIN,
        metavar="FILE",
        help="the body, or - to read it from stdin (default: -)",
    )


def body_of(arguments: Namespace) -> bytes:
    """The body of a run, byte for byte. Raises UsageError, OSError."""
    if arguments.file != _STDIN:
        return Path(arguments.file).read_bytes()
    if arguments.secret_stdin:
        raise UsageError("stdin gives the secret or the body, not both")
    return sys.stdin.buffer.read()


def authorization_of(arguments: Namespace) -> str:
    """The value of the header of a run. Raises UsageError, OSError."""
    path: str | None = arguments.authorization_file
    if path is None:
        value = os.environ.get(_AUTHORIZATION)
        if value is None:
            raise UsageError(
                "the value of the header Authorization is needed\n"
                f"  hint: use --authorization-file, or set {_AUTHORIZATION}"
            )
        return value
    if path != _STDIN:
        return line_of(Path(path).read_bytes(), path)
    if arguments.file == _STDIN or arguments.secret_stdin:
        raise UsageError(
            "stdin gives the header, the body or the secret, only one of them"
        )
    return line_of(sys.stdin.buffer.read(), "stdin")


def receiver_of(
    arguments: Namespace, *, profile: Literal["strict", "go"] = "strict"
) -> WebhookReceiver:
    """The receiver with the given key. Raises UsageError, AuthError, OSError."""
    keys = keys_of(arguments)
    if keys is None:
        raise UsageError(NO_KEY)
    return WebhookReceiver(**keys, profile=profile, clock=clock_of(arguments))
