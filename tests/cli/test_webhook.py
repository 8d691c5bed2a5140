"""`lkproto webhook sign` and `verify`, and what all actions have in common."""

from __future__ import annotations

import io
import json
import os

import pytest
from lkproto.livekit import (
    EgressInfo,
    EgressStatus,
    IngressInfo,
    IngressState,
    Job,
    ParticipantInfo,
    Room,
    TrackInfo,
    TrackType,
    WebhookEvent,
)
from lkproto_cli.webhook_text import Printer, shown_url

from .conftest import Done, Project
from .webhooks import AT, BODY, LINE, NOTHING, NOW, SECRET, signed, webhook

NO_KEY = """\
lkproto: error: an API key and its secret are needed
  hint: set LIVEKIT_API_KEY and LIVEKIT_API_SECRET, or use --api-key with --secret-file or --secret-stdin
"""
WHERE = "LKPROTO_WEBHOOK_AUTHORIZATION"
SEEN = "are not accepted on the command line, where others can see them; "


def error(message: str) -> Done:
    return Done(2, "", f"lkproto: error: {message}\n")


def test_sign_prints_the_header_of_the_bytes_and_nothing_else(project: Project) -> None:
    (project.folder / "body.json").write_bytes(BODY)
    expected = Done(0, signed(BODY) + "\n", "")

    assert webhook(project, "sign", *AT, stdin=BODY) == expected
    assert webhook(project, "sign", "-", *AT, stdin=BODY) == expected
    assert webhook(project, "sign", "body.json", *AT) == expected
    assert webhook(project, "sign", *AT, stdin=BODY + b"\n").out != expected.out


def test_verify_prints_the_event_as_json_in_a_pipe(project: Project) -> None:
    (project.folder / "body.json").write_bytes(BODY)
    project.write("header", signed(BODY) + "\n")
    environment = {WHERE: signed(BODY)}
    expected = Done(0, LINE, "")

    assert webhook(project, "verify", *AT, stdin=BODY, **environment) == expected
    words = ("verify", "body.json", *AT, "--authorization-file")
    assert webhook(project, *words, "header") == expected
    assert webhook(project, *words, "-", stdin=signed(BODY).encode()) == expected
    keys = NOTHING | {"LIVEKIT_KEYS": f"other: {SECRET}\nAPIkey: {SECRET}\n"}
    assert webhook(project, *words, "header", stdin=b"", **keys) == expected


def test_what_is_refused_exits_with_1_and_one_line_on_stderr(project: Project) -> None:
    words = ("verify", *AT)
    changed = webhook(project, *words, stdin=b"{}", **{WHERE: signed(BODY)})
    spaced = json.dumps(json.loads(BODY)).encode()
    parsed = webhook(project, *words, stdin=spaced, **{WHERE: signed(BODY)})
    missing = webhook(project, *words, stdin=BODY, **{WHERE: ""})
    foreign = webhook(project, *words, stdin=BODY, **{WHERE: signed(BODY, "x" * 32)})

    for done in (changed, parsed, missing, foreign):
        assert (done.code, done.out, done.err.count("\n")) == (1, "", 1)
        assert "ann" not in done.err
        assert "eyJ" not in done.err
    assert changed.err.startswith(
        "lkproto: refused: hash_mismatch: the body of 2 bytes"
    )
    assert "the body was parsed and written again" in parsed.err
    assert missing.err.startswith("lkproto: refused: missing_auth: ")
    assert foreign.err.startswith("lkproto: refused: bad_signature: ")


def test_the_profile_go_takes_what_strict_refuses(project: Project) -> None:
    big = b'{"event":"' + b"x" * (1 << 20) + b'"}'
    words, environment = ("verify", *AT), {WHERE: signed(big)}

    assert webhook(project, *words, stdin=big, **environment).code == 1
    done = webhook(project, *words, "--profile", "go", stdin=big, **environment)
    assert done.code == 0


@pytest.mark.parametrize(
    "words", [("sign",), ("verify",), ("send", "http://x"), ("listen", "--port", "0")]
)
def test_without_a_key_it_says_where_keys_come_from(
    words: tuple[str, ...], project: Project
) -> None:
    settings = NOTHING | {WHERE: "x"}

    assert webhook(project, *words, stdin=LINE.encode(), **settings) == Done(
        2, "", NO_KEY
    )


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            ("sign", "--api-secret", "hunter2"),
            f"secrets {SEEN}set LIVEKIT_API_SECRET, or use --secret-file or --secret-stdin",
        ),
        (
            ("verify", "--authorization=hunter2"),
            f"secrets {SEEN}use --authorization-file, or set {WHERE}",
        ),
        *[
            (
                words,
                f"addresses with a user name or password {SEEN}write the address into a "
                "file, for --url-file of send or --store-file of dead-letters",
            )
            for words in (
                ("send", "https://me:hunter2@example.com/"),
                ("send", "http://hunter2@[x"),
                ("dead-letters", "list", "--store", "redis://:hunter2@localhost"),
                ("dead-letters", "list", "--store=rediss://h/0?password=hunter2"),
                ("dead-letters", "replay", "--sore=unix://:hunter2@/run/x"),
            )
        ],
    ],
)
def test_secrets_on_the_command_line_are_refused_and_not_repeated(
    words: tuple[str, ...], message: str, project: Project
) -> None:
    assert webhook(project, *words) == error(
        f"{message}\n  hint: see lkproto webhook --help"
    )


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            ("verify",),
            "the value of the header Authorization is needed\n"
            f"  hint: use --authorization-file, or set {WHERE}",
        ),
        (
            ("verify", "--authorization-file", "-"),
            "stdin gives the header, the body or the secret, only one of them",
        ),
        (
            ("sign", "--secret-stdin"),
            "stdin gives the secret or the body, not both",
        ),
        (("sign", "gone.json"), None),
        (
            ("sign", "--jsn"),
            "unknown argument '--jsn'\n  hint: see lkproto webhook sign --help",
        ),
    ],
)
def test_mistakes_of_use_exit_with_2(
    words: tuple[str, ...], message: str | None, project: Project
) -> None:
    expected = message or f"gone.json: {os.strerror(2)}"

    assert webhook(project, *words) == error(expected)


