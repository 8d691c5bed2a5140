"""The list of operations, and the page that is written from it."""

from __future__ import annotations

from pathlib import Path

import pytest
from lkproto_conformance import protocol
from lkproto_conformance.cli import main
from lkproto_conformance.operations import BY_NAME, SUBJECTS
from lkproto_conformance.reference import BEGIN, END, tables, with_tables
from lkproto_conformance.testees import lkproto, services

from tests.support import ROOT

(PAGE,) = (ROOT / "docs").rglob("operations.md")


def test_the_page_has_the_tables_as_they_are_now() -> None:
    page = PAGE.read_text("utf-8")

    assert page == with_tables(
        page
    ), f"lkproto-conformance info --operations --write {PAGE}"


def test_every_operation_is_listed_once_and_described() -> None:
    listed = [each for found in SUBJECTS.values() for each in found]

    assert len(BY_NAME) == len(listed) > 30
    for each in listed:
        members = [each.does, *each.args.values(), *each.result.values()]
        assert all(members), each.name
        assert not any("|" in member for member in members), each.name


def test_the_protocol_has_the_operations_of_the_list() -> None:
    assert list(protocol.OPERATIONS) == list(BY_NAME)
    asked_by_profile = {name for name, takes in protocol.OPERATIONS.items() if takes}
    assert asked_by_profile == {
        "token.verify",
        "credentials.check",
        "webhook.receive",
        "notifier.run",
    }


def test_our_testee_offers_listed_operations_and_services() -> None:
    assert lkproto.OPERATIONS.keys() <= BY_NAME.keys()
    for name in services.SERVICES:
        assert f"| `{name}` |" in tables()


def test_members_that_are_described_alike_share_a_line() -> None:
    text = tables()

    assert "`api_key`, `secret`: text<br>" in text
    assert "`scope` (optional): text, with" in text


def test_the_command_prints_the_tables(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["info", "--operations"]) == 0

    assert capsys.readouterr().out == tables()


def test_the_command_writes_between_the_markers(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n", "utf-8")

    assert main(["info", "--operations", "--write", str(page)]) == 0

    assert page.read_text("utf-8") == (f"before\n{BEGIN}\n\n{tables()}\n{END}\nafter\n")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("no markers", "are missing"),
        (f"{END}\n{BEGIN}\n", "are missing"),
        (None, "No such"),
    ],
)
def test_a_page_that_cannot_be_written_is_named(
    text: str | None,
    problem: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    page = tmp_path / "page.md"
    if text is not None:
        page.write_text(text, "utf-8")

    assert main(["info", "--operations", "--write", str(page)]) == 2

    error = capsys.readouterr().err
    assert str(page) in error
    assert problem in error
    assert not page.exists() or page.read_text("utf-8") == text
