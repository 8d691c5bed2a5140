# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""AgentDispatchService, as livekit-server 1.13.5 answers it where no agent is connected."""

from __future__ import annotations

from .._runtime.twirp import TwirpContext
from ..livekit_agent_dispatch_pb import (
    AgentDispatch,
    CreateAgentDispatchRequest,
    DeleteAgentDispatchRequest,
    ListAgentDispatchRequest,
    ListAgentDispatchResponse,
)
from ..livekit_agent_dispatch_twirp import AgentDispatchService
from ..livekit_room_pb import CreateRoomRequest
from ._copies import copied, copies, same
from ._errors import missing
from ._limits import check_dispatch

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ._state import State


class Dispatches(AgentDispatchService):
    """Dispatches of the rooms of a state."""

    def __init__(self, state: State) -> None:
        self._state = state

    def create_dispatch(
        self, request: CreateAgentDispatchRequest, context: TwirpContext, /
    ) -> AgentDispatch:
        """The room is created if it is not there."""
        check_dispatch(request.deployment, request.metadata, request.attributes)
        with self._state.lock:
            room, _ = self._state.opened(CreateRoomRequest(name=request.room))
            return copied(room.dispatch(same(AgentDispatch, request)))

    def delete_dispatch(
        self, request: DeleteAgentDispatchRequest, context: TwirpContext, /
    ) -> AgentDispatch:
        """The dispatch as it was."""
        with self._state.lock:
            room = self._state.live(request.room)
            found = room.dispatches.pop(request.dispatch_id, None)
        if found is None:
            raise missing("dispatch ID not found")
        return found

    def list_dispatch(
        self, request: ListAgentDispatchRequest, context: TwirpContext, /
    ) -> ListAgentDispatchResponse:
        """All of a room, or the one that is asked for, or none."""
        wanted = request.dispatch_id
        with self._state.lock:
            all_of_it = self._state.live(request.room).dispatches.values()
            found = copies(each for each in all_of_it if wanted in ("", each.id))
        return ListAgentDispatchResponse(agent_dispatches=found)
