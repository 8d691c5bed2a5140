"""The `lkproto` command: a thin dispatcher; each subcommand is a module of its own."""

from __future__ import annotations

from .main import main

__all__ = ["main"]
