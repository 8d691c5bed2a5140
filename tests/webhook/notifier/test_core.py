"""What a notifier decides, in virtual time."""

from __future__ import annotations

import base64
import json
from hashlib import sha256
from itertools import pairwise

import pytest
from lkproto.auth import TokenVerifier
from lkproto.http import Response, TransportError
from lkproto.livekit import (
    EgressInfo,
    EgressStatus,
    FilterParams,
    IngressInfo,
    IngressState,
    ParticipantInfo,
    Room,
    TrackInfo,
    WebhookConfig,
    WebhookEvent,
)
from lkproto.webhook import WebhookReceiver
from lkproto.webhook.notifier import (
    EndpointError,
    Filter,
    NoKeyError,
    NotifierClosedError,
    QueueFullError,
    Retries,
    UnknownSigningKeyError,
    event_key,
    public_only,
)
from lkproto.webhook.stores import MemoryStore

from .virtual import KEYS, NOW, Virtual

A, B = "https://a.example/hook", "https://b.example/hook"
HANG = (1e9, 200)


def event(name: str = "room_started", room: str = "r", **members) -> WebhookEvent:
    return WebhookEvent(event=name, room=Room(name=room, sid="RM_1"), **members)


def received(virtual: Virtual, at: int) -> WebhookEvent:
    when, request = virtual.sent[at]
    receiver = WebhookReceiver(keys=KEYS, clock=lambda: when)
    return receiver.receive(request.body, request.headers["Authorization"])


def test_an_event_is_posted_with_the_headers_of_the_reference() -> None:
    virtual = Virtual(A)
    virtual.queue(event(id="EV_1", created_at=7))
    virtual.run(1)

    ((_, request),) = virtual.sent
    assert (request.method, request.url) == ("POST", A)
    assert request.headers["Content-Type"] == "application/webhook+json"
    assert request.headers["User-Agent"] == "LiveKit"
    assert received(virtual, 0) == event(id="EV_1", created_at=7)
    claims = TokenVerifier(keys=KEYS, clock=lambda: NOW).verify(
        request.headers["Authorization"]
    )
    assert claims.registered.exp == NOW + 300
    digest = base64.b64encode(sha256(request.body).digest()).decode()
    assert claims.grants.sha256 == digest


def test_id_and_time_are_filled_in_once_for_all_urls_and_never_in_the_callers_event() -> (
    None
):
    given = event()
    virtual = Virtual(A, B)
    virtual.queue(given)
    virtual.run(1)

    first, second = received(virtual, 0), received(virtual, 1)
    assert first == second
    assert first.id.startswith("EV_")
    assert len(first.id) == 15
    assert first.created_at == NOW
    assert given == event()


def test_attempts_are_those_of_the_reference_and_then_it_is_given_up() -> None:
    virtual = Virtual(A, answers={A: [500]})
    virtual.queue(event())
    virtual.run(1000)

    assert virtual.times(A) == [0, 1, 3, 7, 15]
    (info,) = virtual.infos
    assert info.send_error == "giving up after 5 attempt(s): status 500"
    assert info.send_duration_ns == 15_000_000_000
    assert virtual.reports.counts.failure == 1


def test_an_endpoint_that_hangs_is_tried_at_the_times_of_the_reference() -> None:
    virtual = Virtual(A, answers={A: [HANG]})
    virtual.queue(event())
    virtual.run(1000)

    assert virtual.times(A) == [0, 11, 23, 37, 55]
    assert virtual.infos[0].send_duration_ns == 65_000_000_000


def test_each_attempt_has_the_same_body_and_a_token_of_its_time() -> None:
    virtual = Virtual(A, answers={A: [500, 500, 200]})
    virtual.queue(event())
    virtual.run(1000)

    bodies = {request.body for _, request in virtual.sent}
    tokens = {request.headers["Authorization"] for _, request in virtual.sent}
    assert (len(bodies), len(tokens)) == (1, 3)
    assert {received(virtual, at).id for at in range(3)} == {received(virtual, 0).id}


