"""Breaking changes as `buf breaking` finds them, by its categories WIRE, WIRE_JSON and FILE."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from google.protobuf.descriptor_pb2 import FileDescriptorSet

from .breaking import Break, Level, rank

_BREAKS_FOUND = 100  # buf's exit code
_TIMEOUT = 120


class BufError(Exception):
    """buf does not run, or prints something other than findings."""


def find_buf() -> str | None:
    """The buf executable: that of this environment, or else one on the PATH.

    Folders of the PATH that depend on the working directory do not count.
    """
    folders = [str(Path(sys.executable).parent)]
    folders += os.environ.get("PATH", "").split(os.pathsep)
    for folder in folders:
        # With a folder in front, Windows does not look into the working directory.
        if os.path.isabs(folder) and (  # noqa: PTH117 - text as the PATH has it
            found := shutil.which(str(Path(folder, "buf")))
        ):
            return found
    return None


def buf_breaks(buf: str, old: FileDescriptorSet, new: FileDescriptorSet) -> list[Break]:
    """What buf finds, each with the worst level it has. Raises BufError."""
    config = {"version": "v2", "breaking": {"use": ["FILE", "WIRE_JSON", "WIRE"]}}
    with tempfile.TemporaryDirectory(prefix="lkproto-") as scratch:
        images = Path(scratch, "new.binpb"), Path(scratch, "old.binpb")
        for image, found in zip(images, (new, old), strict=True):
            image.write_bytes(found.SerializeToString())
        command = ["breaking", str(images[0]), "--against", str(images[1])]
        command += ["--error-format", "json", "--config", json.dumps(config)]
        return _worst(buf, _run(buf, command, scratch))


def _run(buf: str, arguments: Sequence[str], folder: str) -> list[dict[str, Any]]:
    try:
        done = subprocess.run(
            [buf, *arguments],
            capture_output=True,
            text=True,
            check=False,
            cwd=folder,
            timeout=_TIMEOUT,
        )
        if done.returncode not in (0, _BREAKS_FOUND):
            raise BufError(done.stderr.strip() or f"exit code {done.returncode}")
        return [json.loads(line) for line in done.stdout.splitlines()]
    except (OSError, ValueError, subprocess.TimeoutExpired) as error:
        raise BufError(str(error)) from error


@cache
def _rule_levels(buf: str) -> dict[str, Level]:
    """The level of each of buf's rules, by its categories."""
    arguments = ["config", "ls-breaking-rules", "--version", "v2", "--format", "json"]
    with tempfile.TemporaryDirectory(prefix="lkproto-") as scratch:
        rules = _run(buf, arguments, scratch)
    return {rule["id"]: _level(rule["categories"]) for rule in rules}


def _level(categories: Sequence[str]) -> Level:
    if "WIRE" in categories:
        return "wire"
    return "json" if "WIRE_JSON" in categories else "source"


def _worst(buf: str, findings: list[dict[str, Any]]) -> list[Break]:
    """The worst finding where rules of several levels say the same about an element."""
    levels = _rule_levels(buf)
    best: dict[object, Break] = {}
    for each in findings:
        start = (
            each.get("path", ""),
            each.get("start_line", 1),
            each.get("start_column", 1),
        )
        place = ":".join(map(str, start)) if start[0] else ""
        level = levels.get(each["type"], "source")
        found = Break(level, each["message"], place, each["type"])
        subject = re.split(" (?:was|changed) ", each["message"])[0]
        key = _family(each["type"]), start[:2], subject
        if key not in best or rank(level) < rank(best[key].level):
            best[key] = found
    return sorted(best.values(), key=lambda found: rank(found.level))


def _family(rule: str) -> str:
    """What a rule is about, whatever its level."""
    rule = re.sub("SAME|WIRE_COMPATIBLE|WIRE_JSON_COMPATIBLE", "SAME", rule)
    return re.sub("_UNLESS_(NAME|NUMBER)_RESERVED", "", rule)
