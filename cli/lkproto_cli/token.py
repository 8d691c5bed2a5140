"""`lkproto token`: mint, verify and inspect access tokens."""

from __future__ import annotations

import json
import sys
import warnings
from argparse import Namespace
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from lkproto.auth import (
    AccessToken,
    AuthError,
    ClaimGrants,
    Claims,
    TokenError,
    VideoGrants,
    read_unverified,
)
from lkproto.livekit import RoomAgentDispatch, RoomConfiguration

from .main import Parser
from .output import tolerate_any_text
from .refusals import refuse_secrets
from .token_claims import duration, message_from, pair, set_grant
from .token_input import (
    NO_KEY,
    action_parser,
    clock_of,
    key_pair,
    token_of,
    token_parser,
    verifier_of,
)
from .usage import UsageError


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
    refuse_secrets(parser, words[1:], {}, "leave them out")
    tolerate_any_text()
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


def _mint(words: Sequence[str]) -> int:
    """Print a token and nothing else."""
    arguments = _mint_parser().read(words)
    key, secret = key_pair(arguments)
    if not key or not secret:
        raise UsageError(NO_KEY)
    token = AccessToken(key, secret, clock=clock_of(arguments))
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
    parser = action_parser("mint", "Print a signed access token.")
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
        help="allow secrets in the room configuration",
    )
    return parser


def _verify(words: Sequence[str]) -> int:
    """Check whether a token is valid: exit code 0; 1 if it is refused."""
    arguments = token_parser(
        "verify", "Check whether a token is valid. Exit code 1: it is refused."
    ).read(words)
    token, verifier = token_of(arguments), verifier_of(arguments)
    if verifier is None:
        raise UsageError(NO_KEY)
    try:
        claims = verifier.verify(token)
    except TokenError as error:
        _print_refused(error, as_json=arguments.json)
        return 1
    from .token_text import date_words, payload

    if arguments.json:
        _print_json({"valid": True, "claims": payload(claims)})
    else:
        now = clock_of(arguments)()
        print(f"valid: expires {date_words(claims.registered.exp or 0, now)}")
    return 0


def _inspect(words: Sequence[str]) -> int:
    """Explain a token; exit code 1 if it is unreadable, or refused by the key given."""
    arguments = token_parser(
        "inspect", "Explain a token, and verify it if there is a key."
    ).read(words)
    token, verifier = token_of(arguments), verifier_of(arguments)
    refusal: TokenError | None = None
    try:
        claims: Claims = read_unverified(token, profile=arguments.profile)
    except TokenError as error:
        _print_refused(error, as_json=arguments.json)
        return 1
    if verifier is not None:
        try:
            verifier.verify(token)
        except TokenError as error:
            refusal = error
    from .token_text import Status, explain, report

    status = Status(verifier is not None, refusal, clock_of(arguments)())
    if arguments.json:
        _print_json(report(claims, status))
    else:
        print(explain(claims, status))
    return 0 if refusal is None else 1


def _print_refused(error: TokenError, *, as_json: bool) -> None:
    if as_json:
        found = {"kind": error.kind, "message": str(error)}
        _print_json({"valid": False, "refusal": found})
    else:
        print(f"refused: {error.kind}: {error}")


def _print_json(value: dict[str, Any]) -> None:
    # DEL is the only character that terminals act on and JSON does not escape.
    print(json.dumps(value, indent=2).replace("\x7f", "\\u007f"))