@pytest.mark.parametrize("status", [302, 400, 404, 501])
def test_a_final_answer_is_a_failure_and_no_repeat(status: int) -> None:
    virtual = Virtual(A, answers={A: [status]})
    virtual.queue(event())
    virtual.run(1000)

    assert virtual.times(A) == [0]
    assert str(status) in virtual.infos[0].send_error
    (letter,) = virtual.store.dead_letters()
    assert (letter.reason, letter.attempts) == ("status", 1)


@pytest.mark.parametrize(
    ("status", "times", "reason"),
    [(204, [0], ""), (404, [0], "status"), (500, [0, 1, 3, 7, 15], "attempts")],
)
def test_the_status_decides_although_the_body_was_cut_off(
    status: int, times: list[int], reason: str
) -> None:
    cut = TransportError("closed", sent=True, message="cut", status=status)
    virtual = Virtual(A, answers={A: [cut]})
    virtual.queue(event())
    virtual.run(1000)

    assert virtual.times(A) == times
    assert [each.reason for each in virtual.store.dead_letters()] == [reason] * (
        reason != ""
    )
    (info,) = virtual.infos
    assert "cut" not in info.send_error
    assert (f"status {status}" in info.send_error) == bool(reason)


def test_retry_after_takes_the_place_of_the_wait_up_to_its_limit() -> None:
    answers = [Response(503, {"Retry-After": after}, b"") for after in ("2", "86400")]
    virtual = Virtual(A, answers={A: [*answers, 200]})
    virtual.queue(event())
    virtual.run(1000)

    assert virtual.times(A) == [0, 2, 32]


def test_events_of_one_key_wait_for_each_other_and_other_keys_do_not() -> None:
    virtual = Virtual(A, answers={A: [500, 200]})
    virtual.queue(event(room="r", id="EV_1"))
    virtual.queue(event(room="r", id="EV_2"))
    virtual.queue(event(room="other", id="EV_3"))
    virtual.run(1000)

    assert virtual.times(A) == [0, 0, 1, 1]
    assert [received(virtual, at).id for at in range(4)] == [
        *("EV_1", "EV_3", "EV_1", "EV_2")
    ]


def test_a_url_that_hangs_does_not_delay_another() -> None:
    virtual = Virtual(A, B, answers={A: [HANG]})
    for at in range(5):
        virtual.at(at, lambda: virtual.queue(event()))
    virtual.run(1000)

    assert virtual.times(B) == [0, 1, 2, 3, 4]


def test_more_than_forty_keys_are_in_flight_at_once() -> None:
    virtual = Virtual(A, answers={A: [HANG]})
    for at in range(50):
        virtual.queue(event(room=f"r{at}"))
    virtual.run(0.5)

    assert len(virtual.sent) == 50


@pytest.mark.parametrize(
    ("subject", "key"),
    [
        ({"egress_info": EgressInfo(egress_id="EG"), "room": Room(name="r")}, "EG"),
        ({"ingress_info": IngressInfo(ingress_id="IN"), "room": Room(name="r")}, "IN"),
        ({"room": Room(name="r"), "participant": ParticipantInfo(identity="p")}, "r"),
        ({"participant": ParticipantInfo(identity="p")}, "p"),
        ({"track": TrackInfo(sid="TR")}, "TR"),
        ({"room": Room(), "track": TrackInfo(sid="TR")}, ""),
        ({"egress_info": EgressInfo(), "room": Room(name="r")}, ""),
        ({}, "default"),
    ],
)
def test_the_key_is_the_first_subject_that_is_present(subject, key: str) -> None:
    assert event_key(WebhookEvent(event="x", **subject)) == key


def test_what_is_too_old_when_its_turn_comes_is_dropped_and_reported() -> None:
    virtual = Virtual(A, answers={A: [HANG, 200]}, retries=Retries(max_retries=3))
    virtual.queue(event(id="EV_1"))
    virtual.queue(event(id="EV_2"))
    virtual.at(35, lambda: virtual.queue(event(id="EV_3")))
    virtual._answers[A] = iter([HANG, HANG, HANG, HANG, 200])
    virtual.run(1000)

    dropped = [info for info in virtual.infos if info.is_dropped]
    assert [info.event_id for info in dropped] == ["EV_2"]
    assert dropped[0].queue_duration_ns == 47_000_000_000
    assert (dropped[0].sent_at.seconds, dropped[0].send_error) == (-62135596800, "")
    assert virtual.reports.counts.dropped == {"age": 1}
    assert received(virtual, -1).id == "EV_3"


