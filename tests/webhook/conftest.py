"""Fixtures of the tests of webhooks."""

from __future__ import annotations

from .redis_server import redis_server

__all__ = ["redis_server"]
