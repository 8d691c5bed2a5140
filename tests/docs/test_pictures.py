"""Pictures of the documentation show what the commands print now."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest

from tests.house.tree import ROOT

from .pages import PAGES, text_of
from .pictures import FOLDER, PICTURES, document, drawn
from .shell import needs_shell


@needs_shell
@pytest.mark.parametrize("name", PICTURES)
def test_pictures_show_what_the_commands_print(
    name: str, request: pytest.FixtureRequest
) -> None:
    now = drawn(name)
    if request.config.getoption("--update-golden"):
        (FOLDER / name).write_text(now, "utf-8")

    assert (FOLDER / name).read_text("utf-8") == now, (
        f"docs/pictures/{name} is out of date; look at what has changed, then run "
        "python3 noxfile.py -s tests -- tests/docs/test_pictures.py --update-golden"
    )


def test_pictures_escape_what_is_printed_and_are_as_wide_as_it() -> None:
    lines = [("$ ", "echo '<&>'"), ("", "<&>" * 20)]

    root = ET.fromstring(document("a < b", lines))

    texts = ["".join(each.itertext()) for each in root.iter() if "text" in each.tag]
    assert texts == ["$ echo '<&>'", "<&>" * 20]
    assert 60 * 8 < float(root.attrib["width"]) < 60 * 8 + 60


def test_every_picture_is_shown_and_has_a_description() -> None:
    shown = {
        each.partition(")")[0].rpartition("/")[2]: each.partition("]")[0]
        for page in PAGES
        for each in text_of(page).split("![")[1:]
    }

    assert set(shown) == {path.name for path in FOLDER.iterdir()}
    assert all(len(words) > 20 for words in shown.values())
    assert {path.relative_to(ROOT).parts[0] for path in FOLDER.iterdir()} == {"docs"}