def test_exactly_the_age_is_still_sent() -> None:
    virtual = Virtual(A, answers={A: [(20.0, 200)]}, max_age=20.0, timeout=60.0)
    virtual.queue(event(id="EV_1"))
    virtual.queue(event(id="EV_2"))
    virtual.run(1000)

    assert virtual.times(A) == [0, 20]


def test_above_the_depth_the_call_fails_and_other_urls_get_the_event() -> None:
    virtual = Virtual(A, B, answers={A: [HANG]}, max_depth=2)
    for at in range(3):
        virtual.queue(event())
        virtual.run(at / 10)
    with pytest.raises(QueueFullError, match=r"queue is full: .*a\.example"):
        virtual.queue(event(id="EV_4"))
    virtual.run(1)

    assert len(virtual.times(B)) == 4
    (dropped,) = [info for info in virtual.infos if info.is_dropped]
    assert (dropped.event_id, dropped.url, dropped.queue_duration_ns) == ("EV_4", A, 0)
    assert dropped.queued_at.seconds == -62135596800
    assert virtual.reports.counts.dropped == {"queue is full": 1}


@pytest.mark.parametrize(
    ("events", "sent"),
    [
        (Filter(), {"a", "b"}),
        (Filter(("a",)), {"a"}),
        (Filter((), ("a",)), {"b"}),
        (Filter(("a",), ("a",)), {"a"}),
    ],
)
def test_the_filter_includes_or_else_excludes(events: Filter, sent: set[str]) -> None:
    virtual = Virtual(A, events=events)
    for name in "ab":
        virtual.queue(event(name))
    virtual.run(1)

    assert {received(virtual, at).event for at in range(len(virtual.sent))} == sent


def test_extras_have_their_own_filters_and_keys() -> None:
    virtual = Virtual(A, events=Filter(("other",)))
    virtual.queue(
        event(),
        WebhookConfig(url=B),
        WebhookConfig(url="https://c.example", signing_key="APIother"),
        WebhookConfig(
            url="https://d.example", filter_params=FilterParams(include_events=["x"])
        ),
        WebhookConfig(
            url="https://e.example",
            filter_params=FilterParams(exclude_events=["room_started"]),
        ),
    )
    virtual.run(1)

    issuers = {}
    for _, request in virtual.sent:
        token = TokenVerifier(keys=KEYS, clock=lambda: NOW)
        claims = token.verify(request.headers["Authorization"])
        issuers[request.url] = claims.api_key
    assert issuers == {B: "APIkey", "https://c.example": "APIother"}
    assert {info.url for info in virtual.infos} == set(issuers)


def test_errors_of_one_extra_are_raised_and_everything_else_is_sent() -> None:
    virtual = Virtual(A, policy=public_only())
    with pytest.raises(UnknownSigningKeyError, match="'APInone'") as caught:
        virtual.queue(
            event(),
            WebhookConfig(url=B, signing_key="APInone"),
            WebhookConfig(url="nonsense"),
            WebhookConfig(url="https://10.0.0.1"),
            WebhookConfig(url=B),
        )
    virtual.run(1)

    assert [type(each) for each in caught.value.others] == [EndpointError] * 2
    assert [request.url for _, request in virtual.sent] == [A, B]


def test_a_key_without_a_secret_is_refused_at_construction() -> None:
    with pytest.raises(UnknownSigningKeyError, match="'APInone'"):
        Virtual(A, api_key="APInone")
    Virtual(api_key="APInone")  # there is nothing to sign yet


def test_new_keys_sign_what_is_queued_later_and_their_secret_what_waits() -> None:
    virtual = Virtual(A, answers={A: [500, 200]})
    virtual.queue(event(id="EV_1"))
    virtual.core.set_keys("APIkey", "n" * 32)
    virtual.core.set_keys("APInew", "m" * 32)
    virtual.queue(event(id="EV_2"), WebhookConfig(url=B))
    virtual.run(10)

    secrets = {**KEYS, "APIkey": "n" * 32, "APInew": "m" * 32}
    issuers = [
        TokenVerifier(keys=secrets if at else KEYS, clock=lambda: NOW)
        .verify(request.headers["Authorization"])
        .api_key
        for at, (_, request) in enumerate(virtual.sent)
    ]
    assert issuers == ["APIkey", "APInew", "APIkey", "APInew"]


