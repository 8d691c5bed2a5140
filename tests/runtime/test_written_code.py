"""All code that the straight-line codec writes for four messages, in a golden file each."""

from __future__ import annotations

import linecache
from typing import Any

import pytest

from tests.support import ROOT, module_of, package_of

GOLDEN = ROOT / "tests" / "golden" / "straight"
DIRECTIONS = {
    "encoder": "encode",
    "decoder": "decode",
    "printer": "to_json",
    "parser": "from_json",
}


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Any:
    protos = {"written.proto": (GOLDEN / "written.proto").read_text("utf-8")}
    package = package_of(tmp_path_factory.mktemp("written"), protos)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LKPROTO_CODEC", "python")
        assert package.codec() == "python"
    return package


def written(package: Any, cls: Any) -> str:
    """The functions of a class, each under the label that tracebacks show."""
    codec = module_of(package, "_runtime.codec")
    parts: list[str] = []
    for label, direction in DIRECTIONS.items():
        codec.install(cls, direction)
        name = f"<{cls.__proto_name__} {label}>"
        parts += [f"# {name}\n", *linecache.getlines(name), "\n"]
    return "".join(parts)


@pytest.mark.parametrize("name", ["Plain", "Choice", "Path", "Tree"])
def test_written_functions_are_those_of_the_golden_files(
    package: Any, name: str, request: pytest.FixtureRequest
) -> None:
    path = GOLDEN / f"{name.lower()}.txt"
    text = written(package, package.find_message(f"written.{name}"))
    if request.config.getoption("--update-golden"):
        path.write_text(text, "utf-8")

    assert text == path.read_text("utf-8")


def test_the_page_about_the_codec_explains_a_decoder_in_full() -> None:
    """docs/judge/codec.md shows the decoder of Plain in parts, with explanations between them."""
    page = (ROOT / "docs" / "judge" / "codec.md").read_text("utf-8")
    parts = page.split("<!-- part of a written function -->\n```text\n")
    shown = "".join(part.partition("```")[0] for part in parts[1:])
    golden = (GOLDEN / "plain.txt").read_text("utf-8")

    assert len(parts) > 5
    assert f"# <written.Plain decoder>\n{shown}\n" in golden
