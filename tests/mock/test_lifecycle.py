"""Starting and stopping a mock: quickly, several of them, and with nothing left over."""

from __future__ import annotations

import asyncio
import errno
import gc
import os
import socket
import subprocess
import sys
import textwrap
import threading
import time
import traceback
import warnings
from contextlib import suppress
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlsplit

import pytest
from lkproto.auth import InvalidArgumentError, TokenVerifier, VideoGrants
from lkproto.livekit import (
    EgressStatus,
    EncodedFileOutput,
    IngressInput,
    TrackSource,
    WebhookEvent,
)
from lkproto.mock import MockError, MockLiveKit
from lkproto.mock._history import History

from tests.support import ROOT, until

from .asking import ANYBODY, CREATE, LIST, ask, bearer, controlled


def listens(url: str) -> bool:
    target = urlsplit(url)
    try:
        socket.create_connection((target.hostname, target.port), timeout=5).close()
    except OSError:
        return False
    return True


def test_a_mock_answers_within_20_ms_of_its_creation() -> None:
    """The best of some: a busy machine makes each of them slow now and then."""
    spent = []
    for _ in range(20):
        begin = time.perf_counter()
        with MockLiveKit() as mock:
            assert ask(mock.http_url, "/", None, {}, "GET").body == b"OK"
            spent.append(time.perf_counter() - begin)

    assert min(spent) <= 0.02


def test_the_port_is_free_again_after_the_end() -> None:
    with MockLiveKit() as mock:
        url = mock.http_url
        port = urlsplit(url).port or 0
        assert listens(url)
    assert not listens(url)

    with MockLiveKit(port=port) as again:
        assert again.http_url == url
        assert ask(url, "/", None, {}, "GET").status == 200


def test_a_port_that_is_taken_is_an_error_and_nothing_serves() -> None:
    with MockLiveKit() as mock:
        port = urlsplit(mock.http_url).port or 0
        other = MockLiveKit(port=port)
        with pytest.raises(OSError, match="in use"):
            other.start()
        with pytest.raises(RuntimeError, match="does not serve"):
            _ = other.url


def test_mocks_at_the_same_time_know_nothing_of_each_other() -> None:
    with MockLiveKit() as one, MockLiveKit(regions=2) as other:
        one.join("r", "ann")
        one.script("ListRooms", status=500)
        with one.api() as first, other.api() as second:
            assert second.room.list_rooms().rooms == []
            assert one.requests == []
            assert (
                first.room.list_participants(room="r").participants[0].identity == "ann"
            )
        assert len({*one.region_urls, *other.region_urls}) == 3


def test_a_mock_can_be_started_again_and_keeps_its_rooms() -> None:
    mock = MockLiveKit()
    with mock:
        mock.join("r", "ann")
    with mock, mock.api() as api:
        assert mock.start() is mock  # which it has done
        assert [each.name for each in api.room.list_rooms().rooms] == ["r"]
    mock.stop()


def test_the_end_closes_connections_and_ends_what_waits() -> None:
    with MockLiveKit() as mock:
        name = f"lkproto mock, port {urlsplit(mock.http_url).port}"
        idle = HTTPConnection(urlsplit(mock.http_url).netloc, timeout=30)
        idle.request("GET", "/")
        assert idle.getresponse().read() == b"OK"
        waits = threading.Thread(target=wait_for_an_answer, args=(mock.http_url,))
        waits.start()
        until(is_waiting)
        begin = time.monotonic()

    waits.join(30)
    assert not waits.is_alive()
    assert time.monotonic() - begin < 30
    assert idle.sock is not None
    assert idle.sock.recv(1) == b""
    idle.close()
    until(lambda: name not in {each.name for each in threading.enumerate()})


def wait_for_an_answer(url: str) -> None:
    with suppress(OSError, HTTPException):  # it may get none
        ask(url, LIST, headers=controlled(delayMs=600_000))


def is_waiting() -> bool:
    """Whether a thread of a mock is waiting until a delay is over."""
    for frame in sys._current_frames().values():
        stack = traceback.extract_stack(frame)
        if any(each.name == "wait" and "mock" in each.filename for each in stack):
            return True
    return False


@pytest.mark.filterwarnings("error")
def test_nothing_is_left_open() -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        with MockLiveKit(regions=3) as mock:
            for url in mock.region_urls:
                ask(url, CREATE, headers=ANYBODY)
            with mock.api() as api:
                api.room.list_rooms()
        del mock, api
        gc.collect()

    assert [str(each.message) for each in caught] == []


