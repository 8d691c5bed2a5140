"""Threads, signals, collections and code of users in the middle do no harm to the native codec."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from tests.support import ROOT

from . import stress
from .codecs import is_installed

pytestmark = pytest.mark.slow
SECONDS = "5"


def tried(trial: str, codec: str) -> str:
    """What the process of a trial prints."""
    done = subprocess.run(
        [sys.executable, "-X", "faulthandler", "-m", "tests.native.stress", trial,
         "--codec", codec, "--seconds", SECONDS],
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path])},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
        cwd=ROOT,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-4000:]
    assert done.stderr == ""
    return done.stdout


@pytest.mark.parametrize("trial", stress.TRIALS)
def test_the_native_codec_passes(trial: str, native: None) -> None:
    if trial == "signals" and not hasattr(signal, "setitimer"):
        pytest.skip("this system has no timers that ring")
    said = tried(trial, "native").split()

    assert said[0] == trial + ":"
    assert int(said[1]) > 10


@pytest.mark.skipif(is_installed(), reason="the native codec is tried itself")
@pytest.mark.parametrize("trial", ["directions", "in_numbers"])
def test_trials_run_without_the_extension(trial: str) -> None:
    assert int(tried(trial, "python").split()[1]) > 10
