# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""Sending webhooks: in order, again when it fails, and across restarts with a durable store."""

from __future__ import annotations

from ._async import AsyncNotifier
from ._base import LEASE, MAX_IN_FLIGHT
from ._config import MAX_AGE, MAX_DEPTH, Filter, NotifierConfig
from ._core import CONTENT_TYPE, TIMEOUT, USER_AGENT
from ._errors import (
    ConfigError,
    EndpointError,
    NoKeyError,
    NotifierClosedError,
    NotifierError,
    QueueFullError,
    UnknownSigningKeyError,
)
from ._events import event_key
from ._prometheus import PrometheusMetrics
from ._reports import Counts
from ._retries import DURABLE, OF_THE_REFERENCE, Retries
from ._threaded import Notifier
from ._urls import public_only

__all__ = [
    "CONTENT_TYPE",
    "DURABLE",
    "LEASE",
    "MAX_AGE",
    "MAX_DEPTH",
    "MAX_IN_FLIGHT",
    "OF_THE_REFERENCE",
    "TIMEOUT",
    "USER_AGENT",
    "AsyncNotifier",
    "ConfigError",
    "Counts",
    "EndpointError",
    "Filter",
    "NoKeyError",
    "Notifier",
    "NotifierClosedError",
    "NotifierConfig",
    "NotifierError",
    "PrometheusMetrics",
    "QueueFullError",
    "Retries",
    "UnknownSigningKeyError",
    "event_key",
    "public_only",
]

# People see the classes where they import them from, also in tracebacks and pickles.
for _each in (
    AsyncNotifier,
    ConfigError,
    Counts,
    EndpointError,
    Filter,
    NoKeyError,
    Notifier,
    NotifierClosedError,
    NotifierConfig,
    NotifierError,
    PrometheusMetrics,
    QueueFullError,
    Retries,
    UnknownSigningKeyError,
):
    _each.__module__ = __name__
