"""Wheels of this checkout: `python native/wheels.py [PYTHON ...]`.

Builds a wheel for each Python (its version, such as 3.12, or its path; without any, the one that
runs this), into `build/native/VERSION/`. A wheel is kept until something it is made of changes.
Needs cargo, and maturin in the environment that runs this. Prints what a build costs, and fails
if that is more than an optional part may cost.
"""

from __future__ import annotations

import hashlib
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).resolve().parent
KEPT = HERE.parent / "build" / "native"
# A minute on two processors, whatever else they do meanwhile.
MOST_SECONDS = 120
MOST_BYTES = 1_000_000


class Interpreter(NamedTuple):
    """A Python: its program, its version such as "3.12", and the suffix of its extensions."""

    program: str
    version: str
    suffix: str


def examine(python: str) -> Interpreter:
    """Ask a Python what it is. Exits with one line if there is none."""
    program = shutil.which(f"python{python}") or shutil.which(python)
    if program is None:
        sys.exit(f"native/wheels.py: there is no Python {python}")
    code = (
        "import sys, sysconfig; print('%d.%d' % sys.version_info[:2], "
        "sysconfig.get_config_var('EXT_SUFFIX'))"
    )
    said = subprocess.run(
        [program, "-I", "-c", code], capture_output=True, text=True, check=True
    )
    version, suffix = said.stdout.split()
    return Interpreter(program, version, suffix)


def sources() -> Iterator[Path]:
    """The files that a wheel is made of."""
    for name in ("Cargo.toml", "Cargo.lock", "pyproject.toml", "README.md", "NOTICE"):
        yield HERE / name
    yield from sorted([*HERE.glob("*.rs"), *(HERE / "src").rglob("*.rs")])


def digest(python: Interpreter) -> str:
    """What identifies a wheel: the sources, the compiler, the Python and this script."""
    told = hashlib.sha256(python.suffix.encode())
    rustc = subprocess.run(["rustc", "--version"], capture_output=True, check=True)
    told.update(rustc.stdout)
    for path in (*sources(), Path(__file__)):
        told.update(f"\0{path.relative_to(HERE)}\0".encode() + path.read_bytes())
    return told.hexdigest()


def wheel(python: Interpreter) -> Path:
    """The wheel for a Python, built unless an earlier one is of the same digest."""
    kept = KEPT / python.version
    wanted, mark = digest(python), kept / "digest"
    if not mark.exists() or mark.read_text("utf-8") != wanted:
        KEPT.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=KEPT) as folder:
            new = Path(folder, "new")
            build(python, new)
            (new / "digest").write_text(wanted, "utf-8")
            shutil.rmtree(kept, ignore_errors=True)
            new.rename(kept)
    (found,) = kept.glob("*.whl")
    return found


def build(python: Interpreter, out: Path) -> None:
    """Build a wheel, print what that costs, and exit with one line if it is too much."""
    # What is compiled for one Python is kept apart, or each would compile all again.
    target = {"CARGO_TARGET_DIR": str(KEPT / f"target-{python.version}")}
    command = ["-m", "maturin", "build", "--release", "--out", str(out)]
    command += ["--manifest-path", str(HERE / "Cargo.toml")]
    begun, before = time.monotonic(), processor()
    done = subprocess.run(
        [sys.executable, *command, "--interpreter", python.program],
        env=os.environ | target | {"RUSTFLAGS": flags()},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
    )
    if done.returncode:
        sys.exit(f"{done.stdout}native/wheels.py: maturin ended with {done.returncode}")
    seconds, work = time.monotonic() - begun, processor() - before
    (made,) = out.glob("*.whl")
    size = binary(made)
    print(f"{made.name}: {seconds:.0f} s ({work:.0f} s of work), {size // 1000} kB")
    if work > MOST_SECONDS or size > MOST_BYTES:
        sys.exit(
            f"native/wheels.py: more than {MOST_SECONDS} s of work "
            f"or {MOST_BYTES // 1000} kB is too much for an optional part"
        )


def flags() -> str:
    """RUSTFLAGS, with which no binary names folders of this machine."""
    home = os.environ.get("CARGO_HOME") or Path.home() / ".cargo"
    remap = f"--remap-path-prefix={home}=cargo --remap-path-prefix={HERE}=native"
    return f"{os.environ.get('RUSTFLAGS', '')} {remap}".strip()


def processor() -> float:
    """Seconds of processor time that finished children have used."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def binary(made: Path) -> int:
    """The size of the extension in a wheel, in bytes."""
    with zipfile.ZipFile(made) as archive:
        return sum(
            each.file_size
            for each in archive.infolist()
            if each.filename.endswith(".so")
        )


def main(pythons: list[str]) -> None:
    """Build or find the wheel of each Python, and print where it is."""
    for each in pythons or [sys.executable]:
        python = examine(each)
        print(
            f"lkproto-native for Python {python.version}: {wheel(python)}", flush=True
        )


if __name__ == "__main__":
    main(sys.argv[1:])
