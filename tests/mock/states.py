"""A state without a server, and its services, called as the server calls them."""

from __future__ import annotations

from typing import Any

import lkproto.livekit as messages
import pytest
from lkproto import TwirpContext, TwirpError
from lkproto.livekit import WebhookEvent
from lkproto.mock._actions import Actions
from lkproto.mock._dispatches import Dispatches
from lkproto.mock._egress.service import Egresses
from lkproto.mock._ingress.service import Ingresses
from lkproto.mock._rooms import Rooms
from lkproto.mock._sip.service import Sip
from lkproto.mock._state import State

NOW = 1_767_225_600.25
PREFIX = "twirp error unknown: "
"""What livekit-server 1.13.5 writes before most texts."""


class World(Actions):
    """A state at a fixed time, and the events that it emitted."""

    def __init__(self) -> None:
        self.events: list[WebhookEvent] = []
        self.state = State(self.events.append, lambda: NOW)
        super().__init__(self.state)
        made = (Rooms, Dispatches, Sip, Ingresses, Egresses)
        self._services: list[Any] = [each(self.state) for each in made]

    def call(self, method: str, /, **fields: Any) -> Any:
        """Call a method of any service, such as `CreateRoom`; `fields` are ProtoJSON."""
        for service in self._services:
            for row in service._twirp_service:
                if row.name == method:
                    cls = getattr(messages, row.input.rpartition(".")[2])
                    request = cls.from_dict(fields)
                    return getattr(service, row.python_name)(request, TwirpContext())
        raise LookupError(method)

    def refused(self, method: str, /, **fields: Any) -> tuple[str, str]:
        """Code and text of the error that a call ends with."""
        with pytest.raises(TwirpError) as caught:
            self.call(method, **fields)
        return caught.value.code.value, caught.value.msg

    @property
    def names(self) -> list[str]:
        """The names of the events since they were last asked for."""
        found = [each.event for each in self.events]
        self.events.clear()
        return found