def test_a_program_may_end_while_its_mock_serves() -> None:
    code = """
        import sys
        from lkproto.mock import MockLiveKit
        mock = MockLiveKit().start()
        api = mock.api()
        api.room.list_rooms()
        print(len(mock.requests))
    """
    done = run(code)

    assert (done.stdout, done.stderr, done.returncode) == ("1\n", "", 0)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_a_child_process_that_stops_it_leaves_it_to_its_parent() -> None:
    code = """
        import os, warnings
        from lkproto.mock import MockLiveKit
        warnings.simplefilter("ignore", DeprecationWarning)  # of threads and fork
        with MockLiveKit() as mock:
            child = os.fork()
            if not child:
                mock.stop()
                os._exit(0)
            assert os.waitpid(child, 0)[1] == 0
            with mock.api() as api:
                print(api.room.list_rooms().rooms)
    """
    done = run(code)

    assert (done.stdout, done.stderr) == ("[]\n", "")


def test_to_import_it_loads_no_server() -> None:
    code = """
        import sys
        import lkproto.mock
        import lkproto.mock.pytest_plugin
        print(sorted({"http.server", "socket", "lkproto.auth", "lkproto.mock._mock",
                      "lkproto.livekit_models_pb"} & sys.modules.keys() - had))
    """
    done = run("import sys, pytest\nhad = set(sys.modules)\n" + textwrap.dedent(code))

    assert (done.stdout, done.stderr) == ("[]\n", "")


def run(code: str) -> subprocess.CompletedProcess[str]:
    """A Python program, for which warnings are errors."""
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", textwrap.dedent(code)],
        env={**os.environ, "PYTHONPATH": str(ROOT / "generated")},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_another_address_is_one_of_this_machine() -> None:
    with MockLiveKit(host="0.0.0.0") as mock:
        assert mock.http_url.startswith("http://127.0.0.1:")
        assert ask(mock.http_url, "/", None, {}, "GET").status == 200


@pytest.mark.skipif(not socket.has_ipv6, reason="this system has no IPv6")
def test_an_address_of_ipv6_is_in_brackets() -> None:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("this machine has no address of IPv6")
    with MockLiveKit(host="::1") as mock:
        assert mock.url.startswith("ws://[::1]:")
        with mock.api() as api:
            assert api.room.list_rooms().rooms == []


def test_requests_are_noted_with_all_that_a_test_asks_for() -> None:
    seen = []
    with MockLiveKit(on_request=seen.append) as mock, mock.api() as api:
        api.room.create_room(name="r")
        ask(mock.http_url, "/no?access_token=", None, {}, "GET")
        ask(mock.http_url, LIST, headers=bearer(mock))

        assert mock.requests == seen
        created, page, refused = mock.requests
        mock.reset()
        assert mock.requests == []
        assert mock.webhooks == []

    assert created.method == "livekit.RoomService/CreateRoom"
    assert created.message is not None
    assert created.message.to_dict() == {"name": "r"}
    assert created.claims is not None
    assert created.claims.video is not None
    assert created.claims.video.room_create
    assert (created.status, created.region, created.http_method) == (200, 0, "POST")
    assert created.headers["twirp-version"]
    assert repr(created) == "<MockRequest livekit.RoomService/CreateRoom: 200>"
    assert (page.method, page.path, page.message, page.claims) == (
        "",
        "/no",
        None,
        None,
    )
    assert repr(page) == "<MockRequest GET /no: 404>"
    assert refused.status == 401


def test_events_are_waited_for_in_their_order() -> None:
    with MockLiveKit() as mock, mock.api() as api:
        api.room.create_room(name="first")
        later = threading.Timer(0.05, lambda: mock.join("second", "bob"))
        later.start()
        found = [mock.wait_for("room_started", 30) for _ in range(2)]
        later.join()

        assert [each.room and each.room.name for each in found] == ["first", "second"]
        with pytest.raises(
            TimeoutError, match=r"no webhook 'room_finished' came within 0 s"
        ):
            mock.wait_for("room_finished", 0)


def test_a_reset_forgets_rooms_requests_events_and_scripts() -> None:
    with MockLiveKit() as mock, mock.api() as api:
        api.room.create_room(name="r")
        mock.script(status=500)
        mock.reset()

        assert (mock.requests, mock.webhooks) == ([], [])
        assert api.room.list_rooms().rooms == []
        with pytest.raises(TimeoutError):
            mock.wait_for("room_started", 0)


