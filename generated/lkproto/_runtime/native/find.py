# ruff: noqa: PGH004
# ruff: noqa
# isort: skip_file
# fmt: off
# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""Finds the extension `lkproto_native`, and says why it cannot be used if that is so."""

from __future__ import annotations

import sys

from ..table import CONTRACT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    def _imported() -> Any: ...

else:
    # Not seen by type checkers: in a package that users generate, the module may be missing. Tools
    # that look for imports, such as PyInstaller, see it.

    def _imported():
        import lkproto_native

        return lkproto_native


class Unusable:
    """Why the extension cannot be used.

    `is_defect` says that it is installed where it should work, so that users have to know.
    """

    __slots__ = ("is_defect", "reason")

    def __init__(self, reason: str, *, is_defect: bool = False) -> None:
        self.reason = reason
        self.is_defect = is_defect


def found() -> Any:
    """The extension, made for this version of the contract, or `Unusable`.

    Raises ImportError if a signal handler asks during the import of the extension.
    """
    if sys.implementation.name != "cpython":
        return Unusable(f"it is for CPython, not {sys.implementation.name}")
    # Importing it would give a free-threaded interpreter its lock back.
    if is_free_threaded():
        return Unusable("it does not support free-threaded Python")
    try:
        module = _imported()
    except ModuleNotFoundError as error:
        if error.name == "lkproto_native":
            return Unusable("lkproto-native is not installed")
        return Unusable(str(error))
    except ImportError as error:  # also in a second interpreter of the process
        return Unusable(str(error))
    if getattr(module.__spec__, "_initializing", False):
        raise ImportError("lkproto_native is being imported")
    return _fitting(module)


def is_free_threaded() -> bool:
    """Whether the interpreter was built without the global lock, or runs without it."""
    has_lock = getattr(sys, "_is_gil_enabled", None)
    return "free-threading" in sys.version or (has_lock is not None and not has_lock())


def _fitting(module: Any) -> Any:
    contract = getattr(module, "TABLE_CONTRACT", None)
    if contract == CONTRACT:
        return module
    version = getattr(module, "__version__", "of an unknown version")
    return Unusable(
        f"lkproto-native {version} has version {contract} of the codec contract, and this package "
        f"version {CONTRACT}; install the lkproto-native of the lkproto that generated it",
        is_defect=True,
    )
