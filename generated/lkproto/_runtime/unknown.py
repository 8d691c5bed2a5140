# ruff: noqa: PGH004
# ruff: noqa
# isort: skip_file
# fmt: off
"""Fields of a message that its schema does not know: kept byte for byte."""

# Modules of the runtime share the layout of messages; see `message`.
# pyright: reportPrivateUsage=false

from __future__ import annotations

TYPE_CHECKING: bool = False
if TYPE_CHECKING:
    from .message import Message


def has_unknown(message: Message) -> bool:
    """Whether a message carries fields its schema does not know."""
    return bool(message._unknown)


def unknown_bytes(message: Message) -> bytes:
    """The fields a message's schema does not know, as they came on the wire."""
    return message._unknown


def clear_unknown(message: Message) -> None:
    """Forget the fields a message's schema does not know, in it and in all it holds."""
    from .visit import submessages

    message._unknown = b""
    for child in submessages(message):
        clear_unknown(child)
