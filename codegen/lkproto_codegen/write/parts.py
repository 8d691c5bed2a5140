"""What of a former output can stay: modules whose plan, templates and tools are the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from ..plan.types import Plan
from .manifest import digest

# For each module of an output: what it was made from, and its content, both as digests.
Notes = Mapping[str, Sequence[str]]


class Parts:
    """The modules of an output that need not be rendered again.

    `tools` is a digest of all but the schema that decides a module's text; `former` are the notes
    of the run that wrote the output. A module counts as long as it is as that run left it.
    """

    def __init__(self, out: Path, tools: str, former: Notes) -> None:
        self._out = out
        self._tools = tools
        self._former = former
        self._made_from: dict[str, str] = {}

    def known(self, plan: Plan) -> dict[str, str]:
        """The text of each module that would be the same again, by its path."""
        parts = {each.path: repr(each) for each in plan.modules}
        parts |= {each.path: repr(each) for each in plan.services}
        parts |= {each.path: repr(each) for each in plan.descriptors}
        for path, part in parts.items():
            text = f"{self._tools} {part}"
            self._made_from[path] = digest(text.encode(errors="surrogatepass"))
        found = {path: self._text(path) for path in self._made_from}
        return {path: text for path, text in found.items() if text is not None}

    def _text(self, path: str) -> str | None:
        made_from, *content = self._former.get(path, ("", ""))
        if made_from != self._made_from[path]:
            return None
        try:
            data = (self._out / path).read_bytes()
        except OSError:
            return None
        return data.decode() if content == [digest(data)] else None

    def notes(self, files: Mapping[str, bytes]) -> Notes:
        """What the next run should know of these files."""
        return {
            path: (made_from, digest(files[path]))
            for path, made_from in self._made_from.items()
        }
