"""Why the mock answers some calls of the script otherwise than livekit-server."""

from __future__ import annotations

_WORDS = "words of Go's JSON"
_NO_WORKER = "the server of the recording has no worker, and waits for one"
_CLIENT = "what a client says about itself"
_CLOUD = "only LiveKit Cloud can, and the mock"
# By the name of the call.
REASONS: dict[str, str] = {
    "token-text-for-bool": _WORDS,
    "create-sip-participant": _NO_WORKER,
    "start-room-composite-egress": _NO_WORKER,
    "start-web-egress": _NO_WORKER,
    "start-web-egress-no-url": _NO_WORKER,
    "list-egress": _NO_WORKER,
    "list-participants": _CLIENT,
    "get-participant": _CLIENT,
    "update-participant": _CLIENT,
    "mute-published-track": _CLIENT,
    "forward-participant": _CLOUD,
    "move-participant": _CLOUD,
}
