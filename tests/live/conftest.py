"""One run of a server, and all that its webhooks brought, for all tests of this folder."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from lkproto.livekit import WebhookEvent
from lkproto.webhook import EVENTS, Event, RoomStarted, SeenEvents, WebhookReceiver

from tests.services.livekit_server import LiveKitServer
from tests.services.process import Process
from tests.services.redis_server import RedisServer

from . import scenario
from .sink import OK, Answer, Application, listening

FIRST, SECOND = "APIlivefirst", "APIlivesecond"
# Made public to be tested with.
KEYS = {
    FIRST: "0123456789abcdefghijklmnopqrstuv",
    SECOND: "vutsrqponmlkjihgfedcba9876543210",
}
_SHOWN = 40  # lines of a service's output, after a failure
_running: list[Process] = []
_status: list[int] = []


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--record",
        action="store_true",
        help="keep what the server sent, for vectors and the documentation",
    )


@dataclass(frozen=True)
class Run:
    """What the applications got, by path, and the events that functions got of `/hook`."""

    applications: dict[str, Application]
    typed: list[Event]

    @property
    def hook(self) -> Application:
        """The application that answers everything with 200."""
        return self.applications["/hook"]


def needs_session() -> None:
    """Skip a module of tests outside of their session."""
    if not os.environ.get("LKPROTO_LIVE"):
        reason = "needs livekit-server and Redis: python3 noxfile.py -s live"
        pytest.skip(reason, allow_module_level=True)


@pytest.fixture(scope="session")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """The webhooks of a server on which everything has happened, and of one with another key."""
    folder, typed = tmp_path_factory.mktemp("live"), list[Event]()
    applications = {
        "/hook": Application(_recording(typed)),
        "/fails-once": Application(_failing_once()),
        "/answer-lost": Application(_receiver(), _lost),
        "/busy": Application(_receiver(), _busy),
        "/other-key": Application(WebhookReceiver("APIother", "x" * 32)),
        "/second-key": Application(_receiver()),
    }
    with listening(applications) as base:
        urls = [f"{base}{path}" for path in applications if path != "/second-key"]
        redis = RedisServer(folder)
        server = LiveKitServer(folder, KEYS, urls, redis=redis.port)
        with shown(redis), shown(server):
            scenario.play(server, redis.port)
            _wait(applications["/hook"], {"participant_connection_aborted": 1})
            scenario.end(server)
            for path in ("/hook", "/fails-once", "/answer-lost", "/busy"):
                _wait(applications[path], scenario.KINDS)
        other_order = dict(reversed(KEYS.items()))
        urls = [f"{base}/second-key"]
        server = LiveKitServer(folder / "second", other_order, urls)
        with shown(server):
            scenario.open_room(server)
            scenario.end(server)  # a server with rooms does not stop at once
            _wait(applications["/second-key"], {"room_started": 1, "room_finished": 1})
        yield Run(applications, typed)


def _receiver() -> WebhookReceiver:
    return WebhookReceiver(keys=KEYS, seen=SeenEvents())


def _recording(typed: list[Event]) -> WebhookReceiver:
    receiver = _receiver()
    for each in EVENTS.values():
        receiver.on(each)(typed.append)
    return receiver


def _failing_once() -> WebhookReceiver:
    """A receiver whose function fails when it gets the first event."""
    receiver, failed = _receiver(), list[str]()

    @receiver.on(RoomStarted)
    def fail(event: RoomStarted) -> None:
        if not failed:
            failed.append(event.id)
            raise RuntimeError("the database is gone")

    return receiver


def _lost(event: WebhookEvent, attempt: int) -> Answer:
    """The answer that a proxy gives after the application has handled an event."""
    return (500, {}) if _is_first(event, attempt) else OK


def _busy(event: WebhookEvent, attempt: int) -> Answer:
    return (503, {"Retry-After": "2"}) if _is_first(event, attempt) else OK


def _is_first(event: WebhookEvent, attempt: int) -> bool:
    return event.event == "room_started" and attempt == 1


def _wait(application: Application, numbers: dict[str, int]) -> None:
    """Wait until there are that many events of each name, repeats not counted."""

    def there(events: list[WebhookEvent]) -> bool:
        names = Counter(name for _, name in {(each.id, each.event) for each in events})
        return all(names[name] >= number for name, number in numbers.items())

    application.wait(there, 30)


@contextmanager
def shown(process: Process) -> Generator[None]:
    """Run a process; when a test fails, what it printed is shown."""
    _running.append(process)
    with process:
        yield


def pytest_sessionfinish(exitstatus: int) -> None:
    """Remember how it ended."""
    _status.append(int(exitstatus))


@pytest.hookimpl(trylast=True)
def pytest_unconfigure() -> None:
    """End at once where participants were: a thread of their library may call into Python.

    If it does while Python ends, the process is aborted, and all that passed has failed.
    """
    if "livekit.rtc" in sys.modules and _status:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(_status[0])


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show what services have printed, without tokens, when a test fails."""
    report = yield
    if report.failed:
        while _running:  # once: all tests look at the same run
            each = _running.pop(0)
            lines = each.output().splitlines()[-_SHOWN:]
            report.sections.append((each.log.name, "\n".join(lines)))
    return report
