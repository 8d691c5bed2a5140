"""Twirp: clients and servers next to livekit-api, twirpy and a bare ASGI application."""
