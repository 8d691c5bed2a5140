# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""What is made of an event: the bytes that are sent, its key, and the record of a delivery."""

from __future__ import annotations

import math

from ...ids import new_guid
from ...livekit_webhook_pb import WebhookEvent

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ...google.protobuf.timestamp_pb import Timestamp
    from ...livekit_analytics_pb import WebhookInfo
    from ..stores import Delivery

NO_KEY = "default"
"""The key of events that are about none of egress, ingress, room, participant and track."""

_NEVER = -62_135_596_800  # Go's zero time, 0001-01-01


def event_key(event: WebhookEvent) -> str:
    """The key whose events keep their order: what an event is about, even if its id is empty.

    As EventKey of livekit/protocol (webhook/resource_url_notifier.go), which ignores jobs.
    """
    if event.egress_info is not None:
        return event.egress_info.egress_id
    if event.ingress_info is not None:
        return event.ingress_info.ingress_id
    if event.room is not None:
        return event.room.name
    if event.participant is not None:
        return event.participant.identity
    return NO_KEY if event.track is None else event.track.sid


def completed(event: WebhookEvent, now: float) -> WebhookEvent:
    """An event with an id and a time; the one that was given stays as it is."""
    if event.id and event.created_at:
        return event
    changed: dict[str, Any] = {
        "id": event.id or new_guid("EV_"),
        "created_at": event.created_at or math.floor(now),
    }
    from ..._runtime.message import replace

    return replace(event, **changed)


def processed(
    delivery: Delivery,
    *,
    ended: float,
    begun: float | None = None,
    sent_at: float | None = None,
    error: str = "",
    dropped: bool = False,
) -> WebhookInfo:
    """The record of a delivery, as webhookInfo of livekit/protocol (webhook/url_notifier.go).

    `begun` is when the event left its queue, None if it never entered one; `sent_at` when the
    first attempt began. Times that are not known are Go's zero time.
    """
    from ...livekit_analytics_pb import WebhookInfo

    event = WebhookEvent.from_json(delivery.body)
    info = WebhookInfo(
        event_id=event.id,
        event=event.event,
        created_at=_timestamp(float(event.created_at)),
        queued_at=_timestamp(None if begun is None else delivery.queued_at),
        queue_duration_ns=(
            0 if begun is None else _nanoseconds(begun - delivery.queued_at)
        ),
        sent_at=_timestamp(sent_at),
        send_duration_ns=0 if sent_at is None else _nanoseconds(ended - sent_at),
        url=delivery.endpoint,
        num_dropped=event.num_dropped,
        is_dropped=dropped,
        send_error=error,
    )
    _name_subjects(info, event)
    return info


def _name_subjects(info: WebhookInfo, event: WebhookEvent) -> None:
    """Say what an event is about."""
    if event.room is not None:
        info.room_name, info.room_id = event.room.name, event.room.sid
    if event.participant is not None:
        info.participant_identity = event.participant.identity
        info.participant_id = event.participant.sid
    if event.track is not None:
        info.track_id = event.track.sid
    egress, ingress = event.egress_info, event.ingress_info
    if egress is not None:
        info.egress_id = egress.egress_id
        info.service_status = _name(egress.status)
        if egress.error:
            info.service_error = egress.error
            info.service_error_code = egress.error_code
    if ingress is not None:
        info.ingress_id = ingress.ingress_id
        if ingress.state is not None:
            info.service_status = _name(ingress.state.status)
            info.service_error = ingress.state.error or info.service_error


def _name(value: Any) -> str:
    """An enum's value as Go prints it: its name, or its number where it has none."""
    return getattr(value, "name", None) or str(int(value))


def _timestamp(seconds: float | None) -> Timestamp:
    from ...google.protobuf.timestamp_pb import Timestamp

    if seconds is None:
        return Timestamp(seconds=_NEVER)
    whole, micros = divmod(round(seconds * 1e6), 1_000_000)
    return Timestamp(seconds=whole, nanos=micros * 1000)


def _nanoseconds(seconds: float) -> int:
    return round(seconds * 1e6) * 1000
