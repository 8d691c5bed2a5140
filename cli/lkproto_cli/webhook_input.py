"""What the actions of `lkproto webhook` read: bodies, headers, keys, addresses.

Tokens and addresses with a password are secrets, too: they come from the environment, a file or
stdin, never from the command line.
"""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from lkproto.webhook import WebhookReceiver

from . import refusals
from .main import Parser
from .token_input import NO_KEY, clock_of, keys_of, line_of
from .usage import UsageError

_STDIN = "-"
_AUTHORIZATION = "LKPROTO_WEBHOOK_AUTHORIZATION"
# Option that is not there: where its secret comes from.
_INSTEAD: dict[str, str] = dict.fromkeys(
    ("--authorization", "--token"),
    f"use --authorization-file, or set {_AUTHORIZATION}",
)


def refuse_secrets(
    parser: Parser,
    words: Sequence[str],
    files: str = "--url-file of send or --store-file of dead-letters",
) -> None:
    """Leave with an error that does not repeat it if a word of the command line is a secret.

    `files` are the options that take an address from a file.
    """
    of_urls = f"write the address into a file, for {files}"
    refusals.refuse_secrets(parser, words, _INSTEAD, of_urls)


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
