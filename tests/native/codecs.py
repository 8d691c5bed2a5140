"""The codecs that can be compared with the exact one, and whether the native one is there."""

from __future__ import annotations

import importlib.util
import os
from importlib import import_module
from typing import Any

from tests.support import module_of

MISSING = "lkproto_native is not installed"
NAMES = ("native", "python")


def is_installed() -> bool:
    """Whether the extension is there. Raises RuntimeError where CI has promised it."""
    found = importlib.util.find_spec("lkproto_native") is not None
    promised = os.environ.get("CI") and os.environ.get("LKPROTO_CODEC") == "native"
    if promised and not found:
        raise RuntimeError(f"{MISSING}, but LKPROTO_CODEC=native promises it in CI")
    return found


def codec_of(package: Any, name: str) -> Any:
    """A codec of a package: "native", or "python" for the straight-line one."""
    if name == "python":
        return module_of(package, "_runtime.straight.codec")
    found = module_of(package, "_runtime.native.choice").native_codec("native")
    if found is None:
        raise RuntimeError("the native codec is not used; a warning says why")
    return found


def extension_of(package: Any) -> Any:
    """The extension's own codec for a package, without the glue."""
    describe = module_of(package, "_runtime.native.describe").describe
    return import_module("lkproto_native").Codec(describe)
