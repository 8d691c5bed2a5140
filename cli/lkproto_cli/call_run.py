"""A call of a method: the options, the request, the answer or what became of it."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence
from typing import Any

from lkproto import Message, Method, ProtoError, TwirpError
from lkproto.auth import AuthError

from .call_method import ATTRIBUTES, about
from .call_request import add_request, request_of, spelled
from .call_server import INSTEAD, OF_URLS, add_server, options_of, settings_of
from .main import Parser
from .output import complain, quiet_logs, tolerate_any_text, warnings_shown
from .refusals import refuse_secrets
from .token_input import action_parser
from .usage import UsageError


def run_method(method: Method, words: Sequence[str]) -> int:
    """Call a method as the words say; returns the exit code."""
    tolerate_any_text()
    try:
        with warnings_shown():
            return _run(method, words)
    except (UsageError, AuthError) as error:
        complain(f"error: {error}")
        return 2


def method_parser(method: Method) -> Parser:
    """The parser of the options for a method."""
    grant = method.grant or "unknown: say it with --grants"
    parser = action_parser(
        f"{method.service.rpartition('.')[2]}/{method.name}",
        f"{about(method)} Answer: {method.output}. "
        f"Grant: {grant} (source: {method.source or 'unknown'}).".replace("%", "%%"),
        "call",
    )
    add_server(parser)
    add = parser.add_argument
    add("--json", action="store_true", help="print JSON on one line, errors too")
    add("--show-secrets", action="store_true", help="print secrets of the answer")
    add("--dry-run", action="store_true", help="print the request, and send nothing")
    add_request(parser, method)
    return parser


def _run(method: Method, words: Sequence[str]) -> int:
    parser = method_parser(method)
    refuse_secrets(parser, words, INSTEAD, OF_URLS)
    arguments = parser.read(spelled(words, method.input_type))
    request = request_of(arguments, method)
    settings, options = settings_of(arguments), options_of(arguments)
    if arguments.dry_run:
        return _show(arguments, method, request, settings, options)
    from .call_text import print_error, print_json, shown, was_answered

    try:
        answer = _answer(method, request, settings, options)
    except TwirpError as error:
        print_error(error, as_json=arguments.json)
        return 1 if was_answered(error) else 2
    secrets = arguments.show_secrets
    print_json(shown(answer, secrets=secrets), in_line=arguments.json)
    return 0


def _answer(
    method: Method, request: Message, settings: dict[str, Any], options: Any
) -> Message:
    """The answer of the server. Raises TwirpError, UsageError, AuthError."""
    from lkproto.api import LiveKitAPI

    try:
        with quiet_logs(), LiveKitAPI(**settings) as api:
            client = getattr(api, ATTRIBUTES[method.service])
            found: Message = getattr(client, method.python_name)(request, call=options)
            return found
    except (ProtoError, ValueError) as error:
        if isinstance(error, AuthError):
            raise
        raise UsageError(str(error)) from None


def _show(
    arguments: Namespace,
    method: Method,
    request: Message,
    settings: dict[str, Any],
    options: Any,
) -> int:
    """Print what a call would send."""
    from .call_text import NotSentError, Nowhere, print_request, shown

    sending = {**settings, "transport": Nowhere(), "failover": False}
    try:
        _answer(method, request, sending, options)
    except NotSentError as stopped:
        body = shown(request, secrets=arguments.show_secrets)
        print_request(stopped.request, method, body, as_json=arguments.json)
    return 0
