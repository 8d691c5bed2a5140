"""Why the mock answers some calls of the script otherwise than livekit-server."""

from __future__ import annotations

_WORDS = "words of Go's JSON"
_NO_WORKER = "the recorded server has no worker, and waits for one"
_CLIENT = "what a client says about itself"
_CLOUD = "the mock can, and of the servers only LiveKit Cloud's"
_BY_REASON = {
    _WORDS: ["token-text-for-bool"],
    _NO_WORKER: [
        "create-sip-participant",
        "start-egress",
        "start-participant-egress",
        "start-room-composite-egress",
        "start-room-composite-egress-no-output",
        "start-track-composite-egress",
        "start-track-egress",
        "start-web-egress",
        "start-web-egress-no-url",
        "list-egress",
    ],
    _CLIENT: [
        "list-participants",
        "list-participants-after-removal",
        "get-participant",
        "update-participant",
        "update-participant-attributes",
        "update-participant-nothing",
        "mute-published-track",
    ],
    _CLOUD: ["forward-participant", "move-participant"],
}
# By the name of a call.
REASONS = {name: reason for reason, names in _BY_REASON.items() for name in names}
