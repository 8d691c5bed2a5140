"""`lkproto webhook send`: signs an event and sends it, as a LiveKit server does."""

from __future__ import annotations

import time
from argparse import Namespace
from collections.abc import Callable, Sequence
from difflib import get_close_matches
from pathlib import Path

from lkproto.http import Request, Response, Transport, TransportError, default_transport
from lkproto.livekit import (
    ParticipantInfo,
    Room,
    TrackInfo,
    WebhookEvent,
    WebhookInfo,
)
from lkproto.webhook import EVENTS
from lkproto.webhook.notifier import Notifier, NotifierConfig, NotifierError, Retries

from .main import Parser
from .output import complain, quiet_logs
from .token_claims import message_of
from .token_input import NO_KEY, action_parser, key_pair, secret_line
from .usage import UsageError
from .webhook_input import body_of

_QUICK = ("room", "identity", "track")


class _Attempts:
    """A transport that reports attempts as they end, and keeps the last status."""

    def __init__(self, inner: Transport, report: Callable[[str], None]) -> None:
        self.status = 0
        self._inner = inner
        self._report = report

    def send(self, request: Request, /) -> Response:
        """The answer to a request. Raises TransportError."""
        try:
            answer = self._inner.send(request)
        except TransportError as error:
            self._note(error.status, str(error))
            raise
        self._note(answer.status)
        return answer

    def close(self) -> None:
        """Close what sends."""
        self._inner.close()

    def _note(self, status: int | None, why: str = "") -> None:
        """Keep a status, which counts although a body failed, and report what failed."""
        self.status = status or 0
        if not 200 <= self.status < 300:
            self._report(f"status {status}" if status else why)


def run(words: Sequence[str]) -> int:
    """Send one event; exit code 1 if it is not delivered."""
    arguments = _parser().read(words)
    if arguments.retries < 0:
        raise UsageError("--retries takes a number, at least 0")
    url = _url(arguments)
    event = _event(arguments)
    key, secret = key_pair(arguments)
    if not key or not secret:
        raise UsageError(NO_KEY)
    _check_name(event.event)
    attempts = _Attempts(
        default_transport(),
        lambda why: complain(f"attempt failed: {why}") if arguments.retries else None,
    )
    ended: list[WebhookInfo] = []
    try:
        notifier = Notifier(
            NotifierConfig(urls=(url,), api_key=key),
            key,
            secret,
            retries=Retries(max_retries=arguments.retries),
            transport=attempts,
            clock=_clock(arguments),
        )
        notifier.on_processed(ended.append)
        _deliver(notifier, event)
    except NotifierError as error:
        raise UsageError(str(error)) from None
    finally:
        attempts.close()
    return _report(ended, attempts.status)


def _deliver(notifier: Notifier, event: WebhookEvent) -> None:
    """Send, and wait for what becomes of it. The notifier's log is not for a command's users."""
    with quiet_logs():
        notifier.queue_notify(event)
        notifier.stop()


def _report(ended: Sequence[WebhookInfo], status: int) -> int:
    error = ended[0].send_error if ended else "it was given up"
    if error:
        complain(f"not delivered: {error}")
        return 1
    print(f"delivered: status {status}, {ended[0].event} {ended[0].event_id}")
    return 0


def _parser() -> Parser:
    parser = action_parser(
        "send",
        "Sign an event and send it, with the headers of a LiveKit server. The event is "
        "JSON, or named with --event. Exit code 1: it was not answered with 2xx.",
        "webhook",
    )
    add = parser.add_argument
    add("url", nargs="?", metavar="URL", help="where to, unless --url-file says it")
    add(
        "file",
        nargs="?",
        metavar="FILE",
        help="the event as JSON, or - to read it from stdin (default: -)",
    )
    add("--url-file", type=Path, metavar="FILE", help="file with the URL")
    add("--event", metavar="NAME", help="send an event of this name, without a FILE")
    add("--room", metavar="NAME", help="the room of --event")
    add("--identity", metavar="TEXT", help="the participant of --event")
    add("--track", metavar="SID", help="the track of --event")
    add(
        "--retries",
        type=int,
        default=0,
        metavar="NUMBER",
        help="try again so often, after 1, 2, 4, … 30 seconds (default: 0)",
    )
    return parser


def _url(arguments: Namespace) -> str:
    """Where to send. Raises UsageError, OSError."""
    if arguments.url_file is None:
        if arguments.url is None:
            raise UsageError("give the URL to send to, or --url-file")
        return str(arguments.url)
    if arguments.file is not None:
        raise UsageError("give the URL or --url-file, not both")
    arguments.file = arguments.url
    return secret_line(arguments.url_file)


def _event(arguments: Namespace) -> WebhookEvent:
    """The event to send. Raises UsageError, OSError."""
    if arguments.event is not None:
        if arguments.file is not None:
            raise UsageError("give a FILE or --event, not both")
        return _named(arguments)
    for name in _QUICK:
        if getattr(arguments, name) is not None:
            raise UsageError(f"--{name} needs --event")
    if arguments.file is None:
        arguments.file = "-"
    place = "stdin" if arguments.file == "-" else arguments.file
    event = message_of(body_of(arguments), WebhookEvent, place)
    if not event.event:
        raise UsageError(f"{place}: the event has no name\n  hint: write it as `event`")
    return event


def _named(arguments: Namespace) -> WebhookEvent:
    if not arguments.event:
        raise UsageError("--event takes a name, such as room_started")
    event = WebhookEvent(event=arguments.event)
    if arguments.room is not None:
        event.room = Room(name=arguments.room)
    if arguments.identity is not None:
        event.participant = ParticipantInfo(identity=arguments.identity)
    if arguments.track is not None:
        event.track = TrackInfo(sid=arguments.track)
    return event


def _check_name(name: str) -> None:
    """Warn of an event that no server sends."""
    if name in EVENTS:
        return
    near = get_close_matches(name, EVENTS, n=1)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    complain(f"warning: LiveKit has no event {name!r}{hint}")


def _clock(arguments: Namespace) -> Callable[[], float]:
    """The time, which passes also where --now has set it: retries wait for it."""
    now: float | None = arguments.now
    if now is None:
        return time.time
    begin = time.monotonic()
    return lambda: now + time.monotonic() - begin
