# ruff: noqa: PGH004
# ruff: noqa
# isort: skip_file
# fmt: off
# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""Whether the native codec is used, with a warning where users have to know why not.

Without the extension, only this and `find` are imported.
"""

from __future__ import annotations

from .find import Unusable, found

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .codec import NativeCodec

# The extension or why it is not used, and the warnings that were given.
_known: dict[str, Any] = {}


def native_codec(wanted: str) -> NativeCodec | None:
    """The native codec, or None, with a warning where users have to know.

    `wanted` is what the environment asks for: `native`, `any`, or what it cannot mean.
    """
    if wanted not in ("native", "any"):
        choices = "python, native and exact"
        _warn(f"LKPROTO_CODEC is {wanted!r}, which is none of {choices}; it is ignored")
    module = usable()
    if not isinstance(module, Unusable):
        from .codec import NativeCodec

        return NativeCodec(module)
    if wanted == "native" or module.is_defect:
        _warn(f"the native codec is not used: {module.reason}")
    return None


def usable() -> Any:
    """The extension, found and tested once, or `Unusable`."""
    module = _known.get("module")
    if module is None:
        module = found()
        if not isinstance(module, Unusable):
            from .selftest import passed

            module = passed(module) or module
        # No lock, as in `..codec`: two threads may test it, and both go by what one found.
        module = _known.setdefault("module", module)
    return module


def _warn(text: str) -> None:
    """Warn once, also where warnings are errors: the next call then works."""
    mark = object()
    if _known.setdefault(text, mark) is mark:
        from warnings import warn

        package = (__package__ or "").partition("._runtime")[0]
        warn(f"{package}: {text}", RuntimeWarning, stacklevel=2)
