# ruff: noqa: PGH004
# ruff: noqa
# isort: skip_file
# fmt: off
# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""Which transport is used where none is given."""

from __future__ import annotations

from ._stdlib import StdlibTransport
from ._stdlib_async import StdlibAsyncTransport

TYPE_CHECKING: bool = False
if TYPE_CHECKING:
    from ._transport import AsyncTransport, Transport


def default_transport() -> Transport:
    """A new transport: the standard library's, which takes less time than pyreqwest's."""
    return StdlibTransport()


def default_async_transport() -> AsyncTransport:
    """A new one for asyncio: the standard library's, which takes less time than the others."""
    return StdlibAsyncTransport()
