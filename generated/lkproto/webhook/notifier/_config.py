# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""The section `webhook:` of the server's configuration (livekit/protocol, webhook/notifier.go)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..._runtime.advice import did_you_mean
from ._errors import ConfigError, EndpointError
from ._urls import check_endpoint

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeGuard

MAX_AGE = 30.0
"""Seconds after which a store in memory drops an event that it could not begin to send."""
MAX_DEPTH = 200
"""How many events of one key and endpoint may wait in memory."""

_SMALL = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "μs": 1e-6, "ms": 1e-3}
_UNITS = {**_SMALL, "s": 1.0, "m": 60.0, "h": 3600.0}
_PART = r"([0-9]+(?:\.[0-9]*)?|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h)"


@dataclass(frozen=True, slots=True)
class Filter:
    """Which events are sent: those of `include`, or, where it is empty, all but `exclude`."""

    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()

    def allows(self, event: str) -> bool:
        """Whether an event of this name is sent."""
        return event in self.include if self.include else event not in self.exclude


@dataclass(frozen=True, slots=True)
class NotifierConfig:
    """Where webhooks go, and which.

    `urls` get every event that `filter` allows, signed by the key called `api_key`. `max_age`
    (seconds) and `max_depth` limit what waits in memory. Raises EndpointError.
    """

    urls: tuple[str, ...] = ()
    api_key: str = ""
    max_age: float = MAX_AGE
    max_depth: int = MAX_DEPTH
    filter: Filter = Filter()

    def __post_init__(self) -> None:
        for url in self.urls:
            check_endpoint(url)

    @classmethod
    def from_section(cls, section: Mapping[str, Any] | None) -> NotifierConfig:
        """The section `webhook:` as it is in the server's YAML, already parsed.

        Durations are texts of Go such as `1m30s`. `url_notifier` is accepted and has no effect,
        as in the server. Raises ConfigError with the place.
        """
        members = _mapping(section, "webhook", _SECTION)
        limits = _mapping(members.get(_LIMITS), f"webhook.{_LIMITS}", _LIMIT_NAMES)
        events = _mapping(members.get(_FILTER), f"webhook.{_FILTER}", _FILTER_NAMES)
        _mapping(members.get("url_notifier"), "webhook.url_notifier", _UNUSED)
        try:
            return cls(
                _texts(members.get("urls"), "webhook.urls"),
                _text(members.get("api_key"), "webhook.api_key"),
                _seconds(limits.get("max_age"), f"webhook.{_LIMITS}.max_age"),
                _depth(limits.get("max_depth"), f"webhook.{_LIMITS}.max_depth"),
                Filter(
                    *(
                        _texts(events.get(e), f"webhook.{_FILTER}.{e}")
                        for e in _FILTER_NAMES
                    )
                ),
            )
        except EndpointError as error:
            raise ConfigError(f"webhook.urls: {error}") from None

    @classmethod
    def from_yaml(cls, text: str | bytes) -> NotifierConfig:
        """The section `webhook:` of a server's whole configuration; needs the extra `yaml`.

        Raises ConfigError.
        """
        import yaml

        try:
            document = yaml.safe_load(text)
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            place = (
                f" at line {mark.line + 1}, column {mark.column + 1}" if mark else ""
            )
            problem = f"the configuration is not YAML{place}"
        else:
            if _is_mapping(document):
                return cls.from_section(document.get("webhook"))
            problem = "the configuration is not a mapping with a member `webhook`"
        raise ConfigError(problem)


_LIMITS, _FILTER = "resource_url_notifier", "filter_params"
_SECTION = ("urls", "api_key", "url_notifier", _LIMITS, _FILTER)
_LIMIT_NAMES = ("max_age", "max_depth")
_FILTER_NAMES = ("include_events", "exclude_events")
_UNUSED = ("num_workers", "queue_size")


def _is_mapping(value: object) -> TypeGuard[Mapping[Any, Any]]:
    return isinstance(value, Mapping)


def _is_list(value: object) -> TypeGuard[list[Any] | tuple[Any, ...]]:
    return isinstance(value, list | tuple)


def _mapping(value: object, place: str, names: tuple[str, ...]) -> Mapping[str, Any]:
    """A mapping with no other members than these; null is an empty one."""
    if value is None:
        return {}
    if not _is_mapping(value):
        raise ConfigError(f"{place} is a mapping, not {_kind(value)}")
    for name in value:
        if name not in names:
            near = did_you_mean(str(name), names)
            raise ConfigError(f"{place} has no member {name!r}{near}")
    return value


def _text(value: object, place: str) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    raise ConfigError(f"{place} is text, not {_kind(value)}; put quotes around it")


def _texts(value: object, place: str) -> tuple[str, ...]:
    if value is None:
        return ()
    if not _is_list(value):
        raise ConfigError(f"{place} is a list of texts, not {_kind(value)}")
    return tuple(_text(each, f"{place}[{at}]") for at, each in enumerate(value))


def _depth(value: object, place: str) -> int:
    """A number of events; 0 is the default, as in the server."""
    if value is None or (type(value) is int and value >= 0):
        return value or MAX_DEPTH
    raise ConfigError(f"{place} is a number of events, not {value!r}")


def _seconds(value: object, place: str) -> float:
    """A duration of Go in seconds; 0 is the default, as in the server."""
    found = duration(value) if isinstance(value, str) else None
    if value is None or found is not None:
        return found or MAX_AGE
    raise ConfigError(f"{place} is a duration such as '1m30s', not {value!r}")


def duration(text: str) -> float | None:
    """Seconds of a duration of Go, such as `1m30s` or `1.5h`; None for any other text."""
    text = text.removeprefix("+")
    if text == "0":
        return 0.0
    if not re.fullmatch(f"(?:{_PART})+", text):
        return None
    return sum(float(number) * _UNITS[unit] for number, unit in re.findall(_PART, text))


def _kind(value: object) -> str:
    kinds: dict[type, str] = {list: "a list", dict: "a mapping", str: "text"}
    return kinds.get(type(value), repr(value))
