"""`lkproto webhook send`: what an endpoint gets, and what the command says of it."""

from __future__ import annotations

import json
import re

import pytest
from lkproto.webhook import WebhookReceiver

from tests.http.server import RawServer, once

from .conftest import Done, Project
from .test_webhook import error
from .webhooks import AT, BODY, KEY, NOTHING, NOW, SECRET, free_port, sink, webhook


def test_an_event_is_signed_and_sent_as_the_reference_does(project: Project) -> None:
    (project.folder / "event.json").write_bytes(BODY)
    receiver = WebhookReceiver(KEY, SECRET, clock=lambda: NOW)
    with sink() as endpoint:
        done = webhook(project, "send", endpoint.url, "event.json", *AT)
        piped = webhook(project, "send", endpoint.url, *AT, stdin=BODY)

    expected = Done(0, "delivered: status 200, participant_joined EV_1\n", "")
    assert done == piped == expected
    headers, body = endpoint.requests[0]
    assert body == endpoint.requests[1][1] == BODY
    assert headers["Content-Type"] == "application/webhook+json"
    assert headers["User-Agent"] == "LiveKit"
    assert receiver.receive(body, headers["Authorization"]).id == "EV_1"


def test_a_quick_event_has_an_id_and_a_time(project: Project) -> None:
    words = ("--event", "track_published", "--room", "demo", "--identity", "ann")
    with sink(204) as endpoint:
        done = webhook(project, "send", endpoint.url, *words, "--track", "TR_1", *AT)

    sent = json.loads(endpoint.requests[0][1])
    assert re.fullmatch(r"EV_\w{12}", sent.pop("id"))
    assert sent == {
        "event": "track_published",
        "room": {"name": "demo"},
        "participant": {"identity": "ann"},
        "track": {"sid": "TR_1"},
        "createdAt": str(NOW),
    }
    assert done.code == 0
    assert done.out.startswith("delivered: status 204, track_published EV_")


def test_an_address_with_a_password_comes_from_a_file_and_is_not_shown(
    project: Project,
) -> None:
    (project.folder / "event.json").write_bytes(BODY)
    with sink(200, 500) as endpoint:
        url = endpoint.url.replace("http://", "http://me:hunter2@") + "?key=hunter3"
        project.write("url", url).chmod(0o600)
        done = webhook(project, "send", "--url-file", "url", "event.json")
        failed = webhook(project, "send", "--url-file", "url", "-", stdin=BODY)
    project.write("url", url)
    refused = webhook(project, "send", "--url-file", "url", stdin=BODY)

    assert done == Done(0, "delivered: status 200, participant_joined EV_1\n", "")
    assert failed.code == 1
    assert refused.code == 1
    assert refused.err.startswith(
        "lkproto: not delivered: giving up after 1 attempt(s): "
    )
    for each in (failed, refused):
        assert "hunter" not in each.out + each.err
        assert "/hook" not in each.out + each.err


@pytest.mark.parametrize(
    ("status", "why"),
    [
        (404, "status 404, which is final"),
        (302, "status 302: a redirect, which is not followed"),
        (500, "giving up after 1 attempt(s): status 500"),
    ],
)
def test_other_answers_are_failures_after_one_attempt(
    status: int, why: str, project: Project
) -> None:
    with sink(status) as endpoint:
        done = webhook(project, "send", endpoint.url, "--event", "room_started")

    assert done == Done(1, "", f"lkproto: not delivered: {why}\n")
    assert len(endpoint.requests) == 1


