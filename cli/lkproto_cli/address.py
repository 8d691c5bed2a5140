"""Where a command listens: its options, and what keeps it from there."""

from __future__ import annotations

import errno
import socket

from .main import Parser


def add_address(parser: Parser, port: int) -> None:
    """Add the options that say where to listen; `port` is the usual one."""
    add = parser.add_argument
    add(
        "--host",
        default="127.0.0.1",
        metavar="NAME",
        help="address to listen at; 0.0.0.0 is reached from other machines "
        "(default: 127.0.0.1)",
    )
    add(
        "--port",
        type=int,
        default=port,
        metavar="NUMBER",
        help=f"port to listen at; 0 is any that is free (default: {port})",
    )


def why_not_listening(error: Exception, host: str, port: int) -> str:
    """What keeps a server from its address, and what to do."""
    other = "\n  hint: choose another with --port; 0 is any that is free"
    code = getattr(error, "errno", None)
    if code == errno.EADDRINUSE:
        return f"port {port} of {host} is in use{other}"
    if code == errno.EACCES:
        return f"port {port} of {host} needs rights that you do not have{other}"
    if isinstance(error, socket.gaierror | UnicodeError) or code == errno.EADDRNOTAVAIL:
        return f"{host!a} is not an address of this machine\n  hint: see --host"
    return f"cannot listen at {host}, port {port}: {getattr(error, 'strerror', error)}"
