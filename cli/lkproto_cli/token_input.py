"""What the actions of `lkproto token` read: API keys, secrets, tokens, the time.

Secrets come from the environment, a file or stdin, never from the command line, where others on
the machine can see them.
"""

from __future__ import annotations

import os
import stat
import sys
import time
from argparse import SUPPRESS, Namespace
from collections.abc import Callable
from pathlib import Path
from typing import Any

from lkproto.auth import TokenVerifier, environment_keys

from .main import Parser
from .token_claims import UsageError

_STDIN = "-"
NO_KEY = """\
an API key and its secret are needed
  hint: set LIVEKIT_API_KEY and LIVEKIT_API_SECRET, or use --api-key with --secret-file or \
--secret-stdin"""


def action_parser(action: str, description: str) -> Parser:
    """A parser with the options of all actions."""
    parser = Parser(
        prog=f"lkproto token {action}", description=description, allow_abbrev=False
    )
    parser.add_argument(
        "--api-key", metavar="KEY", help="the API key (default: LIVEKIT_API_KEY)"
    )
    secret = parser.add_mutually_exclusive_group()
    secret.add_argument(
        "--secret-file",
        type=Path,
        metavar="FILE",
        help="file with the API secret (default: LIVEKIT_API_SECRET)",
    )
    secret.add_argument(
        "--secret-stdin", action="store_true", help="read the API secret from stdin"
    )
    # For tests and automation: the time of the run, in seconds since 1970.
    parser.add_argument("--now", type=float, help=SUPPRESS)
    return parser


def key_pair(arguments: Namespace) -> tuple[str | None, str | None]:
    """API key and secret, None if they are not given. Raises UsageError, OSError."""
    key = arguments.api_key or os.environ.get("LIVEKIT_API_KEY")
    if arguments.secret_stdin:
        return key, _line(sys.stdin.buffer.read(), "stdin")
    if arguments.secret_file is None:
        return key, os.environ.get("LIVEKIT_API_SECRET")
    with arguments.secret_file.open("rb") as file:
        mode = os.fstat(file.fileno()).st_mode
        if os.name == "posix" and stat.S_ISREG(mode) and mode & stat.S_IRWXO:
            raise UsageError(
                f"{arguments.secret_file}: others may read or write the file\n"
                "  hint: forbid that with chmod o-rwx"
            )
        return key, _line(file.read(), str(arguments.secret_file))


def _line(data: bytes, place: str) -> str:
    """The only line of a file or of stdin. Raises UsageError."""
    try:
        text = data.decode().removesuffix("\n").removesuffix("\r")
    except UnicodeDecodeError:
        raise UsageError(f"{place}: not UTF-8") from None
    if not text or "\n" in text:
        raise UsageError(f"{place}: expected one line")
    return text


def clock_of(arguments: Namespace) -> Callable[[], float]:
    """The clock of a run, in seconds since 1970."""
    now: float | None = arguments.now
    return time.time if now is None else lambda: now


def token_parser(action: str, description: str) -> Parser:
    """A parser with the options of actions on a token."""
    parser = action_parser(action, description)
    parser.add_argument(
        "token",
        nargs="?",
        metavar="TOKEN",
        help="the token, or - to read it from stdin",
    )
    parser.add_argument(
        "--token-file", type=Path, metavar="FILE", help="read the token from a file"
    )
    parser.add_argument(
        "--profile",
        choices=["strict", "go"],
        default="strict",
        help="go: accept what the LiveKit server accepts (default: strict)",
    )
    parser.add_argument("--json", action="store_true", help="print JSON, for programs")
    return parser


def token_of(arguments: Namespace) -> str:
    """The token of a run. Raises UsageError, OSError."""
    if (arguments.token is None) == (arguments.token_file is None):
        raise UsageError("give a token, - to read it from stdin, or --token-file")
    if arguments.token_file:
        return _line(arguments.token_file.read_bytes(), str(arguments.token_file))
    if arguments.token != _STDIN:
        return str(arguments.token)
    if arguments.secret_stdin:
        raise UsageError("stdin gives the secret or the token, not both")
    return _line(sys.stdin.buffer.read(), "stdin")


def verifier_of(arguments: Namespace) -> TokenVerifier | None:
    """The verifier with the given key, or None without a key.

    Raises UsageError, AuthError, OSError.
    """
    key, secret = key_pair(arguments)
    rules: dict[str, Any] = {
        "profile": arguments.profile,
        "clock": clock_of(arguments),
    }
    if key and secret:
        return TokenVerifier(key, secret, **rules)
    if arguments.secret_file or arguments.secret_stdin:
        raise UsageError(NO_KEY)
    if os.environ.get("LIVEKIT_KEYS"):
        return TokenVerifier(keys=environment_keys(), **rules)
    return None
