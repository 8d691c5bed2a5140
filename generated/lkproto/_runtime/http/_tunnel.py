# ruff: noqa: PGH004
# ruff: noqa
# isort: skip_file
# fmt: off
# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""A tunnel through a proxy: CONNECT."""

from __future__ import annotations

import socket

from ._protocol import TransportError
from ._wire import Wire

TYPE_CHECKING: bool = False
if TYPE_CHECKING:
    from ._proxies import Proxy
    from ._urls import Target


def tunnel(sock: socket.socket, proxy: Proxy, target: Target, deadline: float) -> None:
    """Have the proxy connect to the target. Raises OSError and TransportError."""
    name = f"[{target.host}]" if ":" in target.host else target.host
    where = f"{name}:{target.port}"
    wire = Wire(sock, deadline, f"the proxy {proxy.host}:{proxy.port}")
    head = f"CONNECT {where} HTTP/1.1\r\nHost: {where}\r\n{proxy.field}\r\n"
    try:
        status = wire.connected(head.encode())
    except TransportError as error:
        raise TransportError(error.reason, False, str(error)) from None
    if not 200 <= status < 300:
        why = f"{wire.peer} answered {status} instead of connecting"
        raise TransportError("connect", False, why)
