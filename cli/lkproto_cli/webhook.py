"""`lkproto webhook`: receive, verify, sign and send webhooks, and see to those given up."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module

from lkproto.auth import AuthError
from lkproto.webhook import sign

from .main import Parser
from .output import complain, tolerate_any_text, warnings_shown
from .token_input import NO_KEY, action_parser, add_profile, clock_of, key_pair
from .usage import UsageError
from .webhook_input import (
    add_body,
    authorization_of,
    body_of,
    receiver_of,
    refuse_secrets,
)
from .webhook_text import Printer

# Actions in modules of their own, which are loaded when they are called.
_MODULES = {
    "listen": "webhook_listen",
    "send": "webhook_send",
    "dead-letters": "webhook_letters",
}


def run(words: Sequence[str]) -> int:
    """Run the subcommand; returns its exit code."""
    here = {"sign": _sign, "verify": _verify}
    parser = Parser(
        prog="lkproto webhook",
        description="Work with webhooks; see lkproto webhook listen --help and so on.",
        allow_abbrev=False,
    )
    actions = ["listen", "sign", "verify", "send", "dead-letters"]
    parser.add_argument("action", choices=actions, help="what to do")
    action = parser.read(words[:1]).action
    refuse_secrets(parser, words[1:])
    tolerate_any_text()
    try:
        with warnings_shown():
            if action in here:
                return here[action](words[1:])
            module = import_module(f".{_MODULES[action]}", __package__)
            code: int = module.run(words[1:])
            return code
    except (UsageError, AuthError) as error:
        complain(f"error: {error}")
        return 2


def _sign(words: Sequence[str]) -> int:
    """Print the Authorization header of a body and nothing else."""
    parser = action_parser(
        "sign",
        "Print the value of the header Authorization for the body of a webhook. "
        "Every byte of the body counts, also a line break at its end.",
        "webhook",
    )
    add_body(parser)
    arguments = parser.read(words)
    body = body_of(arguments)
    key, secret = key_pair(arguments)
    if not key or not secret:
        raise UsageError(NO_KEY)
    print(sign(body, key, secret, clock=clock_of(arguments)))
    return 0


def _verify(words: Sequence[str]) -> int:
    """Print the event of a body and its header; exit code 1 if they are refused."""
    parser = action_parser(
        "verify",
        "Check whether a webhook is right, and print its event. Exit code 1: it is refused.",
        "webhook",
    )
    add_body(parser)
    parser.add_argument(
        "--authorization-file",
        metavar="FILE",
        help="file with the value of the header Authorization, or - for stdin "
        "(default: LKPROTO_WEBHOOK_AUTHORIZATION)",
    )
    add_profile(parser)
    parser.add_argument("--json", action="store_true", help="print JSON, for programs")
    arguments = parser.read(words)
    authorization, body = authorization_of(arguments), body_of(arguments)
    receiver = receiver_of(arguments, profile=arguments.profile)
    try:
        event = receiver.receive(body, authorization)
    except AuthError as error:
        complain(f"refused: {error.kind}: {error}")
        return 1
    Printer(sys.stdout, as_json=arguments.json).show(event)
    return 0
