"""Ways to reach a testee: a process that speaks the protocol, or an object in this process."""

from .connection import Connection, StartError
from .connector import connect
from .in_process import InProcessTestee
from .process import ProcessTestee

__all__ = ["Connection", "InProcessTestee", "ProcessTestee", "StartError", "connect"]
