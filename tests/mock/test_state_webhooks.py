"""Webhooks of a mock: what is sent, to whom, and what it has in common with the server's."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import pytest
from lkproto.auth import MappingKeys
from lkproto.livekit import (
    EgressInfo,
    EgressStatus,
    FileInfo,
    ParticipantInfo,
    ParticipantPermission,
    TrackSource,
    WebEgressRequest,
    WebhookConfig,
    WebhookEvent,
)
from lkproto.mock import MockLiveKit
from lkproto.mock._webhooks import Webhooks
from lkproto.webhook import WebhookReceiver
from lkproto.webhook.notifier import EndpointError

from tests.live.captures import recorded

from .sink import receiving
from .states import World

KEY, SECRET = "devkey", "0123456789abcdef0123456789abcdef"
KEYS = MappingKeys({KEY: SECRET})
RECEIVER = WebhookReceiver(KEY, SECRET)
WAIT = 30.0


def test_events_arrive_in_order_and_signed() -> None:
    with receiving(RECEIVER) as sink:
        urls = [sink.url]
        with MockLiveKit({KEY: SECRET}, webhook_urls=urls) as mock:
            mock.join("demo", "ann").publish()
            mock.leave("demo", "ann")
            names = sink.names(5)
            sent = mock.webhooks

    assert names == [
        "room_started",
        "participant_joined",
        "track_published",
        "track_unpublished",
        "participant_left",
    ]
    assert sink.received == sent
    assert len({each.id for each in sent}) == 5


def test_a_delivery_that_fails_comes_again() -> None:
    event = WebhookEvent(event="room_started", id="EV_1")
    with receiving(RECEIVER, 503) as sink:
        webhooks = Webhooks([sink.url], KEYS, KEY)
        webhooks.send(event)
        assert webhooks.flush(WAIT)
        webhooks.stop(WAIT)

    assert [each.id for each in sink.received] == ["EV_1"]


def test_a_flush_says_if_it_takes_too_long() -> None:
    with receiving(RECEIVER, *[503] * 100) as sink:
        webhooks = Webhooks([sink.url], KEYS, KEY)
        webhooks.send(WebhookEvent(event="room_started"))
        assert not webhooks.flush(0.01)
        webhooks.stop(0.0)


def test_what_was_lost_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    with receiving(RECEIVER, *[503] * 100) as sink:
        webhooks = Webhooks([sink.url], KEYS, KEY)
        for name in ("room_started", "room_finished"):
            webhooks.send(WebhookEvent(event=name))  # the second waits for the first
        webhooks.stop(0.0)

    assert "webhooks were not delivered" in caplog.text


def test_webhooks_are_sent_again_after_a_stop() -> None:
    with receiving(RECEIVER) as sink:
        webhooks = Webhooks([sink.url], KEYS, KEY)
        for name in ("room_started", "room_finished"):
            webhooks.send(WebhookEvent(event=name))
            webhooks.stop(WAIT)

    assert [each.event for each in sink.received] == ["room_started", "room_finished"]


def test_a_url_that_cannot_be_used_is_refused() -> None:
    with pytest.raises(EndpointError, match="begins with http"):
        Webhooks(["ftp://x"], KEYS, KEY)


def test_an_egress_names_more_urls_on_this_machine(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with receiving(RECEIVER) as sink:
        wanted = [WebhookConfig(url=sink.url), WebhookConfig(url="https://example.com")]
        request = WebEgressRequest(webhooks=wanted)
        webhooks = Webhooks([], KEYS, KEY)
        info = EgressInfo(egress_id="EG_1", web=request)
        webhooks.send(WebhookEvent(event="egress_started", egress_info=info))
        webhooks.send(WebhookEvent(event="room_started"))
        webhooks.stop(WAIT)

    assert [each.event for each in sink.received] == ["egress_started"]
    assert (
        "egress_started is not sent: 'https://example.com' is not on this machine"
        in (caplog.text)
    )


def test_nothing_that_sends_is_loaded_without_a_url() -> None:
    code = (
        "import sys\n"
        "from lkproto.mock import MockLiveKit\n"
        "with MockLiveKit() as mock:\n"
        "    mock.join('demo', 'ann')\n"
        "    assert [e.event for e in mock.webhooks][0] == 'room_started'\n"
        "print([m for m in sys.modules if m.startswith('lkproto.webhook.notifier')\n"
        "       or m.startswith('lkproto.webhook.stores')])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.strip() == "[]"


def everything(world: World) -> list[WebhookEvent]:
    """What the session `live` lets a real server do (`tests/live/scenario.py`)."""
    world.call("CreateRoom", name="lobby", metadata="{}", maxParticipants=5)
    agent = ParticipantPermission(
        can_subscribe=True, can_publish=True, can_publish_data=True, agent=True
    )
    world.join("lobby", "listener", kind=ParticipantInfo.Kind.AGENT, permission=agent)
    ann = world.join(
        "lobby", "ann", name="Ann", metadata="seat 12", attributes={"user_id": "7"}
    )
    microphone = ann.publish(name="microphone")
    ann.publish(name="camera", source=TrackSource.CAMERA, width=320, height=180)
    ann.unpublish(microphone.sid)
    ann.leave()
    world.call("RemoveParticipant", room="lobby", identity="listener")
    world.abort("lobby", "gone")
    page = world.call("StartWebEgress", url="https://example.com")
    world.update_egress(page.egress_id, EgressStatus.EGRESS_ACTIVE)
    files = [FileInfo(filename="lobby.mp4", size=1)]
    world.update_egress(
        page.egress_id, EgressStatus.EGRESS_COMPLETE, file_results=files
    )
    info = world.call(
        "CreateIngress",
        inputType="WHIP_INPUT",
        name="doorbell",
        roomName="lobby",
        participantIdentity="visitor",
    )
    world.start_ingress(info.ingress_id)
    world.end_ingress(info.ingress_id)
    world.call("DeleteRoom", room="lobby")
    return world.events


def members(events: Iterable[dict[str, Any]]) -> dict[str, dict[str, set[str]]]:
    """By kind and member of an event, such as `room`, the members of this in any event."""
    found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for event in events:
        for name, value in event.items():
            inside = value if isinstance(value, dict) else {}
            found[event["event"]][name] |= inside.keys()
    return found


# What clients and media have, and a worker of egress that is more than a few calls.
NOT_OURS = {
    "mid",
    "stream",
    "layers",
    "backupCodecPolicy",
    "clientProtocol",
    "capabilities",
}
OURS = {"egressId", "updatedAt", "web", "numParticipants", "numPublishers"}


def test_events_have_what_those_of_the_server_have(world: World) -> None:
    ours = members(json.loads(each.to_json()) for each in everything(world))
    theirs = members(recorded())

    assert ours.keys() == theirs.keys()
    for kind, parts in theirs.items():
        assert parts.keys() == ours[kind].keys(), kind
        for name, inside in parts.items():
            missing = inside - ours[kind][name] - NOT_OURS - {"roomName"}
            assert missing == set(), (kind, name)
            more = ours[kind][name] - inside - OURS
            assert more == set(), (kind, name)
