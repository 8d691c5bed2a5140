"""A LiveKit server, Redis and participants: run by the session `live`, and skipped elsewhere."""
