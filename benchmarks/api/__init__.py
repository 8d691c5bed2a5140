"""LiveKit's API: calls with their tokens and the import next to livekit-api, and our mock."""
