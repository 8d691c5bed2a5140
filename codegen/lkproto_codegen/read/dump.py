"""The intermediate representation as JSON, for people and tools outside Python."""

from __future__ import annotations

import base64
import json
import math
from dataclasses import asdict
from typing import Any

from ..ir import Schema


def dump(schema: Schema) -> str:
    """Deterministic JSON of a schema: bytes as base64, infinities and NaN as text."""
    return json.dumps(_plain(asdict(schema)), indent=2, ensure_ascii=True) + "\n"


def _plain(found: Any) -> Any:
    value: Any = found
    if isinstance(found, dict):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(found, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value
