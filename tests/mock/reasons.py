"""Why the mock answers some calls of the script otherwise than livekit-server."""

from __future__ import annotations

REASONS: dict[str, str] = {}
