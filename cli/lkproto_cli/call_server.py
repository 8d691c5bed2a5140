"""The server of `lkproto call`, and who calls it.

What the command line says beats the project that it names, which beats the environment. The default
project of `lk` is for runs in which nobody says anything.
"""

from __future__ import annotations

import os
from argparse import Namespace
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lkproto import CallOptions
from lkproto.auth import ClaimGrants

from .lk_config import Project, default_file, project_of
from .main import Parser
from .token_claims import duration, message_of
from .token_input import key_pair, line_of
from .usage import UsageError

INSTEAD = {
    "--token": "set LIVEKIT_TOKEN, or use --token-file",
    "--authorization": "set LIVEKIT_TOKEN, or use --token-file",
}
OF_URLS = "set LIVEKIT_URL, or give the request with --data - or --data-file"
_VARIABLES = (
    "LIVEKIT_URL",
    "LIVEKIT_TOKEN",
    "LIVEKIT_API_KEY",
    "LIVEKIT_API_SECRET",
    "LIVEKIT_KEYS",
)
_SECRET_HEADERS = ("authorization", "proxy-authorization", "cookie")


def add_server(parser: Parser) -> None:
    """Add the options that say where the server is, and who calls."""
    add = parser.add_argument
    add("--url", metavar="URL", help="the server (default: LIVEKIT_URL)")
    add(
        "--token-file",
        type=Path,
        metavar="FILE",
        help="file with a token to call with (default: LIVEKIT_TOKEN, or one made with the key)",
    )
    add("--project", metavar="NAME", help="a project that lk keeps: its URL and key")
    add(
        "--config",
        type=Path,
        metavar="FILE",
        help="file of projects (default: ~/.livekit/cli-config.yaml)",
    )
    add(
        "--grants",
        metavar="JSON",
        help='what the token made for the call grants, as claims: {"video":{"roomList":true}}',
    )
    add("--timeout", metavar="TIME", help="seconds for the call, as in 30s or 2m")
    add(
        "--header",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="header to send (repeatable)",
    )
    add(
        "--codec",
        choices=["protobuf", "json"],
        default="protobuf",
        help="how the request travels (default: protobuf)",
    )


def settings_of(arguments: Namespace) -> dict[str, Any]:
    """The arguments of LiveKitAPI. Raises UsageError, AuthError, OSError."""
    settings: dict[str, Any] = {
        "codec": arguments.codec,
        "headers": _headers(arguments.header),
        **_credentials(arguments),
    }
    if arguments.timeout is not None:
        settings["timeout"] = duration(arguments.timeout).total_seconds()
    return settings


def options_of(arguments: Namespace) -> CallOptions | None:
    """What is special about the call. Raises UsageError."""
    if arguments.grants is None:
        return None
    data = arguments.grants.encode(errors="surrogateescape")
    return CallOptions(grants=message_of(data, ClaimGrants, "--grants"))


def _headers(words: list[str]) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for each in words:
        name, equals, value = each.partition("=")
        if name.lower() in _SECRET_HEADERS:
            raise UsageError(
                f"--header {name}: its value is a secret, which others can see on the command "
                "line\n  hint: set LIVEKIT_TOKEN, or use --token-file"
            )
        if not name or not equals:
            raise UsageError("--header takes a pair\n  hint: write --header NAME=VALUE")
        found[name] = value
    return found


def _credentials(arguments: Namespace) -> dict[str, Any]:
    if arguments.token_file is not None:
        if arguments.api_key or arguments.secret_file or arguments.secret_stdin:
            raise UsageError("give a token, or an API key with its secret, not both")
        path = arguments.token_file
        token = {"token": line_of(path.read_bytes(), str(path))}
    else:
        token = {}
    project = _project(arguments)
    url = arguments.url or (project and project.url)
    if not url and not os.environ.get("LIVEKIT_URL"):
        raise UsageError(
            "the URL of the server is missing\n"
            "  hint: use --url, set LIVEKIT_URL, or name a project of lk with --project"
        )
    return {"url": url, **(token or _key(arguments, project))}


def _key(arguments: Namespace, project: Project | None) -> dict[str, Any]:
    given = arguments.api_key or arguments.secret_file or arguments.secret_stdin
    if project and not given:
        return {"api_key": project.api_key, "keys": project.keys}
    if not given:
        return {}  # LiveKitAPI asks the environment
    if not arguments.secret_file and not arguments.secret_stdin:
        return {"api_key": arguments.api_key}
    key, secret = key_pair(arguments)
    return {"api_key": key, "api_secret": secret}


def _project(arguments: Namespace) -> Project | None:
    """The project that a run uses. Raises UsageError, AuthError, OSError."""
    path = arguments.config or default_file()
    if arguments.project is not None or arguments.config is not None:
        return project_of(path, arguments.project)
    options = ("url", "token_file", "api_key", "secret_file", "secret_stdin")
    said = any(getattr(arguments, each) for each in options)
    if said or any(map(os.environ.get, _VARIABLES)) or not path.exists():
        return None
    return project_of(path, None)
