"""The page on fuzzing lists what there is: suites, options, strategies, differences that may be."""

from __future__ import annotations

from argparse import ArgumentParser

from lkproto_conformance import strategies
from lkproto_conformance.commands import fuzz
from lkproto_conformance.suites.allowed import ALLOWED
from lkproto_conformance.suites.catalog import LAWS, SUITES

from tests.docs.pages import listed, section, text_of

PAGE = "docs/judge/fuzzing.md"


def test_the_page_has_every_suite() -> None:
    assert listed(section(PAGE, "Suites").partition("<!--")[0]) == set(SUITES)
    compared = sum(law.compares for law in LAWS)
    assert f"each of {compared} operations" in text_of(PAGE)


def test_the_page_has_every_option() -> None:
    parser = ArgumentParser(add_help=False)
    fuzz.declare(parser)
    options = {name for action in parser._actions for name in action.option_strings}

    documented = listed(text_of(PAGE).partition("## Suites")[0])
    assert {each for each in documented if each.startswith("--")} == options


def test_the_page_has_every_difference_that_may_be() -> None:
    rows = [
        f"| {', '.join(f'`{op}`' for op in each.ops)} | {each.reason} |"
        for each in ALLOWED
    ]

    table = text_of(PAGE).partition("<!-- allowed: begin -->")[2].partition("<!--")[0]
    assert table.split("\n")[3:-1] == rows


def test_the_page_has_every_strategy_of_the_protocol() -> None:
    # Those for single values are what the others are made of.
    parts = {"floats", "json_values", "numbers", "scalars", "texts", "unknown_fields"}
    named = {each for each in strategies.__all__ if each.islower()}

    documented = listed(section(PAGE, "Strategies for tests of your own"))
    assert {each.partition("(")[0] for each in documented} == named - parts