def test_a_short_secret_warns_once(project: Project) -> None:
    done = webhook(project, "sign", stdin=BODY, LIVEKIT_API_SECRET="short")

    assert done.code == 0
    assert done.err.startswith("lkproto: warning: an API secret has fewer than 32")
    assert done.err.count("\n") == 1


class Terminal(io.StringIO):
    """A terminal, as far as a printer can see."""

    def isatty(self) -> bool:
        return True


def printed(event: WebhookEvent, *, as_json: bool = False) -> str:
    terminal = Terminal()
    Printer(terminal, as_json=as_json).show(event)
    return terminal.getvalue()


@pytest.mark.parametrize(
    ("event", "line"),
    [
        (
            WebhookEvent(event="room_started", room=Room(name="demo"), id="EV_1"),
            "2027-01-15 08:00:00Z  room_started        room=demo id=EV_1",
        ),
        (
            WebhookEvent(
                event="track_published",
                room=Room(sid="RM_1"),
                participant=ParticipantInfo(identity="ann b"),
                track=TrackInfo(sid="TR_1", type=TrackType.VIDEO),
            ),
            "2027-01-15 08:00:00Z  track_published     room=RM_1 "
            'participant="ann b" track=TR_1 type=VIDEO id=""',
        ),
        (
            WebhookEvent(
                event="egress_started",
                egress_info=EgressInfo(egress_id="EG_1", status=EgressStatus(77)),
            ),
            '2027-01-15 08:00:00Z  egress_started      egress=EG_1 status=77 id=""',
        ),
        (
            WebhookEvent(
                event="ingress_ended",
                ingress_info=IngressInfo(
                    ingress_id="IN_1",
                    state=IngressState(status=IngressState.Status.ENDPOINT_ERROR),
                ),
            ),
            "2027-01-15 08:00:00Z  ingress_ended       ingress=IN_1 "
            'status=ENDPOINT_ERROR id=""',
        ),
        (
            WebhookEvent(
                event="agent_job_ended", ingress_info=IngressInfo(), job=Job(id="AJ_1")
            ),
            '2027-01-15 08:00:00Z  agent_job_ended     ingress="" job=AJ_1 id=""',
        ),
        (
            WebhookEvent(event="\x1b[2J", room=Room(name="\x1b]0;x\x07\u202e\n")),
            '2027-01-15 08:00:00Z  "\\u001b[2J"         '
            'room="\\u001b]0;x\\u0007\\u202e\\n" id=""',
        ),
    ],
)
def test_a_terminal_gets_what_an_event_is_about(
    event: WebhookEvent, line: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    event.created_at = NOW
    monkeypatch.setenv("NO_COLOR", "1")

    assert printed(event) == line + "\n"


def test_times_beyond_the_calendar_and_none_are_shown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TERM", "dumb")

    assert printed(WebhookEvent(event="e", created_at=10**18)).startswith(
        f"{10**18}  e "
    )
    assert printed(WebhookEvent(event="e")).startswith("no time               e ")


@pytest.mark.parametrize(
    ("name", "colour"), [("room_started", 32), ("participant_left", 31), ("new", 36)]
)
def test_colours_are_for_terminals_without_no_color(
    name: str, colour: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    event = WebhookEvent(event=name, created_at=NOW)

    assert f"\x1b[{colour}m{name}" in printed(event)
    assert "\x1b" not in printed(event, as_json=True)
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in printed(event)


def test_json_is_one_line_of_ascii_that_is_the_event() -> None:
    event = WebhookEvent(event="e", room=Room(name="Zoë\n\x7f\x9b\u2028👩"))

    line = printed(event, as_json=True)

    assert line.isascii()
    assert line.rstrip("\n").isprintable()
    assert WebhookEvent.from_json(line) == event


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://h/p", "https://h/p"),
        ("https://u:p@h:1/a@b?x=1#f", "https://{...}@h:1/a@b?x={...}"),
        ("u:p@h\x1b", "u:p@h\\u001b"),
    ],
)
def test_urls_are_shown_without_their_secrets(url: str, shown: str) -> None:
    assert shown_url(url) == shown
