"""Receiving a webhook: the order of checks, what each error says and what none of them shows."""

from __future__ import annotations

import json
import pickle
import traceback
from collections.abc import Callable
from typing import Any

import pytest
from lkproto.auth import (
    ArgumentTypeError,
    AuthError,
    ExpiredTokenError,
    MalformedTokenError,
    NotYetValidError,
    SignatureError,
    UnknownKeyError,
    WrongIssuerError,
)
from lkproto.livekit import ParticipantInfo, WebhookEvent
from lkproto.webhook import (
    MAX_BODY,
    BodyError,
    BodyHashError,
    BodyTooLargeError,
    MissingAuthError,
    RoomStarted,
    WebhookReceiver,
    receive,
    sign,
)

from tests.support import variables_in

from .support import BODY, KEY, NOW, SECRET, clock, receiver, signed


def test_a_signed_body_is_an_event() -> None:
    event = receiver().receive(BODY, signed())

    assert event == WebhookEvent.from_json(BODY)
    assert event.room is not None
    assert event.room.name == "lobby"


@pytest.mark.parametrize("body", [BODY.decode(), bytearray(BODY), memoryview(BODY)])
def test_a_body_may_be_text_or_any_bytes(body: Any) -> None:
    assert receiver().receive(body, signed()).id == "EV_1"


def test_a_body_of_text_has_the_hash_of_its_utf8() -> None:
    body = '{"event":"x","room":{"name":"é\u2028😀<>&"}}'

    assert receiver().receive(body, signed(body.encode())).event == "x"


def test_the_function_takes_keys_from_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LIVEKIT_API_KEY", KEY)
    monkeypatch.setenv("LIVEKIT_API_SECRET", SECRET)

    assert receive(BODY, sign(BODY)).id == "EV_1"
    with pytest.raises(UnknownKeyError, match="APIkey"):
        receive(BODY, sign(BODY), keys={"APIother": SECRET})


def test_a_receiver_with_two_keys_takes_both_while_they_rotate() -> None:
    other = "another secret of thirty-two bytes"
    found = WebhookReceiver(keys={KEY: SECRET, "APInew": other}, clock=clock)

    assert found.receive(BODY, signed()).id == "EV_1"
    assert found.receive(BODY, sign(BODY, "APInew", other, clock=clock)).id == "EV_1"


def test_checks_run_in_the_order_of_the_reference() -> None:
    """Each request is wrong in everything that is checked later, too."""
    wrong_hash = sign(b"other", KEY, SECRET, clock=clock)
    steps: list[tuple[type[AuthError], bytes, str | None]] = [
        (BodyTooLargeError, b"x" * 101, None),
        (MissingAuthError, b"x", None),
        (MissingAuthError, b"x", ""),
        (MalformedTokenError, b"x", "x"),
        (WrongIssuerError, b"x", sign(b"y", "APIother", SECRET, clock=clock)),
        (SignatureError, b"x", sign(b"y", KEY, SECRET[::-1], clock=lambda: 0)),
        (ExpiredTokenError, b"x", sign(b"y", KEY, SECRET, clock=lambda: 0)),
        (BodyHashError, b"x", wrong_hash),
        (BodyError, b"x", sign(b"x", KEY, SECRET, clock=clock)),
    ]

    for error, body, authorization in steps:
        with pytest.raises(AuthError) as caught:
            receiver(max_body=100).receive(body, authorization)
        assert type(caught.value) is error


def test_go_has_no_limit_of_size() -> None:
    body = b'{"event":"x"' + b" " * MAX_BODY + b"}"

    assert receiver(profile="go").receive(body, signed(body)).event == "x"
    with pytest.raises(BodyTooLargeError, match="1048589 bytes, more than 1048576"):
        receiver().receive(body, signed(body))


@pytest.mark.parametrize(
    ("at", "error", "said"),
    [
        (NOW - 359, None, ""),
        (NOW - 361, ExpiredTokenError, "61 s"),
        (NOW + 59, None, ""),
        (NOW + 62, NotYetValidError, "62 s"),
    ],
)
def test_leeway_widens_both_ends_and_errors_say_by_how_much(
    at: float, error: type[AuthError] | None, said: str
) -> None:
    if error is None:
        assert receiver().receive(BODY, signed(at=at)).id == "EV_1"
        return
    with pytest.raises(error, match=said) as caught:
        receiver().receive(BODY, signed(at=at))
    assert "compare" in str(caught.value)
    assert receiver(leeway=600).receive(BODY, signed(at=at)).id == "EV_1"


