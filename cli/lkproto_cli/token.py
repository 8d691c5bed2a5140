"""`lkproto token`: mint, verify and inspect access tokens.

Secrets come from the environment, a file or stdin, never from the command line, where others on
the machine can see them.
"""

from __future__ import annotations

import json
import os
import stat
import sys
import time
import warnings
from argparse import SUPPRESS, Namespace
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from lkproto.auth import (
    AccessToken,
    AuthError,
    ClaimGrants,
    Claims,
    TokenError,
    TokenVerifier,
    VideoGrants,
    environment_keys,
    read_unverified,
)
from lkproto.livekit import RoomAgentDispatch, RoomConfiguration

from .main import Parser
from .token_claims import UsageError, duration, message_from, pair, set_grant

_SECRET_WORDS = ("--secret", "--api-secret", "--key-secret")
_STDIN = "-"
_NO_KEY = """\
an API key and its secret are needed
  hint: set LIVEKIT_API_KEY and LIVEKIT_API_SECRET, or use --api-key with --secret-file or \
--secret-stdin"""


def run(words: Sequence[str]) -> int:
    """Run the subcommand; returns its exit code."""
    actions: dict[str, Callable[[Sequence[str]], int]] = {
        "mint": _mint,
        "verify": _verify,
        "inspect": _inspect,
    }
    parser = Parser(
        prog="lkproto token",
        description="Work with access tokens; see lkproto token mint --help and so on.",
        allow_abbrev=False,
    )
    parser.add_argument("action", choices=actions, help="what to do")
    action = parser.read(words[:1]).action
    for word in words:
        if word.partition("=")[0] in _SECRET_WORDS:
            parser.error(
                "secrets are not taken from the command line, where others can see them"
                "; set LIVEKIT_API_SECRET, or use --secret-file or --secret-stdin"
            )
    reconfigure = getattr(sys.stdout, "reconfigure", None)
    if reconfigure:
        reconfigure(errors="backslashreplace")
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            code = actions[action](words[1:])
    except (UsageError, AuthError) as error:
        print(f"lkproto: error: {error}", file=sys.stderr)
        return 2
    for text in dict.fromkeys(str(each.message) for each in caught):
        print(f"lkproto: warning: {text}", file=sys.stderr)
    return code


def _parser(action: str, description: str) -> Parser:
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
    # For tests and automation: seconds since 1970 that stand for the time of the run.
    parser.add_argument("--now", type=float, help=SUPPRESS)
    return parser


def _pair(arguments: Namespace) -> tuple[str | None, str | None]:
    """API key and secret, None where they are not given. Raises UsageError, OSError."""
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
                "  hint: take that back with chmod o-rwx"
            )
        return key, _line(file.read(), str(arguments.secret_file))


def _line(data: bytes, place: str) -> str:
    """The one line of a file or of stdin. Raises UsageError."""
    try:
        text = data.decode().removesuffix("\n").removesuffix("\r")
    except UnicodeDecodeError:
        raise UsageError(f"{place}: not UTF-8") from None
    if not text or "\n" in text:
        raise UsageError(f"{place}: expected one line")
    return text


def _clock(arguments: Namespace) -> Callable[[], float]:
    now: float | None = arguments.now
    return time.time if now is None else lambda: now


def _mint(words: Sequence[str]) -> int:
    """Print a token and nothing else."""
    arguments = _mint_parser().read(words)
    key, secret = _pair(arguments)
    if not key or not secret:
        raise UsageError(_NO_KEY)
    token = AccessToken(key, secret, clock=_clock(arguments))
    token.with_claims(_claims(arguments))
    token.allow_sensitive_credentials(arguments.allow_sensitive_credentials)
    if arguments.kind:
        token.with_kind(arguments.kind)
    if arguments.kind_detail:
        token.with_kind_details(*arguments.kind_detail)
    if arguments.agent:
        agents = (RoomAgentDispatch(agent_name=name) for name in arguments.agent)
        token.with_agents(*agents)
    if arguments.ttl:
        token.with_ttl(duration(arguments.ttl))
    claims = token.claims
    print(token.to_jwt())
    if claims.video and claims.video.room_join and not claims.identity:
        warnings.warn("without --identity nobody can join a room", stacklevel=1)
    return 0


def _claims(arguments: Namespace) -> ClaimGrants:
    path = arguments.grants_json
    claims = message_from(path, ClaimGrants) if path else ClaimGrants()
    for name in ("identity", "name", "metadata", "room_preset", "sha256"):
        if getattr(arguments, name) is not None:
            setattr(claims, name, getattr(arguments, name))
    if arguments.room is not None:
        claims.video = claims.video or VideoGrants()
        claims.video.room = arguments.room
    for words in arguments.grant:
        set_grant(claims, words)
    claims.attributes |= dict(map(pair, arguments.attribute))
    if arguments.room_config:
        claims.room_config = message_from(arguments.room_config, RoomConfiguration)
    return claims


