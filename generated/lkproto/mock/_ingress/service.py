# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""Ingress, as livekit-server 1.13.5 answers it.

The server needs an ingress service to pull from a URL; the mock does not.
"""

from __future__ import annotations

import re

from ..._runtime.twirp import TwirpContext
from ...ids import new_guid
from ...livekit_ingress_pb import (
    CreateIngressRequest,
    DeleteIngressRequest,
    IngressInfo,
    IngressInput,
    IngressState,
    ListIngressRequest,
    ListIngressResponse,
    UpdateIngressRequest,
)
from ...livekit_ingress_twirp import Ingress
from .._copies import copied, copies, same
from .._errors import invalid, missing
from .checks import problem_of, transcodes
from .life import end, is_active

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .._state import State

URLS = {
    IngressInput.RTMP_INPUT: "rtmp://127.0.0.1/live",
    IngressInput.WHIP_INPUT: "http://127.0.0.1/whip",
}
"""Where nobody listens."""
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*(?=:)")
_PULLED = ("http", "https", "srt")
_TEXTS = (
    "name",
    "room_name",
    "participant_identity",
    "participant_name",
    "participant_metadata",
)
_STATUS = IngressState.Status


class Ingresses(Ingress):
    """Streams into the rooms of a state."""

    def __init__(self, state: State) -> None:
        self._state = state

    def create_ingress(
        self, request: CreateIngressRequest, context: TwirpContext, /
    ) -> IngressInfo:
        """An ingress that nobody streams to yet; one that pulls is buffering."""
        info = same(
            IngressInfo,
            request,
            ingress_id=new_guid("IN_"),
            state=IngressState(),
            bypass_transcoding=False,
        )
        _set_source(info)
        _settle(info)
        with self._state.lock:
            self._state.ingresses[info.ingress_id] = info
            return copied(info)

    def update_ingress(
        self, request: UpdateIngressRequest, context: TwirpContext, /
    ) -> IngressInfo:
        """Empty fields change nothing."""
        with self._state.lock:
            info = copied(self._known(request.ingress_id))
            if not info.reusable:
                raise invalid("ingress is not reusable and cannot be modified")
            _apply(copied(request), info)
            if info.state and info.state.status == _STATUS.ENDPOINT_ERROR:
                info.state.status = _STATUS.ENDPOINT_INACTIVE
            _settle(info)
            self._state.ingresses[info.ingress_id] = info
            return copied(info)

    def list_ingress(
        self, request: ListIngressRequest, context: TwirpContext, /
    ) -> ListIngressResponse:
        """All, those of a room, or the one that is asked for, which has to be there."""
        with self._state.lock:
            if request.ingress_id:
                items = [copied(self._known(request.ingress_id))]
            else:
                found = self._state.ingresses.values()
                items = copies(
                    i for i in found if request.room_name in ("", i.room_name)
                )
        return ListIngressResponse(items=items)

    def delete_ingress(
        self, request: DeleteIngressRequest, context: TwirpContext, /
    ) -> IngressInfo:
        """The ingress as it was; a stream ends."""
        with self._state.lock:
            info = self._known(request.ingress_id)
            if is_active(info):
                end(self._state, info)
            del self._state.ingresses[info.ingress_id]
            info.state = info.state or IngressState()
            info.state.status = _STATUS.ENDPOINT_INACTIVE
            return info

    def _known(self, ingress_id: str) -> IngressInfo:
        found = self._state.ingresses.get(ingress_id)
        if found is None:
            raise missing("ingress does not exist")
        return found


def _set_source(info: IngressInfo) -> None:
    """Say where a new ingress is streamed to, or that it pulls. Raises TwirpError."""
    if info.input_type == IngressInput.URL_INPUT:
        _check_pulled(info)
        info.state = IngressState(status=_STATUS.ENDPOINT_BUFFERING)
    elif info.input_type in URLS:
        info.url = URLS[info.input_type]
        info.stream_key = new_guid("")
        info.reusable = True
    else:
        raise invalid("invalid ingress type")


def _apply(request: UpdateIngressRequest, info: IngressInfo) -> None:
    for name in _TEXTS:
        setattr(info, name, getattr(request, name) or getattr(info, name))
    for name in ("enable_transcoding", "audio", "video", "enabled"):
        if (value := getattr(request, name)) is not None:
            setattr(info, name, value)


def _check_pulled(info: IngressInfo) -> None:
    """What the server asks of a stream that it pulls. Raises TwirpError."""
    if not info.url:
        raise invalid("invalid ingress: missing URL parameter")
    found = _SCHEME.match(info.url)
    scheme = found[0].lower() if found else ""
    if scheme not in _PULLED:
        raise invalid(f"invalid ingress: invalid url scheme {scheme}")
    if not info.room_name:
        raise invalid("invalid ingress: no room name")


def _settle(info: IngressInfo) -> None:
    """Check an ingress, and say in both fields whether it transcodes. Raises TwirpError."""
    if problem := problem_of(info):
        raise invalid(problem)
    info.enable_transcoding = transcodes(info)
    info.bypass_transcoding = not info.enable_transcoding