def test_with_retries_each_failed_attempt_is_reported(project: Project) -> None:
    with sink(503) as endpoint:
        words = ("--event", "room_started", "--retries", "2", *AT)
        done = webhook(project, "send", endpoint.url, *words)

    assert done.code == 0
    assert done.out.startswith("delivered: status 200, room_started EV_")
    assert done.err == "lkproto: attempt failed: status 503\n"
    assert len({body for _, body in endpoint.requests}) == 1
    assert len(endpoint.requests) == 2


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (b"200", (0, "delivered: status 200, participant_joined EV_1\n", "")),
        (b"404", (1, "", "lkproto: not delivered: status 404, which is final\n")),
    ],
)
def test_an_answer_whose_body_is_cut_off_counts_with_its_status(
    status: bytes, expected: tuple[int, str, str], project: Project
) -> None:
    head = b"HTTP/1.1 " + status + b" Oh\r\nContent-Length: 9\r\n\r\nok"
    with RawServer(once(head)) as endpoint:
        words = ("send", endpoint.url(), "--retries", "1", *AT)
        done = webhook(project, *words, stdin=BODY)

    said = "lkproto: attempt failed: status 404\n" if done.code else ""
    assert done == Done(expected[0], expected[1], said + expected[2])
    assert len(endpoint.asked) == 1


def test_where_nobody_listens_it_says_so(project: Project) -> None:
    port = free_port()
    words = ("--event", "room_started", "--retries", "1")

    done = webhook(project, "send", f"http://127.0.0.1:{port}/hook", *words)

    assert (done.code, done.out) == (1, "")
    *attempts, last = done.err.splitlines()
    assert len(attempts) == 2
    assert all(each.startswith("lkproto: attempt failed: ") for each in attempts)
    assert last.startswith("lkproto: not delivered: giving up after 2 attempt(s): ")
    assert f"127.0.0.1:{port}" in last


def test_an_event_that_no_server_sends_is_sent_with_a_warning(project: Project) -> None:
    with sink() as endpoint:
        near = webhook(project, "send", endpoint.url, "--event", "room_startet")
        far = webhook(project, "send", endpoint.url, "--event", "zzz")

    warning = "lkproto: warning: LiveKit has no event"
    assert near.err == f"{warning} 'room_startet'; did you mean 'room_started'?\n"
    assert far.err == f"{warning} 'zzz'\n"
    assert (near.code, far.code, len(endpoint.requests)) == (0, 0, 2)


@pytest.mark.parametrize(
    ("words", "stdin", "message"),
    [
        ((), b"", "give the URL to send to, or --url-file"),
        (
            ("http://x", "y", "--url-file", "z"),
            b"",
            "give the URL or --url-file, not both",
        ),
        (("http://x", "y", "--event", "e"), b"", "give a FILE or --event, not both"),
        (("http://x", "--room", "r"), b"", "--room needs --event"),
        (
            ("http://x", "--event", ""),
            b"",
            "--event takes a name, such as room_started",
        ),
        (("http://x", "--retries", "-1"), b"", "--retries takes a number, at least 0"),
        (
            ("http://x",),
            b"{}",
            "stdin: the event has no name\n  hint: write it as `event`",
        ),
        (
            ("http://x",),
            b'{"evnt": "e"}',
            "stdin: there is no 'evnt'\n  hint: did you mean 'event'?",
        ),
        (
            ("http://x",),
            b'{"event": 1}',
            "stdin: $.event: string takes text, not a number (line 1, column 11)",
        ),
        (
            ("ftp://h/hunter2?x=hunter2", "--event", "room_started"),
            b"",
            "webhooks cannot be sent to 'ftp://h/hunter2?x={...}'; a URL begins with "
            "http:// or https:// and has a host",
        ),
    ],
)
def test_mistakes_of_use_exit_with_2(
    words: tuple[str, ...], stdin: bytes, message: str, project: Project
) -> None:
    assert webhook(project, "send", *words, stdin=stdin) == error(message)


def test_the_key_comes_from_a_file_too(project: Project) -> None:
    project.write("secret", SECRET).chmod(0o600)
    words = ("--event", "room_started", "--api-key", KEY, "--secret-file", "secret")
    with sink() as endpoint:
        done = webhook(project, "send", endpoint.url, *words, stdin=b"", **NOTHING)

    assert done.code == 0
