# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""Recordings and streams that begin, change and end, as an egress service reports them."""

from __future__ import annotations

from ..._runtime.visit import set_fields, submessages
from ...ids import new_guid
from ...livekit_egress_pb import (
    EgressInfo,
    EgressSourceType,
    EgressStatus,
    FileInfo,
    ImagesInfo,
    SegmentsInfo,
    StreamInfo,
    StreamOutput,
)
from ...stream_urls import redact_stream_key
from .._copies import copied
from .._errors import MockError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from ..._runtime.message import Message
    from .._state import State

# livekit/protocol, egress/redact.go
_HIDDEN = {
    "access_key": "access_key",
    "account_key": "account_key",
    "account_name": "account_name",
    "assume_role_external_id": "external_id",
    "credentials": "credentials",
    "secret": "secret",
    "session_token": "session_token",
}
_RUNNING = (EgressStatus.EGRESS_STARTING, EgressStatus.EGRESS_ACTIVE)
_OPEN = (*_RUNNING, EgressStatus.EGRESS_ENDING)


def known(state: State, egress_id: str) -> EgressInfo:
    """An egress; holds the lock. Raises MockError."""
    found = state.egresses.get(egress_id)
    if found is None:
        there = ", ".join(map(repr, state.egresses)) or "none"
        raise MockError(f"there is no egress {egress_id!r}; there is {there}")
    return found


def is_running(info: EgressInfo) -> bool:
    """Whether it records, or is about to."""
    return info.status in _RUNNING


def is_open(info: EgressInfo) -> bool:
    """Whether it has not ended."""
    return info.status in _OPEN


def start(
    state: State,
    room_name: str,
    room_id: str,
    source: EgressSourceType,
    **request: Message,
) -> EgressInfo:
    """Start what a request asks for; it is `EGRESS_STARTING`. Holds the lock."""
    now = _now(state)
    wanted: dict[str, Any] = {name: copied(each) for name, each in request.items()}
    info = EgressInfo(
        egress_id=new_guid("EG_"),
        room_id=room_id,
        room_name=room_name,
        source_type=source,
        started_at=now,
        updated_at=now,
        **wanted,
    )
    for each in wanted.values():
        for output in _outputs(each):
            _expect(info, output, now)
        hide(each)
    state.egresses[info.egress_id] = info
    state.emit("egress_started", egress_info=info)
    return info


def update(
    state: State, info: EgressInfo, status: EgressStatus, fields: dict[str, Any]
) -> None:
    """Change an egress that has not ended; one that ends does so now. Holds the lock.

    `fields` are of EgressInfo. Raises MockError.
    """
    if not is_open(info):
        raise MockError(f"the egress {info.egress_id!r} has ended: {info.status.name}")
    for name, value in fields.items():
        setattr(info, name, value)
    info.status = status
    info.updated_at = _now(state)
    if is_open(info):
        state.emit("egress_updated", egress_info=info)
        return
    info.ended_at = info.updated_at
    for each in info.stream_results:
        end_stream(each, info.ended_at)
    state.emit("egress_ended", egress_info=info)


def stop(state: State, info: EgressInfo) -> EgressInfo:
    """Stop an egress, which completes at once; returns how it was before. Holds the lock."""
    update(state, info, EgressStatus.EGRESS_ENDING, {})
    found = copied(info)
    update(state, info, EgressStatus.EGRESS_COMPLETE, {})
    return found


def stop_all_of(state: State, room_id: str) -> None:
    """Stop what records a room, since it ends; holds the lock."""
    for info in state.egresses.values():
        if info.room_id == room_id and is_running(info):
            stop(state, info)


def new_stream(url: str, name: str, now: int) -> StreamInfo:
    """A destination of a stream, without its key; it may have a name, which is its `id`."""
    return StreamInfo(url=redact_stream_key(url)[0], id=name, started_at=now)


def end_stream(stream: StreamInfo, now: int) -> None:
    """End a stream that has not ended; `now` in nanoseconds."""
    if stream.status == StreamInfo.Status.ACTIVE and not stream.ended_at:
        stream.status = StreamInfo.Status.FINISHED
        stream.ended_at = now
        stream.duration = now - stream.started_at


def hide(message: Message) -> None:
    """Hide credentials of a request as the server does, as `{secret}`, and keys of streams."""
    if isinstance(message, StreamOutput):
        message.urls = [redact_stream_key(url)[0] for url in message.urls]
    for field, _ in set_fields(message):
        if type(message).__name__.endswith("Upload") and field.name in _HIDDEN:
            setattr(message, field.name, f"{{{_HIDDEN[field.name]}}}")
    for each in submessages(message):
        hide(each)


def _outputs(request: Message) -> Iterator[Message]:
    """The outputs of a request, new and old forms."""
    for each in submessages(request):
        yield each
        yield from _outputs(each)


def _expect(info: EgressInfo, output: Any, now: int) -> None:
    """Write what an output will give into the results."""
    kind = type(output).__name__
    if isinstance(output, StreamOutput):
        for url in output.urls:
            info.stream_results.append(new_stream(url, "", now))
        for each in output.destinations:
            info.stream_results.append(new_stream(each.url, each.id, now))
    elif kind in ("FileOutput", "EncodedFileOutput", "DirectFileOutput"):
        info.file_results.append(FileInfo(filename=output.filepath, started_at=now))
    elif kind == "SegmentedFileOutput":
        names = output.playlist_name, output.live_playlist_name
        info.segment_results.append(
            SegmentsInfo(
                playlist_name=names[0], live_playlist_name=names[1], started_at=now
            )
        )
    elif kind == "ImageOutput":
        prefix = output.filename_prefix
        info.image_results.append(ImagesInfo(filename_prefix=prefix, started_at=now))


def _now(state: State) -> int:
    return int(state.clock() * 1_000_000_000)
