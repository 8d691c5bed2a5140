"""Tokens, grants and what belongs to them, against livekit/protocol v1.54.0."""
