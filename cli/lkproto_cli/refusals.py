"""Secrets on the command line, where others on the machine can see them, are refused."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from .main import Parser

_FORBIDDEN = "are not accepted on the command line, where others can see them"
_OF_KEYS = "set LIVEKIT_API_SECRET, or use --secret-file or --secret-stdin"
_URL = re.compile(r"(?:--[\w.-]+=)?((?:https?|wss?|rediss?|unix)://.*)", re.DOTALL)


def refuse_secrets(
    parser: Parser, words: Sequence[str], instead: Mapping[str, str], of_urls: str
) -> None:
    """Leave with an error that does not repeat it if a word of the command line is a secret.

    `instead` says for options that do not exist where their secret comes from, `of_urls` where
    an address with a password does.
    """
    known = {"--secret": _OF_KEYS, "--api-secret": _OF_KEYS} | dict(instead)
    for word in words:
        option = word.partition("=")[0]
        if option in known:
            parser.error(f"secrets {_FORBIDDEN}; {known[option]}")
        url = _URL.fullmatch(word)
        if url and _has_credentials(url[1]):
            parser.error(
                f"addresses with a user name or password {_FORBIDDEN}; {of_urls}"
            )


def _has_credentials(url: str) -> bool:
    if not url.startswith(("http", "ws")):
        # Nothing else in an address of Redis has an @, and its query may have them, too.
        return "@" in url or re.search("(?:username|password)=", url) is not None
    try:
        return "@" in urlsplit(url).netloc
    except ValueError:
        return "@" in url
