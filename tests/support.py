"""Helpers for several tests: generate a package from inline .proto text and import it."""

from __future__ import annotations

import importlib
import itertools
import json
import os
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message_factory import GetMessageClass
from hypothesis import settings
from lkproto_codegen.options import Options
from lkproto_codegen.pipeline import build
from lkproto_codegen.read.compile import compile_protos
from lkproto_codegen.read.discover import find_protos
from lkproto_codegen.schema.buf import find_buf
from lkproto_codegen.write.output import write

ROOT = Path(__file__).parents[1]
_numbers = itertools.count()

needs_buf = pytest.mark.skipif(
    find_buf() is None, reason="buf is not installed (PyPI buf-bin)"
)


def sampled(cases: Sequence[Any]) -> list[Any]:
    """Cases of a test of every class or file: all but each tenth are for the slow run.

    The quick run does not even collect them; conftest.py gives it its profile.
    """
    if settings.get_current_profile_name() == "quick":
        return list(cases[::10])
    return [
        case if index % 10 == 0 else pytest.param(case, marks=pytest.mark.slow)
        for index, case in enumerate(cases)
    ]


def until(condition: Callable[[], bool], seconds: float = 20) -> None:
    """Wait for what another thread or process does; the test fails if it does not in time."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"it was not so in {seconds} s"
        time.sleep(0.002)


IN_A_SMALL_THREAD = """
import threading
threading.stack_size({kib} * 1024)
thread = threading.Thread(target=work)
thread.start()
thread.join()
"""


def printed_in_a_small_thread(script: str, kib: int) -> list[str]:
    """What a process prints whose script defines `work`, which a thread with this stack runs."""
    done = in_a_process(script + IN_A_SMALL_THREAD.format(kib=kib))
    return done.stdout.splitlines()


def in_a_process(
    script: str, environment: Mapping[str, str] = os.environ
) -> subprocess.CompletedProcess[str]:
    """Run a script in a process of its own, which finds all that this one does."""
    done = subprocess.run(
        [sys.executable, "-X", "faulthandler", "-c", script],
        env={**environment, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done


def said(action: Callable[[], object]) -> str:
    """What Python says of a mistake, in the words of the version that runs the tests."""
    try:
        action()
    except Exception as error:  # noqa: BLE001 - of any kind
        return str(error)
    raise AssertionError("it did not fail")


def json_says(text: str) -> str:
    """What Python says of text that is not JSON, without the place."""
    return said(lambda: json.loads(text)).rpartition(": line")[0]


def variables_in(error: BaseException) -> str:
    """The variables of lkproto's frames in a traceback, as reporters of errors show them."""
    frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
    ours = [each for each in frames if "lkproto" in each.f_globals["__name__"]]
    assert ours
    return "\n".join(repr(frame.f_locals) for frame in ours)


def write_protos(folder: Path, protos: Mapping[str, str]) -> Path:
    """Write .proto files, by relative name, into a directory."""
    for name, text in protos.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return folder


def generate(folder: Path, protos: Mapping[str, str], **options: Any) -> dict[str, str]:
    """The generated files, as text, of inline .proto files."""
    tree = write_protos(folder / "protos", protos)
    files = build(Options(protos=(tree,), **options))
    return {path: data.decode() for path, data in files.items()}


def package_of(folder: Path, protos: Mapping[str, str], **options: Any) -> Any:
    """Generate a package from inline .proto files and import it, under a new name."""
    tree = write_protos(folder / "protos", protos)
    return imported(folder, build(Options(protos=(tree,), **options)))


def imported(folder: Path, files: Mapping[str, bytes]) -> Any:
    """Write the files of a package and import it, under a new name."""
    name = f"generated_{next(_numbers)}"
    write(folder / name, files)
    sys.path.insert(0, str(folder))
    try:
        return importlib.import_module(name)
    finally:
        sys.path.remove(str(folder))


def module_of(package: Any, name: str) -> Any:
    """A submodule of a generated package."""
    return importlib.import_module(f"{package.__name__}.{name}")


def google_class(folder: Path, protos: Mapping[str, str], name: str) -> Any:
    """google's class of a message of inline .proto files, in a pool of its own."""
    tree = write_protos(folder / "google", protos)
    pool = DescriptorPool()
    for file in compile_protos([tree], find_protos(tree)).file:
        pool.Add(file)
    for file_name in find_protos(tree):
        pool.FindFileByName(file_name)
    return GetMessageClass(pool.FindMessageTypeByName(name))
