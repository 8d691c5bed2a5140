# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""Errors of sending webhooks.

    NotifierError
    ├── ConfigError              malformed: the section `webhook:` of a configuration
    ├── UnknownSigningKeyError   unknown_key: a key without a secret
    ├── NoKeyError               no_key: no key was set that signs
    ├── EndpointError            error: a URL that cannot be used
    ├── QueueFullError           queue_full
    └── NotifierClosedError      closed

None contains a secret, a token, or the user name, password or query of a URL.
"""

from __future__ import annotations


class NotifierError(Exception):
    """Base of all reasons not to queue an event.

    One call may fail for one endpoint and succeed for others: `others` are the further errors of
    the call that raised this one, and what is named in none of them is queued.
    """

    kind = "error"
    others: tuple[NotifierError, ...] = ()


class ConfigError(NotifierError, ValueError):
    """A section `webhook:` that cannot be used; the message begins with the place."""

    kind = "malformed"


class UnknownSigningKeyError(NotifierError):
    """A signing key without a secret."""

    kind = "unknown_key"


class NoKeyError(NotifierError):
    """There is no key that signs: it was set to be empty, or never set."""

    kind = "no_key"


class EndpointError(NotifierError, ValueError):
    """A URL to which nothing can be sent, or to which nothing may be sent."""


class QueueFullError(NotifierError):
    """Events of one key and endpoint wait already, as many as may."""

    kind = "queue_full"


class NotifierClosedError(NotifierError):
    """The notifier was stopped."""

    kind = "closed"