def _mint_parser() -> Parser:
    parser = _parser("mint", "Print a signed access token.")
    add = parser.add_argument
    add("--identity", metavar="TEXT", help="who the holder is in a room")
    add("--name", metavar="TEXT", help="display name of the participant")
    add("--room", metavar="NAME", help="the room that grants are for")
    add("--ttl", metavar="TIME", help="how long it is valid: 10m, 2h (default: 6h)")
    add("--kind", metavar="KIND", help="sort of participant, such as agent")
    many: dict[str, Any] = {"action": "append", "default": []}
    add("--kind-detail", metavar="NAME", help="more about it (repeatable)", **many)
    add(
        "--grant",
        metavar="GRANT",
        help="roomJoin, canPublish=false, sip.call and so on (repeatable)",
        **many,
    )
    add("--grants-json", type=Path, metavar="FILE", help="claims as a JSON object")
    add("--metadata", metavar="TEXT", help="text for the application")
    add("--attribute", metavar="KEY=VALUE", help="a pair for it (repeatable)", **many)
    add("--room-preset", metavar="NAME", help="name of room settings on the server")
    add("--room-config", type=Path, metavar="FILE", help="room settings as JSON")
    add("--agent", metavar="NAME", help="agent to dispatch (repeatable)", **many)
    add("--sha256", metavar="BASE64", help="hash of the body of a webhook")
    add(
        "--allow-sensitive-credentials",
        action="store_true",
        help="let the room configuration hold secrets",
    )
    return parser


def _token_parser(action: str, description: str) -> Parser:
    parser = _parser(action, description)
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


def _token(arguments: Namespace) -> str:
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


def _verifier(arguments: Namespace) -> TokenVerifier | None:
    """The verifier with the key that is given; None without a key.

    Raises UsageError, AuthError, OSError.
    """
    key, secret = _pair(arguments)
    rules: dict[str, Any] = {
        "profile": arguments.profile,
        "clock": _clock(arguments),
    }
    if key and secret:
        return TokenVerifier(key, secret, **rules)
    if arguments.secret_file or arguments.secret_stdin:
        raise UsageError(_NO_KEY)
    if os.environ.get("LIVEKIT_KEYS"):
        return TokenVerifier(keys=environment_keys(), **rules)
    return None


def _verify(words: Sequence[str]) -> int:
    """Tell whether a token is valid: exit code 0; 1 if it is refused."""
    arguments = _token_parser(
        "verify", "Tell whether a token is valid. Exit code 1: it is refused."
    ).read(words)
    token, verifier = _token(arguments), _verifier(arguments)
    if verifier is None:
        raise UsageError(_NO_KEY)
    try:
        claims = verifier.verify(token)
    except TokenError as error:
        _say_refused(error, as_json=arguments.json)
        return 1
    from .token_text import date_words, payload

    if arguments.json:
        _print_json({"valid": True, "claims": payload(claims)})
    else:
        now = _clock(arguments)()
        print(f"valid: expires {date_words(claims.registered.exp or 0, now)}")
    return 0


def _inspect(words: Sequence[str]) -> int:
    """Explain a token; exit code 1 if it is unreadable, or refused by the key given."""
    arguments = _token_parser(
        "inspect", "Explain a token. Verified only where there is a key."
    ).read(words)
    token, verifier = _token(arguments), _verifier(arguments)
    refusal: TokenError | None = None
    try:
        claims: Claims = read_unverified(token, profile=arguments.profile)
    except TokenError as error:
        _say_refused(error, as_json=arguments.json)
        return 1
    if verifier is not None:
        try:
            verifier.verify(token)
        except TokenError as error:
            refusal = error
    from .token_text import Status, explain, report

    status = Status(verifier is not None, refusal, _clock(arguments)())
    if arguments.json:
        _print_json(report(claims, status))
    else:
        print(explain(claims, status))
    return 0 if refusal is None else 1


def _say_refused(error: TokenError, *, as_json: bool) -> None:
    if as_json:
        found = {"kind": error.kind, "message": str(error)}
        _print_json({"valid": False, "refusal": found})
    else:
        print(f"refused: {error.kind}: {error}")


def _print_json(value: dict[str, Any]) -> None:
    # DEL is the one character that terminals act on and JSON leaves alone.
    print(json.dumps(value, indent=2).replace("\x7f", "\\u007f"))
