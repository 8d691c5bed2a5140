# ruff: noqa: PGH004
# ruff: noqa
# isort: skip_file
# fmt: off
# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""The straight-line codec in the form that `..codec` expects: one function for each direction."""

from __future__ import annotations

from ..arguments import MAX_DEPTH

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ..message import Message


def encoder(cls: type[Message], /) -> Callable[[Message], bytes]:
    """The binary encoder of a class."""
    from .encode import encoder as make

    return make(cls)


def decoder(cls: type[Message], /) -> Callable[[bytes], Message]:
    """The binary decoder of a class."""
    from .decode import decoder as make

    written: Callable[[bytes], Message] = make(cls)
    return written


def bounded_decoder(cls: type[Message], /) -> Callable[[bytes, int], Message]:
    """The binary decoder of a class, with a bound on the messages inside."""
    from .bounded import decoder as make

    return make(cls)


def json_encoder(cls: type[Message], /) -> Callable[[Message], str]:
    """The ProtoJSON printer of a class."""
    from .json_encode import encoder as make

    return make(cls)


def json_decoder(cls: type[Message], /) -> Callable[[str | bytes, bool], Message]:
    """The ProtoJSON parser of a class."""
    from .json_decode import decoder as make

    return make(cls, MAX_DEPTH)