def test_empty_keys_are_accepted_and_then_nothing_can_be_queued() -> None:
    virtual = Virtual(A)
    virtual.core.set_keys("", "")

    with pytest.raises(NoKeyError, match="set_keys"):
        virtual.queue(event())
    virtual.core.set_keys("APInew", "m" * 32)
    virtual.queue(event())
    virtual.run(1)
    assert virtual.times(A) == [0]


def test_a_secret_that_is_gone_is_a_failed_attempt_that_is_tried_again() -> None:
    virtual = Virtual(A)
    virtual.core.set_keys("APIkey", "")
    virtual.core.set_keys("APIother", KEYS["APIother"])
    virtual.store.put(Virtual(A).core.accept(event(), (), NOW).deliveries)
    virtual.at(2, lambda: virtual.core.set_keys("APIkey", "n" * 32))
    virtual.run(100)

    assert virtual.times(A) == [3]
    assert virtual.reports.counts.success == 1


def test_after_a_stop_events_are_refused_unless_they_are_filtered() -> None:
    virtual = Virtual(A, events=Filter(("room_started",)))
    virtual.stop()

    virtual.queue(event("other"))
    with pytest.raises(NotifierClosedError, match="notifier is closed"):
        virtual.queue(event())


def test_a_forced_stop_returns_the_rest_and_lets_the_attempt_end_without_another() -> (
    None
):
    virtual = Virtual(A, answers={A: [(5.0, 500)]})
    for at in range(3):
        virtual.queue(event(id=f"EV_{at}"))
    lost: list[str] = []
    virtual.at(1, lambda: lost.extend(each.event_id for each in virtual.stop()))
    virtual.run(1000)

    assert lost == ["EV_1", "EV_2"]
    assert virtual.times(A) == [0]
    (info,) = virtual.infos
    assert (info.event_id, info.is_dropped) == ("EV_0", False)
    assert info.send_error == "giving up after 1 attempt(s): status 500"


def test_a_record_says_what_the_event_is_about() -> None:
    virtual = Virtual(A)
    virtual.queue(
        WebhookEvent(
            event="egress_ended",
            id="EV_1",
            created_at=5,
            room=Room(name="r", sid="RM"),
            participant=ParticipantInfo(identity="p", sid="PA"),
            track=TrackInfo(sid="TR"),
            egress_info=EgressInfo(
                egress_id="EG",
                status=EgressStatus.EGRESS_FAILED,
                error="boom",
                error_code=7,
            ),
        )
    )
    virtual.run(1)

    found = json.loads(virtual.infos[0].to_json())
    assert found == {
        "eventId": "EV_1",
        "event": "egress_ended",
        "roomName": "r",
        "roomId": "RM",
        "participantIdentity": "p",
        "participantId": "PA",
        "trackId": "TR",
        "egressId": "EG",
        "createdAt": "1970-01-01T00:00:05Z",
        "queuedAt": "2026-01-01T00:00:00Z",
        "sentAt": "2026-01-01T00:00:00Z",
        "url": A,
        "serviceStatus": "EGRESS_FAILED",
        "serviceErrorCode": 7,
        "serviceError": "boom",
    }


def test_a_record_has_the_state_of_an_ingress() -> None:
    virtual = Virtual(A)
    state = IngressState(status=IngressState.Status.ENDPOINT_ERROR, error="no")
    virtual.queue(
        WebhookEvent(
            event="ingress_ended",
            ingress_info=IngressInfo(ingress_id="IN", state=state),
        )
    )
    virtual.run(1)

    (info,) = virtual.infos
    assert (info.ingress_id, info.service_status) == ("IN", "ENDPOINT_ERROR")
    assert info.service_error == "no"