@pytest.mark.parametrize("comma", [",", ", "])
def test_a_body_that_was_parsed_and_written_again_says_so_with_both_lengths(
    comma: str,
) -> None:
    sent = json.dumps(json.loads(BODY), separators=(comma, ":")).encode()
    again = json.dumps(json.loads(BODY), indent=1).encode()

    with pytest.raises(BodyHashError) as caught:
        receiver().receive(again, signed(sent))

    text = str(caught.value)
    assert f"it has {len(again)} bytes, and what was signed has {len(sent)}" in text
    assert "before any parser" in text
    assert "lobby" not in text


def test_another_body_is_refused_without_showing_it() -> None:
    with pytest.raises(BodyHashError) as caught:
        receiver().receive(BODY + b" ", signed(BODY.replace(b"ann", b"bob")))

    text = str(caught.value)
    assert f"of {len(BODY) + 1} bytes is not the one that was signed" in text
    assert "ann" not in text


@pytest.mark.parametrize("body", [b"[" * 100_000, b"9" * 100_000, b"\xff", b"", b"{"])
def test_a_body_with_a_token_of_another_is_refused_whatever_it_is(body: bytes) -> None:
    with pytest.raises(BodyHashError):
        receiver().receive(body, signed())


def deep(levels: int) -> bytes:
    """An event with a name of the future, whose value nests."""
    return b'{"event":"e","x":' + b"[" * levels + b"]" * levels + b"}"


@pytest.mark.parametrize(
    "body",
    [
        deep(3000),
        deep(9999),
        b'{"event":"e","room":{"enabledCodecs":[' + deep(9997) + b"]}}",
        b'{"event":"e","x":1,"x":{"y":1,"y":2}}',
    ],
)
def test_go_reads_what_only_the_reference_reads(body: bytes) -> None:
    assert receiver(profile="go").receive(body, signed(body)).event == "e"
    with pytest.raises(BodyError):
        receiver().receive(body, signed(body))


@pytest.mark.parametrize(
    "body",
    [
        deep(10_000),
        b'{"room":{"enabledCodecs":[' + deep(9998) + b"]}}",
        b'{"event":"e","event":"f"}',
        b'{"x":"\\ud83d"}',
        b'{"x":"\xff"}',
        deep(9999)[:-1],
    ],
)
@pytest.mark.parametrize("profile", ["go", "strict"])
def test_neither_profile_reads_what_the_reference_refuses(
    body: bytes, profile: Any
) -> None:
    with pytest.raises(BodyError):
        receiver(profile=profile).receive(body, signed(body))


def test_a_token_that_is_not_for_webhooks_is_refused() -> None:
    from lkproto.auth import AccessToken

    token = AccessToken(KEY, SECRET, clock=clock).with_identity("ann").to_jwt()

    with pytest.raises(BodyHashError, match="not for a webhook"):
        receiver().receive(BODY, token)


@pytest.mark.parametrize("body", [{"event": "x"}, None, 5, ["x"]])
def test_what_is_not_bytes_or_text_is_a_type_error_that_wants_raw_bytes(
    body: Any,
) -> None:
    with pytest.raises(TypeError, match="before any parser") as caught:
        receiver().receive(body, signed())
    assert isinstance(caught.value, ArgumentTypeError)


@pytest.mark.parametrize(
    ("authorization", "said"),
    [("Bearer {}", "Bearer"), ('"{}"', "quotes"), ("{}\n", "line break")],
)
def test_a_header_that_people_change_says_how(authorization: str, said: str) -> None:
    with pytest.raises(MalformedTokenError, match=said):
        receiver().receive(BODY, authorization.format(signed()))


def test_an_unknown_key_is_named() -> None:
    keys = WebhookReceiver(keys={"APIother": SECRET}, clock=clock)

    with pytest.raises(UnknownKeyError, match="'APIkey'"):
        keys.receive(BODY, signed())


