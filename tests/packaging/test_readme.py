"""The README as a package index shows it: without the repository around it."""

from __future__ import annotations

import re
import tomllib

from tests.support import ROOT

README = (ROOT / "README.md").read_text("utf-8")
CODE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)


def on_index() -> str:
    """The README after the substitutions of pyproject.toml."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    hooks = project["tool"]["hatch"]["metadata"]["hooks"]
    text = README
    for each in hooks["fancy-pypi-readme"]["substitutions"]:
        text = re.sub(each["pattern"], each["replacement"], text)
    return text


def relative_links(text: str) -> list[str]:
    """Targets of links and pictures, in Markdown or HTML, that are not addresses."""
    prose = CODE.sub("", text)
    found = re.findall(r"\]\(([^)]*)\)", prose)
    found += re.findall(r"^\[[^\]]+\]:\s*(\S+)", prose, re.MULTILINE)
    found += re.findall(r"""(?:src|href)=["']?([^"'>\s]+)""", prose)
    return [each for each in found if not each.startswith("https://")]


def test_links_into_the_repository_are_names_of_files_that_exist() -> None:
    text = on_index()
    paths = {each.partition("#")[0] for each in relative_links(README)} - {""}

    assert len(paths) > 20
    assert relative_links(text) == []
    for path in paths:
        assert (ROOT / path).is_file(), path
        assert re.search(rf"[ `]{re.escape(path)}[ `.]", text), path


def test_examples_and_addresses_are_as_in_the_repository() -> None:
    text = on_index()

    assert CODE.findall(text) == CODE.findall(README)
    addresses = re.compile(r"\]\(https://[^)]+\)")
    assert addresses.findall(text) == addresses.findall(README)
    assert "pictures/benchmarks.svg`: Time relative to google's protobuf" in text
    assert "see LICENSE and NOTICE." in text
