"""Ways to reach a testee: a process, an object of this process, a connection, a transcript."""

from .connection import Connection, ConnectorError, StartError
from .connector import FORMS, check, connect, instances
from .folder import Folder, FolderTestee
from .in_process import InProcessTestee
from .process import ProcessTestee
from .replay import Missing, ReplayTestee
from .tcp import TcpTestee

__all__ = [
    "FORMS",
    "Connection",
    "ConnectorError",
    "Folder",
    "FolderTestee",
    "InProcessTestee",
    "Missing",
    "ProcessTestee",
    "ReplayTestee",
    "StartError",
    "TcpTestee",
    "check",
    "connect",
    "instances",
]