@pytest.mark.parametrize(
    ("settings", "why"),
    [
        ({"refuse": 404}, "refuse is 401 or 403, not 404"),
        ({"regions": 0}, "regions is a number from 1, not 0"),
        ({"keys": {}}, "keys is empty"),
    ],
)
def test_settings_that_cannot_be_are_named(
    settings: dict[str, object], why: str
) -> None:
    with pytest.raises(InvalidArgumentError, match=why):
        MockLiveKit(**settings)  # type: ignore[arg-type]


def test_an_api_a_token_and_people_are_made_by_the_mock() -> None:
    async def names(mock: MockLiveKit) -> list[str]:
        async with mock.async_api() as api:
            return [each.name for each in (await api.room.list_rooms()).rooms]

    with MockLiveKit() as mock:
        jwt = mock.token("ann").with_grants(VideoGrants(room_join=True)).to_jwt()
        mock.join("r", "ann", name="Ann", attributes={"a": "b"})
        track = mock.publish("r", "ann", source=TrackSource.CAMERA)

        assert (
            TokenVerifier(mock.api_key, mock.api_secret).verify(jwt).identity == "ann"
        )
        assert asyncio.run(names(mock)) == ["r"]
        assert mock.participant("r", "ann").tracks == [track]
        mock.unpublish("r", "ann", track.sid)
        mock.leave("r", "ann")
        mock.abort("r", "bob")
        assert [each.event for each in mock.webhooks][2:] == [
            "track_published",
            "track_unpublished",
            "participant_left",
            "participant_connection_aborted",
        ]
        with pytest.raises(MockError, match="'ann' is not in room 'r'"):
            mock.participant("r", "ann")


def test_streams_and_recordings_go_on_as_a_test_says() -> None:
    url = "https://example.org/page"
    with MockLiveKit() as mock, mock.api() as api:
        stream = api.ingress.create_ingress(
            input_type=IngressInput.WHIP_INPUT,
            room_name="r",
            participant_identity="camera",
        )
        someone = mock.start_ingress(stream.ingress_id)
        assert (someone.room, someone.identity) == ("r", "camera")
        mock.end_ingress(stream.ingress_id)
        assert not someone.connected

        output = EncodedFileOutput(filepath="a.mp4")
        egress = api.egress.start_web_egress(url=url, file_outputs=[output])
        done = mock.update_egress(egress.egress_id, EgressStatus.EGRESS_COMPLETE)
        assert done.ended_at
        assert mock.wait_for("egress_ended").egress_info == done


def test_where_nothing_else_wakes_it_a_connection_does(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """On other systems than Linux, a socket that listens cannot be shut down."""

    def refuse(*_: object) -> None:
        raise OSError("not connected")

    mock = MockLiveKit().start()
    url = mock.http_url
    with monkeypatch.context() as patched:
        patched.setattr(socket.socket, "shutdown", refuse)
        mock.stop()

    assert not listens(url)


@pytest.mark.parametrize("seconds", [-1, 1e300, float("nan"), float("inf")])
def test_a_time_that_nobody_can_wait_is_refused(seconds: float) -> None:
    with pytest.raises(InvalidArgumentError, match="dial_seconds"):
        MockLiveKit(dial_seconds=seconds)
    with MockLiveKit() as mock, pytest.raises(ValueError, match="up to a day"):
        mock.script(delay=seconds)


def test_a_function_for_requests_may_stop_the_mock() -> None:
    ended, wrong = threading.Event(), list[BaseException]()

    def stop(_: object) -> None:
        try:
            mock.stop()
        except RuntimeError as error:
            wrong.append(error)
        ended.set()

    with MockLiveKit(on_request=stop) as mock:
        url = mock.http_url
        with suppress(OSError, HTTPException):
            ask(url, "/", None, {}, "GET")
        assert ended.wait(60)

    assert wrong == []
    assert not listens(url)


def test_it_serves_again_after_a_connection_could_not_be_taken(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    failed, accept = threading.Event(), socket.socket.accept

    def failing(listening: socket.socket) -> tuple[socket.socket, object]:
        if failed.is_set():
            return accept(listening)
        failed.set()
        raise OSError(errno.EMFILE, "Too many open files")

    monkeypatch.setattr(socket.socket, "accept", failing)
    with MockLiveKit() as mock:
        assert failed.wait(60)
        assert ask(mock.http_url, "/", None, {}, "GET").status == 200


def test_events_are_waited_for_after_more_of_them_than_are_kept() -> None:
    log = History(None)
    for number in range(10_001):
        log.event(WebhookEvent(event="room_started", id=str(number)))
        assert log.wait_for("room_started", 0).id == str(number)

    assert len(log.webhooks) == 10_000
