"""`lkproto webhook listen`: receives webhooks and prints their events as they come."""

from __future__ import annotations

import socket
import sys
import time
from argparse import Namespace
from collections.abc import Sequence
from threading import Condition, Thread

from lkproto.livekit import WebhookEvent
from lkproto.webhook import WebhookReceiver

from .address import add_address, why_not_listening
from .main import Ended, Parser
from .output import complain
from .token_claims import duration
from .token_input import action_parser
from .usage import UsageError
from .webhook_input import receiver_of
from .webhook_server import Server
from .webhook_text import Printer

_LOOK = 0.5  # seconds between looks at the clock; also how soon Windows notices Ctrl-C
_LAST = 1.0  # seconds for answers that are on their way when everything ends


class Listener:
    """Prints events, counts them, and knows when it is over."""

    def __init__(self, printer: Printer, count: int | None) -> None:
        self.taken = 0
        self.failure: OSError | None = None
        self._printer = printer
        self._count = count
        self._answered = 0
        self._changed = Condition()

    def take(self, event: WebhookEvent) -> int:
        """Print an event; the status that answers it."""
        with self._changed:
            if self._is_full() or self.failure:
                return 503
            try:
                self._printer.show(event)
            except OSError as error:
                self.failure = error
                self._changed.notify_all()
                return 500
            self.taken += 1
            return 200

    def answered(self) -> None:
        """An event that was taken has its answer, or its sender has left."""
        with self._changed:
            self._answered += 1
            self._changed.notify_all()

    def wait(self, end: float | None) -> bool:
        """Wait until all events have come; False if it is `end` before, by time.monotonic()."""
        with self._changed:
            while not self.failure and not (self._is_full() and self._is_settled()):
                left = _LOOK if end is None else min(end - time.monotonic(), _LOOK)
                if left <= 0:
                    return False
                self._changed.wait(left)
        return True

    def settle(self) -> None:
        """Let answers go out that are on their way: what has none is sent again."""
        with self._changed:
            self._changed.wait_for(self._is_settled, _LAST)

    def _is_full(self) -> bool:
        return self._count is not None and self.taken >= self._count

    def _is_settled(self) -> bool:
        return self._answered == self.taken


def run(words: Sequence[str]) -> int:
    """Print events until all have come, the time is over, or somebody ends it."""
    arguments = _parser().read(words)
    if arguments.count is not None and arguments.count < 1:
        raise UsageError("--count takes a number of events, at least 1")
    seconds = arguments.timeout and duration(arguments.timeout).total_seconds()
    receiver = receiver_of(arguments)
    listener = Listener(Printer(sys.stdout, as_json=arguments.json), arguments.count)
    server = _server(arguments, receiver, listener)
    Thread(target=server.serve_forever, args=(_LOOK / 5,), daemon=True).start()
    complain(f"listening on {server.url} (Ctrl-C ends it)")
    end = seconds and time.monotonic() + seconds
    try:
        complete = listener.wait(end)
    except Ended:
        raise
    except KeyboardInterrupt:
        complain(f"ended after {_events(listener.taken)}")
        return 130
    finally:
        server.shutdown()
        listener.settle()
        server.server_close()
    if listener.failure:
        raise listener.failure
    if not complete and arguments.count:
        complain(f"only {listener.taken} of {_events(arguments.count)} came in time")
        return 1
    return 0


def _parser() -> Parser:
    parser = action_parser(
        "listen",
        "Receive webhooks and print their events: in words on a terminal, otherwise as "
        "JSON, one a line. Each is answered when it is printed; what is refused is "
        "reported on stderr. Without --count it runs until Ctrl-C.",
        "webhook",
    )
    add_address(parser, 8080)
    add = parser.add_argument
    add("--path", metavar="PATH", help="answer 404 elsewhere (default: any path)")
    add("--count", type=int, metavar="NUMBER", help="end after so many events")
    add(
        "--timeout",
        metavar="TIME",
        help="end after 90s, 10m, 2h; exit code 1 if --count events have not come",
    )
    add("--json", action="store_true", help="print JSON on a terminal, too")
    return parser


def _server(
    arguments: Namespace, receiver: WebhookReceiver, listener: Listener
) -> Server:
    """A server that is bound to its address. Raises UsageError."""
    host, port = arguments.host, arguments.port
    if not 0 <= port < 1 << 16:
        raise UsageError(f"--port takes a number from 0 to 65535, not {port}")
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        return Server(found[0][0], found[0][4], receiver, listener, arguments.path)
    except (OSError, UnicodeError) as error:
        why = why_not_listening(error, host, port)
    raise UsageError(why)


def _events(count: int) -> str:
    return f"{count} event{'' if count == 1 else 's'}"
