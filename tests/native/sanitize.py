"""The fuzzer and the trials with the extension built for AddressSanitizer.

`python -m tests.native.sanitize --comparisons 200000` needs cargo, a C compiler that has the
runtime of the sanitizer (gcc: libasan), and Linux. A stable toolchain will do: RUSTC_BOOTSTRAP
lets it take the unstable option. Python allocates by malloc, so that what is beyond the end of an
object of Python is seen, too. Leaks are not looked for: `test_memory` does that.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.support import ROOT

from .stress import TRIALS

RUNTIME = "libasan.so"


def told(command: list[str]) -> str:
    """What a command prints."""
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def runtime() -> str:
    """The library of the sanitizer, which has to be loaded before Python's allocations."""
    found = told(["cc", f"-print-file-name={RUNTIME}"]).strip()
    if found == RUNTIME:
        raise SystemExit(f"the C compiler has no {RUNTIME}; install gcc with libasan")
    return found


def host() -> str:
    """The target of the machine, which has to be named so that build scripts are not instrumented."""
    lines = told(["rustc", "-vV"]).splitlines()
    return next(each.split()[1] for each in lines if each.startswith("host:"))


def built(native: Path, target: Path) -> Path:
    """The extension, built in a folder for this Python."""
    environment = os.environ | {
        "RUSTC_BOOTSTRAP": "1",
        "RUSTFLAGS": "-Zsanitizer=address -Cforce-frame-pointers=yes",
        "CARGO_TARGET_DIR": str(target),
        "PYO3_PYTHON": sys.executable,
    }
    command = ["cargo", "build", "--profile", "fast", "--target", host()]
    subprocess.run(command, check=True, cwd=native, env=environment)
    return target / host() / "fast" / "liblkproto_native.so"


def in_sanitizer(folder: Path, *arguments: str) -> int:
    """Run Python with the extension of a folder; returns its exit code."""
    path = [str(folder), str(ROOT), *sys.path]
    environment = os.environ | {
        "ASAN_OPTIONS": "detect_leaks=0",
        "LD_PRELOAD": runtime(),
        "PYTHONMALLOC": "malloc",
        "PYTHONPATH": os.pathsep.join(path),
    }
    environment.pop("LKPROTO_CODEC", None)
    command = [sys.executable, "-X", "faulthandler", *arguments]
    return subprocess.run(command, check=False, env=environment, cwd=ROOT).returncode


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.native.sanitize", description=__doc__
    )
    parser.add_argument("--comparisons", default="200000")
    parser.add_argument("--seed", default="1")
    parser.add_argument(
        "--trial-seconds", default="10", help="for each trial of stress"
    )
    parser.add_argument("--native", type=Path, default=ROOT / "native")
    parser.add_argument("--target", type=Path, help="where cargo builds; kept if given")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        target = options.target or Path(temporary) / "target"
        library = built(options.native, target)
        folder = Path(temporary)
        (folder / "lkproto_native.so").write_bytes(library.read_bytes())
        fuzzer = ["--comparisons", options.comparisons, "--seed", options.seed]
        failed = in_sanitizer(folder, "-m", "tests.native", *fuzzer)
        for trial in TRIALS:
            seconds = ["--seconds", options.trial_seconds]
            arguments = ["-m", "tests.native.stress", trial, *seconds]
            failed = failed or in_sanitizer(folder, *arguments)
    return failed


if __name__ == "__main__":
    sys.exit(main())
