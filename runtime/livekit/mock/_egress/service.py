# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""Egress: records of recordings and streams, of which none is made.

livekit-server 1.13.5 answers `unavailable` if no egress service is connected. Here everything
starts, and what is stopped is complete; what else can happen, tests do themselves.
"""

from __future__ import annotations

from ..._runtime.twirp import TwirpCode, TwirpContext, TwirpError
from ...livekit_egress_pb import (
    EgressInfo,
    EgressSourceType,
    ListEgressRequest,
    ListEgressResponse,
    ParticipantEgressRequest,
    RoomCompositeEgressRequest,
    StartEgressRequest,
    StopEgressRequest,
    TrackCompositeEgressRequest,
    TrackEgressRequest,
    UpdateLayoutRequest,
    UpdateStreamRequest,
    WebEgressRequest,
)
from ...livekit_egress_twirp import Egress
from ...stream_urls import redact_stream_key
from .._copies import copied, copies
from .._errors import missing
from .life import (
    end_stream,
    is_open,
    is_running,
    new_stream,
    start,
    stop,
    update,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..._runtime.message import Message
    from .._state import State

_WEB = EgressSourceType.EGRESS_SOURCE_TYPE_WEB
_SDK = EgressSourceType.EGRESS_SOURCE_TYPE_SDK


class Egresses(Egress):
    """Recordings and streams of the rooms of a state."""

    def __init__(self, state: State) -> None:
        self._state = state

    def start_egress(
        self, request: StartEgressRequest, context: TwirpContext, /
    ) -> EgressInfo:
        """An egress from any source."""
        source = _SDK if request.media is not None else _WEB
        return self._start(request.room_name, source, egress=request)

    def start_room_composite_egress(
        self, request: RoomCompositeEgressRequest, context: TwirpContext, /
    ) -> EgressInfo:
        """An egress of a room in one picture."""
        return self._start(request.room_name, _WEB, room_composite=request)

    def start_web_egress(
        self, request: WebEgressRequest, context: TwirpContext, /
    ) -> EgressInfo:
        """An egress of a page."""
        return self._start("", _WEB, web=request)

    def start_participant_egress(
        self, request: ParticipantEgressRequest, context: TwirpContext, /
    ) -> EgressInfo:
        """An egress of a participant."""
        return self._start(request.room_name, _SDK, participant=request)

    def start_track_composite_egress(
        self, request: TrackCompositeEgressRequest, context: TwirpContext, /
    ) -> EgressInfo:
        """An egress of two tracks."""
        return self._start(request.room_name, _SDK, track_composite=request)

    def start_track_egress(
        self, request: TrackEgressRequest, context: TwirpContext, /
    ) -> EgressInfo:
        """An egress of a track."""
        return self._start(request.room_name, _SDK, track=request)

    def list_egress(
        self, request: ListEgressRequest, context: TwirpContext, /
    ) -> ListEgressResponse:
        """All, those of a room, or the one that is asked for, which has to be there."""
        with self._state.lock:
            if request.egress_id:
                return ListEgressResponse(
                    items=[copied(self._known(request.egress_id))]
                )
            items = copies(
                each
                for each in self._state.egresses.values()
                if request.room_name in ("", each.room_name)
                and (is_open(each) or not request.active)
            )
        return ListEgressResponse(items=items)

    def stop_egress(
        self, request: StopEgressRequest, context: TwirpContext, /
    ) -> EgressInfo:
        """It is `EGRESS_ENDING` in the answer, and complete after it."""
        with self._state.lock:
            return stop(self._state, self._running(request.egress_id, "stopped"))

    def update_layout(
        self, request: UpdateLayoutRequest, context: TwirpContext, /
    ) -> EgressInfo:
        """An egress that runs; the layout is not kept, as in the server."""
        with self._state.lock:
            info = self._known(request.egress_id)
            if not is_running(info):
                raise missing("participant does not exist")  # who recorded is gone
            return copied(info)

    def update_stream(
        self, request: UpdateStreamRequest, context: TwirpContext, /
    ) -> EgressInfo:
        """Streams are removed by their URL with its key, or their id."""
        with self._state.lock:
            info = self._running(request.egress_id, "updated")
            now = int(self._state.clock() * 1_000_000_000)
            gone = {redact_stream_key(url)[0] for url in request.remove_output_urls}
            for stream in info.stream_results:
                if stream.url in gone or stream.id in request.remove_output_urls:
                    end_stream(stream, now)
            for url in request.add_output_urls:
                info.stream_results.append(new_stream(url, "", now))
            for each in request.add_destinations:
                info.stream_results.append(new_stream(each.url, each.id, now))
            update(self._state, info, info.status, {})
            return copied(info)

    def _start(
        self, room_name: str, source: EgressSourceType, **request: Message
    ) -> EgressInfo:
        with self._state.lock:
            room = self._state.rooms.get(room_name)
            if room_name and room is None:
                raise missing("requested room does not exist")
            sid = room.brief().sid if room and room_name else ""
            return copied(start(self._state, room_name, sid, source, **request))

    def _known(self, egress_id: str) -> EgressInfo:
        found = self._state.egresses.get(egress_id)
        if found is None:
            raise missing("egress does not exist")
        return found

    def _running(self, egress_id: str, what: str) -> EgressInfo:
        info = self._known(egress_id)
        if is_running(info):
            return info
        raise TwirpError(
            TwirpCode.FAILED_PRECONDITION,
            f"egress with status {info.status.name} cannot be {what}",
        )
