# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""Webhooks for tests of what receives them: one of each kind, signed, and posted."""

from __future__ import annotations

from ..ids import new_guid
from ..livekit_webhook_pb import WebhookEvent
from ..webhook import sign
from ..webhook.notifier import CONTENT_TYPE, USER_AGENT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .._runtime.message import Message

_AT = 1_800_000_000  # seconds since 1970


class SignedWebhook:
    """A webhook as LiveKit delivers it: the bytes of its `body`, and its `headers`."""

    __module__ = __name__.rpartition(".")[0]
    __slots__ = ("body", "headers")

    def __init__(self, body: bytes, headers: dict[str, str]) -> None:
        self.body = body
        self.headers = headers

    def __repr__(self) -> str:
        return f"<SignedWebhook of {len(self.body)} bytes>"  # a header has the token


def signed(
    event: WebhookEvent,
    api_key: str,
    api_secret: str,
    clock: Callable[[], float] | None,
) -> SignedWebhook:
    """An event as it is delivered."""
    body = event.to_json().encode()
    headers = {
        "Authorization": sign(body, api_key, api_secret, clock=clock),
        "Content-Type": CONTENT_TYPE,
        "User-Agent": USER_AGENT,
    }
    return SignedWebhook(body, headers)


def posted(url: str, webhook: SignedWebhook, timeout: float) -> int:
    """The status that a webhook is answered with. Raises TransportError."""
    from .._runtime.http import Request, StdlibTransport

    transport = StdlibTransport()
    try:
        request = Request("POST", url, webhook.headers, webhook.body, timeout)
        return transport.send(request).status
    finally:
        transport.close()


def sample_events(room: str = "demo", identity: str = "ann") -> list[WebhookEvent]:
    """One event of each of the 12 kinds that livekit-server sends, in an order it could send them.

    They are about one room and one participant. What they have is what the server's have: events of
    tracks have little of room and participant, for example.
    """
    found: list[WebhookEvent] = []
    for number, (name, members) in enumerate(_samples(room, identity)):
        event = WebhookEvent(event=name, id=new_guid("EV_"), created_at=_AT + number)
        for member, message in members.items():
            setattr(event, member, message)
        found.append(event)
    return found


def _samples(room: str, identity: str) -> Iterator[tuple[str, dict[str, Message]]]:
    from ..livekit_egress_pb import EgressInfo, EgressStatus
    from ..livekit_ingress_pb import IngressInfo
    from ..livekit_models_pb import ParticipantInfo, Room, TrackInfo, TrackSource

    opened = Room(sid="RM_sample", name=room, creation_time=_AT)
    someone = ParticipantInfo(
        sid="PA_sample",
        identity=identity,
        state=ParticipantInfo.State.ACTIVE,
        joined_at=_AT + 1,
    )
    there: dict[str, Message] = {"room": opened, "participant": someone}
    track: dict[str, Message] = {
        "room": Room(sid="RM_sample", name=room),
        "participant": ParticipantInfo(sid="PA_sample", identity=identity),
        "track": TrackInfo(sid="TR_sample", source=TrackSource.MICROPHONE),
    }
    stream = IngressInfo(ingress_id="IN_sample", room_name=room)
    yield "room_started", {"room": opened}
    yield "participant_connection_aborted", there
    yield "participant_joined", there
    yield "track_published", track
    yield "ingress_started", {"ingress_info": stream}
    for name, status in (
        ("egress_started", EgressStatus.EGRESS_STARTING),
        ("egress_updated", EgressStatus.EGRESS_ACTIVE),
        ("egress_ended", EgressStatus.EGRESS_COMPLETE),
    ):
        info = EgressInfo(
            egress_id="EG_sample", room_id="RM_sample", room_name=room, status=status
        )
        yield name, {"egress_info": info}
    yield "ingress_ended", {"ingress_info": stream}
    yield "track_unpublished", track
    yield "participant_left", there
    yield "room_finished", {"room": opened}
