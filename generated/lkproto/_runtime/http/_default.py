# ruff: noqa: PGH004
# ruff: noqa
# isort: skip_file
# fmt: off
# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""Which transport is used where none is given."""

from __future__ import annotations

from ._pyreqwest import PyreqwestAsyncTransport, is_importable
from ._stdlib import StdlibTransport
from ._stdlib_async import StdlibAsyncTransport

TYPE_CHECKING: bool = False
if TYPE_CHECKING:
    from ._transport import AsyncTransport, Transport


def default_transport() -> Transport:
    """A new transport: the standard library's, which takes less time than pyreqwest's."""
    return StdlibTransport()


def default_async_transport() -> AsyncTransport:
    """A new one for asyncio: pyreqwest's where it is installed, else the standard library's.

    It imports pyreqwest, so call it where the first request is made. In a child of a fork, where
    pyreqwest cannot work, its transport sends with the standard library.
    """
    return PyreqwestAsyncTransport() if is_importable() else StdlibAsyncTransport()
