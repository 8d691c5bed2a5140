"""Generated code of every library, made at run time in one folder.

The folder has a folder for each library, which goes on `sys.path`: ours and google's modules are
at its top; the others want to be inside a package.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from .process import ROOT, run

PROTOS = ROOT / "protobufs"
FILES = sorted(path.relative_to(PROTOS).as_posix() for path in PROTOS.rglob("*.proto"))
OURS = [sys.executable, "-m", "lkproto_cli", "generate", "--quiet", "--out"]


@dataclass(frozen=True, slots=True)
class Generator:
    """A way to generate the whole tree, and the distributions it needs."""

    label: str
    command: Callable[[Path], list[str]]
    needs: tuple[str, ...] = ()
    package: str = ""

    def missing(self) -> list[str]:
        """The distributions that are not installed."""
        return [name for name in self.needs if not installed(name)]

    def run(self, out: Path) -> None:
        """Generate into a folder. Raises RuntimeError if that fails."""
        out.mkdir(parents=True, exist_ok=True)
        run(self.command(out))


def protoc(*outputs: str) -> Callable[[Path], list[str]]:
    """A protoc command; `{out}` in its arguments becomes the output folder."""
    command = [sys.executable, "-m", "grpc_tools.protoc", f"-I{PROTOS}"]

    def command_for(out: Path) -> list[str]:
        return [*command, *(each.format(out=out) for each in outputs), *FILES]

    return command_for


def plugin(program: str) -> str:
    """The `--plugin` argument for a plugin installed next to this interpreter."""
    return f"--plugin={program}={Path(sys.executable).parent / program}"


GENERATORS: Mapping[str, Generator] = {
    "ours": Generator("lkproto", lambda out: [*OURS, str(out / "lkproto")]),
    "descriptors": Generator(
        "protoc, descriptor set only",
        protoc("--include_imports", "--descriptor_set_out={out}/all.fds"),
    ),
    "google": Generator(
        "google, --python_out --pyi_out",
        protoc("--python_out={out}", "--pyi_out={out}"),
    ),
    "protobuf-py": Generator(
        "protobuf-py",
        protoc(plugin("protoc-gen-py"), "--py_out={out}"),
        ("protobuf-py", "protoc-gen-py"),
        "bench_protobuf_py",
    ),
    "betterproto2": Generator(
        "betterproto2",
        protoc(
            plugin("protoc-gen-python_betterproto2"),
            "--python_betterproto2_out={out}",
        ),
        ("betterproto2", "betterproto2-compiler"),
        "bench_betterproto2",
    ),
}


def installed(distribution: str) -> str | None:
    """The version of an installed distribution, or None."""
    try:
        return version(distribution)
    except PackageNotFoundError:
        return None


def make_trees(folder: Path, names: list[str]) -> dict[str, str]:
    """Generate the code of libraries; returns why those that could not be made are missing."""
    source = ROOT / "generated" / "lkproto"
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(source, folder / "ours" / "lkproto", ignore=ignored)
    problems: dict[str, str] = {}
    for name in names:
        generator = GENERATORS[name]
        missing = generator.missing()
        if missing:
            problems[name] = "not installed: " + ", ".join(missing)
            continue
        try:
            generator.run(folder / name / generator.package)
        except RuntimeError as error:
            problems[name] = str(error)
    return problems
