# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""The order of a participant's events, which may arrive in another.

LiveKit does not promise any: `participant_left` may come before `participant_joined`, without it,
or after the participant has joined again. A participant that joins again has a new `sid`.
"""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock

from ._events import ParticipantConnectionAborted, ParticipantEvent, ParticipantLeft

# The last event of a participant: its `sid`, when, and whether the participant was gone then.
_Last = tuple[str, int, bool]


class ParticipantOrder:
    """Says which events still count, because no later one has overtaken them.

    It compares the `sid` of room and participant, and `created_at`, which counts seconds. Of what
    happened in one second, being in the room counts for more with another `sid`, and having left
    with the same one. It keeps the last event of each identity in a room, up to `most` of them.
    """

    __slots__ = ("_last", "_lock", "_most")

    def __init__(self, most: int = 100_000) -> None:
        self._last: OrderedDict[tuple[str, str], _Last] = OrderedDict()
        self._lock = Lock()
        self._most = most

    def accept(self, event: ParticipantEvent) -> bool:
        """Whether an event counts; if so, it is the last one of its participant from now on."""
        gone = isinstance(event, (ParticipantLeft, ParticipantConnectionAborted))
        found = event.participant.sid, event.created_at, gone
        key = event.room.sid, event.participant.identity
        with self._lock:
            last = self._last.get(key)
            if last is not None and _is_overtaken(found, last):
                return False
            self._last[key] = found
            self._last.move_to_end(key)
            if len(self._last) > self._most:
                self._last.popitem(last=False)
        return True


def _is_overtaken(found: _Last, last: _Last) -> bool:
    """Whether an event is older than the last one."""
    sid, at, gone = found
    last_sid, last_at, was_gone = last
    if sid == last_sid:  # who has left with a `sid` does not come back with it
        return not gone and (was_gone or at < last_at)
    return at < last_at or (at == last_at and gone)