def test_no_error_shows_a_token_a_secret_or_credentials(caplog) -> None:
    url = "https://user:hush@a.example/hook?token=hush"
    virtual = Virtual(url, answers={url: [TransportError("closed", sent=True), 404]})
    caplog.set_level("DEBUG", "lkproto")
    virtual.queue(event())
    virtual.run(100)

    texts = [virtual.infos[0].send_error, repr(virtual.core), caplog.text]
    texts += [repr(vars(record)) for record in caplog.records]
    tokens = [request.headers["Authorization"] for _, request in virtual.sent]
    assert "sent again" in caplog.text
    assert "failed to send" in caplog.text
    for text in texts:
        assert "hush" not in text
        assert not any(secret in text for secret in (*KEYS.values(), *tokens))


def test_a_hook_that_raises_stops_nothing(caplog) -> None:
    virtual = Virtual(A)

    def hook(info) -> None:
        raise RuntimeError("of the user")

    virtual.reports.hook = hook
    virtual.queue(event())
    virtual.queue(event())
    virtual.run(1)

    assert len(virtual.sent) == 2
    assert "the processed hook raised" in caplog.text


def test_an_endpoint_that_failed_often_is_probed_by_one_delivery_at_a_time() -> None:
    from lkproto.webhook.notifier._health import FAILURES, Health

    health = Health()
    for _ in range(FAILURES):
        assert health.begin(A)
        health.end(A, ok=False)
    assert health.begin(A)
    assert not health.begin(A)
    assert health.begin(B)
    health.end(A, ok=True)
    assert health.begin(A)
    assert health.begin(A)


class Durable(MemoryStore):
    """A store whose deliveries count as durable, without the time that a disk takes."""

    durable = True


def test_a_durable_delivery_is_tried_for_a_day_and_then_a_dead_letter() -> None:
    virtual = Virtual(A, answers={A: [500]}, store=Durable())
    virtual.queue(event(id="EV_1"))
    virtual.run(2 * 24 * 3600)

    times = virtual.times(A)
    assert times[:10] == [0, 1, 3, 7, 15, 31, 63, 127, 255, 511]
    assert 24 * 3600 - 301 < times[-1] <= 24 * 3600
    assert {round(b - a) for a, b in pairwise(times[10:])} == {300}
    (letter,) = virtual.store.dead_letters()
    assert (letter.reason, letter.attempts) == ("expired", len(times))


def test_a_dead_letter_that_is_replayed_is_sent_with_its_first_bytes() -> None:
    virtual = Virtual(A, answers={A: [404, 200]}, store=Durable())
    virtual.queue(event(id="EV_1"))
    virtual.run(1)
    (letter,) = virtual.store.dead_letters()

    assert virtual.store.replay(letter.seq) == 1
    virtual.run(2)

    first, second = (request.body for _, request in virtual.sent)
    assert first == second
    assert (virtual.store.dead_letters(), virtual.store.next_due()) == ([], None)


def test_nothing_durable_is_dropped_by_age_or_depth() -> None:
    virtual = Virtual(
        A, answers={A: [500] * 8 + [200]}, store=Durable(10_000), max_depth=2, max_age=1
    )
    for at in range(300):
        virtual.queue(event(id=f"EV_{at}"))
    virtual.run(1000)

    assert virtual.reports.counts.success == 300
    assert virtual.reports.counts.dropped == {}


def test_an_endpoint_that_is_away_is_probed_and_then_everything_comes() -> None:
    virtual = Virtual(A, answers={A: [500] * 200 + [200]}, store=Durable(10_000))
    for at in range(100):
        virtual.queue(event(room=f"r{at}", id=f"EV_{at}"))
    virtual.run(3600)

    assert virtual.reports.counts.success == 100
    # After the first twenty failures there is one attempt at a time, so that few are in vain.
    assert len(virtual.times(A)) == 300


def test_durable_deliveries_stay_where_they_are_when_the_notifier_is_stopped() -> None:
    store = Durable()
    virtual = Virtual(A, answers={A: [(5.0, 500)]}, store=store)
    virtual.queue(event(id="EV_1"))

    def stop() -> None:
        virtual.core.closed = virtual.core.stopped = True

    virtual.at(1, stop)
    virtual.run(10)

    assert virtual.infos == []
    assert store.next_due() == NOW + 6