@pytest.mark.parametrize("profile", ["strict", "go"])
def test_what_a_newer_server_adds_breaks_nothing_at_any_depth(profile: Any) -> None:
    body = json.dumps(
        {
            "event": "room_renamed",
            "new": [{"a": None}],
            "room": {"sid": "RM_1", "new": {"a": [1]}},
            "participant": {
                "sid": "PA_1",
                "kind": "HOLOGRAM",
                "state": 99,
                "tracks": [{"sid": "TR_1", "layers": [{"quality": "ULTRA", "x": 1}]}],
            },
            "roomEndReason": "BORED",
        }
    ).encode()

    event = receiver(profile=profile).receive(body, signed(body))

    assert event.event == "room_renamed"
    assert event.participant is not None
    assert event.participant.kind == ParticipantInfo.Kind(0)
    assert event.participant.state == 99
    assert event.participant.tracks[0].sid == "TR_1"


@pytest.mark.parametrize(
    ("body", "place"),
    [
        (b'{"event":\n  secret}', "($, line 2, column 3)"),
        (b'{"room":{"sid":"secret", "maxParticipants":"secret"}}', "$.room.max_part"),
        (b"", "line 1, column 1"),
        (b"\xef\xbb\xbf{}", "line 1, column 1"),
        (b'{"event":"secret\xff"}', "line 1"),
        (b'{"id":"secret","id":"secret"}', "line 1, column 16"),
        (b'"secret"', "($, line 1, column 1)"),
    ],
)
def test_a_signed_body_that_is_not_an_event_says_where_and_shows_nothing(
    body: bytes, place: str
) -> None:
    with pytest.raises(BodyError) as caught:
        receiver().receive(body, signed(body))

    error = caught.value
    assert place in str(error)
    assert (error.kind, error.line >= 1, error.column >= 1) == (
        "body_malformed",
        True,
        True,
    )
    shown = "".join(traceback.format_exception(error))
    assert "secret" not in shown.replace("api_secret", "")


def test_errors_can_be_pickled_with_all_they_say() -> None:
    attempts: list[tuple[bytes, str | None]] = [
        (b"x", None),
        (b"x", "x"),
        (b"x", signed()),
        (b'{"room":5}', signed(b'{"room":5}')),
        (b"x" * (MAX_BODY + 1), None),
    ]
    for body, authorization in attempts:
        with pytest.raises(AuthError) as caught:
            receiver().receive(body, authorization)
        copy = pickle.loads(pickle.dumps(caught.value))
        assert type(copy) is type(caught.value)
        assert str(copy) == str(caught.value)
        assert copy.__dict__ == caught.value.__dict__
        assert type(copy).__module__ in ("lkproto.webhook", "lkproto.auth")


def test_no_error_holds_a_token_a_secret_or_a_body() -> None:
    for body, authorization in [
        (BODY, signed(b"x")),
        (BODY + b"!", signed(BODY + b"!")),
    ]:
        with pytest.raises(AuthError) as caught:
            receiver().receive(body, authorization)
        assert SECRET not in variables_in(caught.value)
        assert authorization not in repr(caught.value.__dict__)
        assert "lobby" not in repr(caught.value)
    assert SECRET not in repr(receiver())


MISTAKES: dict[str, Callable[[Any], object]] = {
    "a key that is not text": lambda secret: WebhookReceiver(5, secret),  # type: ignore[arg-type]
    "a wrong keyword": lambda secret: WebhookReceiver(KEY, apiSecret=secret),  # type: ignore[call-arg]
    "a clock that is not a function": lambda secret: WebhookReceiver(KEY, secret, clock=5),  # type: ignore[arg-type]
    "no header": lambda secret: receive(BODY, None, keys={KEY: secret}),
    "a body that is a dict": lambda secret: sign({}, KEY, secret),  # type: ignore[arg-type]
    "signing with a key that is not text": lambda secret: sign(BODY, 5, secret),  # type: ignore[arg-type]
    "signing with a wrong keyword": lambda secret: sign(BODY, KEY, apiSecret=secret),  # type: ignore[call-arg]
}


@pytest.mark.parametrize("mistake", MISTAKES.values(), ids=MISTAKES)
def test_a_wrong_call_is_an_error_of_this_family_without_the_secret(
    mistake: Callable[[Any], object],
) -> None:
    with pytest.raises(AuthError) as caught:
        mistake(SECRET)

    assert SECRET not in variables_in(caught.value)
    assert SECRET not in str(caught.value)


def test_repr_of_what_a_constructor_gave_up_does_not_fail() -> None:
    for cls in (WebhookReceiver, RoomStarted):
        assert repr(object.__new__(cls)).startswith(f"<{cls.__module__}.{cls.__name__}")
