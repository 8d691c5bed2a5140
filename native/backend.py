"""The build backend: maturin, except that a machine without Rust gets one line.

maturin would download a toolchain there. Who installs a codec to save time has not asked for
that, and without this package lkproto does the same in pure Python.
"""

from __future__ import annotations

import shutil
import sys

if shutil.which("cargo") is None:
    sys.exit(
        "lkproto-native is compiled, and cargo is not on the PATH: install Rust "
        "(https://rustup.rs), or leave lkproto-native out: lkproto works without it"
    )

from maturin import *  # noqa: F403 - the hooks of PEP 517, all as they are
