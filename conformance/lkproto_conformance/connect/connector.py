"""Connectors: how to reach a testee, as text.

Either `exec:command with arguments` or `python:module:factory`.
"""

from __future__ import annotations

import importlib
import shlex

from .connection import Connection, StartError
from .in_process import InProcessTestee
from .process import ProcessTestee


def connect(connector: str) -> Connection:
    """The testee that a connector names, not started yet. Raises StartError."""
    scheme, _, rest = connector.partition(":")
    if scheme == "exec" and rest.strip():
        return ProcessTestee(shlex.split(rest))
    module, _, factory = rest.partition(":")
    if scheme == "python" and factory:
        try:
            return InProcessTestee(getattr(importlib.import_module(module), factory)())
        except (ImportError, AttributeError) as error:
            raise StartError(f"{connector}: {error}") from None
    raise StartError(
        f"{connector}: neither exec:COMMAND nor python:MODULE:FACTORY; "
        "give the command of the testee after exec:"
    )
