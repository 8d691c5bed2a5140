"""A script of calls of every method of livekit-server: played on it and recorded, and on the mock."""
