"""`lkproto call`: calls a method of a LiveKit server.

Exit codes: 0 answered, 1 the server answered with an error, 2 no answer, or a wrong command line.
"""

from __future__ import annotations

from collections.abc import Sequence

from .call_method import method_names, method_of
from .main import Parser
from .output import complain
from .usage import UsageError

_DESCRIPTION = """\
Call a method of a LiveKit server and print its answer as JSON. The request is JSON, or its fields
are options: lkproto call RoomService/CreateRoom --name demo. See lkproto call METHOD --help for
the fields of a method, and lkproto services for the methods."""


def run(words: Sequence[str]) -> int:
    """Run the subcommand; returns its exit code."""
    first = words[0] if words else ""
    if not first or first.startswith("-"):
        parser = _parser()
        parser.read([each for each in words[:1] if each in ("-h", "--help")])
        parser.error("name the method first, as in lkproto call RoomService/ListRooms")
    try:
        method = method_of(first)
    except UsageError as error:
        complain(f"error: {error}")
        return 2
    # Late, so that names of methods are completed without loading keys and tokens.
    from .call_run import run_method

    return run_method(method, words[1:])


def _parser() -> Parser:
    """The parser of a command line that does not name a method yet."""
    parser = Parser(prog="lkproto call", description=_DESCRIPTION, allow_abbrev=False)
    word = parser.add_argument(
        "method", nargs="?", metavar="METHOD", help="what to call"
    )
    parser.offer(word, method_names)
    return parser
