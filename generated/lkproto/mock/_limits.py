# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""Limits of livekit-server 1.13.5 in its default configuration, in bytes of UTF-8."""

from __future__ import annotations

from ._errors import bad_argument, invalid

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_NAME = 256
MAX_METADATA = 512 * 1024
MAX_ATTRIBUTES = 64 * 1024
MAX_DEPLOYMENT = 64
_NAME = "name length exceeds limits"
_METADATA = "metadata size exceeds limits"
_ATTRIBUTES = "attribute size exceeds limits"


def size(text: str) -> int:
    """Bytes of a text."""
    return len(text.encode("utf-8", "surrogatepass"))


def size_of_all(attributes: Mapping[str, str]) -> int:
    """Bytes of names and values."""
    return sum(size(name) + size(value) for name, value in attributes.items())


def check_room_name(name: str) -> None:
    """Raises TwirpError."""
    if size(name) > MAX_NAME:
        raise invalid(f"room {_NAME}: max length {MAX_NAME}")


def check_name(name: str) -> None:
    """Raises TwirpError."""
    if size(name) > MAX_NAME:
        raise bad_argument(_NAME, MAX_NAME)


def check_values(metadata: str, attributes: Mapping[str, str]) -> None:
    """Raises TwirpError."""
    if size(metadata) > MAX_METADATA:
        raise bad_argument(_METADATA, MAX_METADATA)
    if size_of_all(attributes) > MAX_ATTRIBUTES:
        raise bad_argument(_ATTRIBUTES, MAX_ATTRIBUTES)


def check_dispatch(
    deployment: str, metadata: str, attributes: Mapping[str, str]
) -> None:
    """Raises TwirpError; the texts are others than those of rooms."""
    if problem := problem_of_deployment(deployment):
        raise invalid(problem)
    if size(metadata) > MAX_METADATA:
        raise invalid(_METADATA)
    if size_of_all(attributes) > MAX_ATTRIBUTES:
        raise invalid(_ATTRIBUTES)


def problem_of_deployment(deployment: str) -> str:
    """What is wrong with the name of an agent's deployment; empty if nothing is."""
    data = deployment.encode("utf-8", "surrogatepass")
    if len(data) > MAX_DEPLOYMENT:
        return f"deployment exceeds {MAX_DEPLOYMENT} bytes"
    for at, byte in enumerate(data):
        if byte == ord("_"):
            return "deployment contains reserved character '_'"
        if byte <= ord(" ") or byte == 0x7F:
            return f"deployment contains whitespace or control byte at position {at}"
    return ""
