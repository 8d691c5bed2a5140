"""`lkproto mock-server`: a LiveKit server without media, for tests and for development."""

from __future__ import annotations

import socket
import sys
import time
from argparse import Namespace
from collections.abc import Sequence
from contextlib import suppress
from ipaddress import ip_address
from pathlib import Path

from lkproto.auth import AuthError
from lkproto.mock import MockLiveKit, MockRequest
from lkproto.webhook.notifier import EndpointError

from .address import add_address, why_not_listening
from .main import Ended, Parser
from .output import complain, warnings_shown
from .token_input import NO_KEY, add_key, key_pair, secret_line
from .usage import UsageError
from .webhook_input import refuse_secrets

_LOOK = 0.5  # seconds: how soon Windows notices Ctrl-C
_PORT = 7880


def run(words: Sequence[str]) -> int:
    """Serve until somebody ends it; returns the exit code."""
    parser = _parser()
    refuse_secrets(parser, words, "--webhook-url-file")
    arguments = parser.read(words)
    try:
        with warnings_shown():
            keys = _keys(arguments)
            mock = _started(arguments, keys)
        with mock:
            _introduce(mock, arguments.host, is_public=keys is None)
            _wait()
    except Ended:
        raise
    except KeyboardInterrupt:
        return 130
    except (UsageError, AuthError, EndpointError) as error:
        complain(f"error: {error}")
    return 2


def _started(arguments: Namespace, keys: dict[str, str] | None) -> MockLiveKit:
    """The server, which listens. Raises UsageError, AuthError, OSError."""
    host, port, regions = arguments.host, arguments.port, arguments.regions
    if not 0 <= port <= (1 << 16) - max(regions, 1):
        raise UsageError(
            "--port takes a number from 0 to 65535, that of the last region"
        )
    mock = MockLiveKit(
        keys,
        host=host,
        port=port,
        regions=regions,
        refuse=arguments.refuse,
        webhook_urls=_urls(arguments),
        on_request=None if arguments.quiet else _report,
    )
    try:
        return mock.start()
    except (OSError, UnicodeError) as error:
        why = why_not_listening(error, host, port)
    raise UsageError(why)


def _keys(arguments: Namespace) -> dict[str, str] | None:
    """The key that is given, or None. Raises UsageError, OSError."""
    key, secret = key_pair(arguments)
    if key and secret:
        return {key: secret}
    if arguments.api_key or arguments.secret_file or arguments.secret_stdin:
        raise UsageError(NO_KEY)
    return None


def _urls(arguments: Namespace) -> list[str]:
    """Where webhooks go. Raises UsageError, OSError."""
    return [*arguments.webhook_url, *map(secret_line, arguments.webhook_url_file)]


def _introduce(mock: MockLiveKit, host: str, *, is_public: bool) -> None:
    """Print what a client needs; a secret only if it is the mock's own, which is public."""
    print(f"LIVEKIT_URL={mock.url}\nLIVEKIT_API_KEY={mock.api_key}")
    if is_public:
        print(f"LIVEKIT_API_SECRET={mock.api_secret}")
    sys.stdout.flush()
    where = ", ".join(mock.region_urls)
    complain(f"a LiveKit server without media serves at {where} (Ctrl-C ends it)")
    if not _is_loopback(host):
        complain(f"warning: other machines may reach it at {host}")


def _is_loopback(host: str) -> bool:
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return ip_address(found[0][4][0]).is_loopback


def _report(request: MockRequest) -> None:
    """Print a line about a request."""
    what = request.method or f"{request.http_method} {request.path}"
    with suppress(OSError):  # nobody reads it any more, and calls go on
        complain(f"{'dropped' if request.status is None else request.status} {what}")


def _wait() -> None:
    while True:
        time.sleep(_LOOK)


def _parser() -> Parser:
    parser = Parser(
        prog="lkproto mock-server",
        description="Serve LiveKit's API without media, for tests and for development: rooms, "
        "dispatches, trunks and so on are kept in memory, and webhooks are sent. It prints the "
        "variables that a client needs, and a line on stderr for each call. It runs until Ctrl-C.",
        allow_abbrev=False,
    )
    add_key(parser)
    add_address(parser, _PORT)
    add = parser.add_argument
    add(
        "--regions",
        type=int,
        default=1,
        metavar="NUMBER",
        help="how many servers there are, as regions, at ports in a row (default: 1)",
    )
    add(
        "--webhook-url",
        action="append",
        default=[],
        metavar="URL",
        help="where webhooks are sent; may be given several times",
    )
    add(
        "--webhook-url-file",
        action="append",
        default=[],
        type=Path,
        metavar="FILE",
        help="file with a URL where webhooks are sent",
    )
    add(
        "--refuse",
        type=int,
        choices=(401, 403),
        default=401,
        help="status of a call whose token lacks a grant: 401 as livekit-server, 403 as "
        "LiveKit's test server (default: 401)",
    )
    add("--quiet", action="store_true", help="print no line for each call")
    return parser
