"""What `lkproto token` and `lkproto webhook` read: API keys, secrets, tokens, the time.

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
from .usage import UsageError

_STDIN = "-"
NO_KEY = """\
an API key and its secret are needed
  hint: set LIVEKIT_API_KEY and LIVEKIT_API_SECRET, or use --api-key with --secret-file or \
--secret-stdin"""


def action_parser(action: str, description: str, command: str = "token") -> Parser:
    """A parser with the options of all actions that use a key."""
    parser = Parser(
        prog=f"lkproto {command} {action}", description=description, allow_abbrev=False
    )
    add_key(parser)
    # For tests and automation: the time of the run, in seconds since 1970.
    parser.add_argument("--now", type=float, help=SUPPRESS)
    return parser


def add_key(parser: Parser) -> None:
    """Add the options that say which API key is used."""
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


def key_pair(arguments: Namespace) -> tuple[str | None, str | None]:
    """API key and secret, None if they are not given. Raises UsageError, OSError."""
    key = arguments.api_key or os.environ.get("LIVEKIT_API_KEY")
    if arguments.secret_stdin:
        return key, line_of(sys.stdin.buffer.read(), "stdin")
    if arguments.secret_file is None:
        return key, os.environ.get("LIVEKIT_API_SECRET")
    return key, secret_line(arguments.secret_file)


def secret_line(path: Path) -> str:
    """The only line of a file that others may not read. Raises UsageError, OSError."""
    with path.open("rb") as file:
        mode = os.fstat(file.fileno()).st_mode
        if os.name == "posix" and stat.S_ISREG(mode) and mode & stat.S_IRWXO:
            raise UsageError(
                f"{path}: others may read or write the file\n"
                "  hint: forbid that with chmod o-rwx"
            )
        return line_of(file.read(), str(path))


def line_of(data: bytes, place: str) -> str:
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
    add_profile(parser)
    parser.add_argument("--json", action="store_true", help="print JSON, for programs")
    return parser


def add_profile(parser: Parser) -> None:
    """Add the option that says how strictly to judge."""
    parser.add_argument(
        "--profile",
        choices=["strict", "go"],
        default="strict",
        help="go: accept what the LiveKit server accepts (default: strict)",
    )


def token_of(arguments: Namespace) -> str:
    """The token of a run. Raises UsageError, OSError."""
    if (arguments.token is None) == (arguments.token_file is None):
        raise UsageError("give a token, - to read it from stdin, or --token-file")
    if arguments.token_file:
        return line_of(arguments.token_file.read_bytes(), str(arguments.token_file))
    if arguments.token != _STDIN:
        return str(arguments.token)
    if arguments.secret_stdin:
        raise UsageError("stdin gives the secret or the token, not both")
    return line_of(sys.stdin.buffer.read(), "stdin")


def verifier_of(arguments: Namespace) -> TokenVerifier | None:
    """The verifier with the given key, or None without a key.

    Raises UsageError, AuthError, OSError.
    """
    keys = keys_of(arguments)
    if keys is None:
        return None
    profile, clock = arguments.profile, clock_of(arguments)
    return TokenVerifier(**keys, profile=profile, clock=clock)


def keys_of(arguments: Namespace) -> dict[str, Any] | None:
    """The arguments with which a verifier has the given key, or None without a key.

    Raises UsageError, AuthError, OSError.
    """
    key, secret = key_pair(arguments)
    if key and secret:
        return {"api_key": key, "api_secret": secret}
    if arguments.secret_file or arguments.secret_stdin:
        raise UsageError(NO_KEY)
    if os.environ.get("LIVEKIT_KEYS"):
        return {"keys": environment_keys()}
    return None
