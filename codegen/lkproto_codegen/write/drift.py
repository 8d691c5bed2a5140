"""Drift: whether what is on disk is what generation would write."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from .. import __version__
from ..diagnostics import in_line, visible
from .manifest import NAME, OWN, Manifest, read_manifest, settled

_DIFFS = 3
_DIFF_LINES = 20


@dataclass(frozen=True, slots=True)
class Drift:
    """How an output folder differs from what generation gives; all empty: not at all."""

    missing: tuple[str, ...]
    extra: tuple[str, ...]
    changed: tuple[str, ...]
    # Tools of another version than the ones that wrote the folder: (tool, then, now).
    tools: tuple[tuple[str, str, str], ...]
    diff: str

    @property
    def clean(self) -> bool:
        """Whether nothing differs."""
        return not (self.missing or self.extra or self.changed)

    def __str__(self) -> str:
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        for tool, then, now in self.tools:
            yield in_line(
                f"{tool} differs: the output was written with {then}, this is {now}"
            )
        for label in ("missing", "extra", "changed"):
            for path in getattr(self, label):
                yield f"{label}: {in_line(path)}"
        if self.diff:
            yield visible(self.diff)


def find_drift(out: Path, expected: Mapping[str, bytes]) -> Drift:
    """Compare a folder with the files generation gives for it."""
    manifest = read_manifest(out)
    expected = settled(manifest, expected)
    actual = dict(_files(out))
    changed = [
        path
        for path in sorted(expected)
        if path in actual and actual[path].read_bytes() != expected[path]
    ]
    return Drift(
        missing=tuple(sorted(expected.keys() - actual.keys())),
        extra=tuple(sorted(actual.keys() - expected.keys())),
        changed=tuple(changed),
        tools=tuple(_tools(manifest)),
        diff="\n".join(_diffs(out, expected, changed)),
    )


def _files(out: Path) -> Iterator[tuple[str, Path]]:
    """All files of a folder but bytecode and what a run needs for itself."""
    for path in out.rglob("*") if out.is_dir() else ():
        relative = path.relative_to(out)
        ours = relative.parts[0].startswith(OWN) or "__pycache__" in relative.parts
        if not ours and not path.is_dir():
            yield relative.as_posix(), path


def _tools(manifest: Manifest | None) -> Iterator[tuple[str, str, str]]:
    from ..read.protoc import protoc_version
    from .format import formatter_version

    if manifest is None:
        return
    now = Manifest(f"lkproto {__version__}", protoc_version(), formatter_version(), {})
    for tool in ("generator", "protoc", "formatter"):
        then, current = getattr(manifest, tool), getattr(now, tool)
        if then != current:
            yield tool, then, current


def _diffs(
    out: Path, expected: Mapping[str, bytes], changed: list[str]
) -> Iterator[str]:
    shown = [path for path in changed if path != NAME][:_DIFFS]
    for path in shown:
        lines = difflib.unified_diff(
            (out / path).read_text("utf-8", "replace").splitlines(),
            expected[path].decode("utf-8", "replace").splitlines(),
            f"{path} (on disk)",
            f"{path} (generated)",
            lineterm="",
            n=1,
        )
        for count, line in enumerate(lines):
            if count == _DIFF_LINES:
                yield "…"
                break
            yield line
