"""Strategies of hypothesis for what LiveKit's protocol is made of, to test any implementation.

Messages of any class, wire data and JSON, grants, keys, tokens, deliveries of webhooks, and
exchanges of Twirp; each in ordinary and in hostile forms. All of them shrink.
"""

from importlib.util import find_spec

if find_spec("hypothesis") is None:
    raise ImportError(
        "lkproto_conformance.strategies needs hypothesis: pip install 'lkproto[conformance]'"
    )

from .claims import grants, permissions, room_configurations, video_grants
from .json_texts import hostile_json, json_of
from .keys import KeyPair, key_lists, key_pairs
from .messages import from_message, unknown_fields
from .scalars import Mode, floats, numbers, scalars, texts
from .tokens import Token, hostile_tokens, tokens, valid_tokens
from .twirp import (
    ErrorAnswer,
    Exchange,
    error_answers,
    raw_answers,
    raw_requests,
    twirp_exchanges,
)
from .webhooks import Delivery, webhook_bodies, webhook_deliveries, webhook_events
from .well_known import json_values
from .wire import hostile_wire, wire_of

__all__ = [
    "Delivery",
    "ErrorAnswer",
    "Exchange",
    "KeyPair",
    "Mode",
    "Token",
    "error_answers",
    "floats",
    "from_message",
    "grants",
    "hostile_json",
    "hostile_tokens",
    "hostile_wire",
    "json_of",
    "json_values",
    "key_lists",
    "key_pairs",
    "numbers",
    "permissions",
    "raw_answers",
    "raw_requests",
    "room_configurations",
    "scalars",
    "texts",
    "tokens",
    "twirp_exchanges",
    "unknown_fields",
    "valid_tokens",
    "video_grants",
    "webhook_bodies",
    "webhook_deliveries",
    "webhook_events",
    "wire_of",
]
