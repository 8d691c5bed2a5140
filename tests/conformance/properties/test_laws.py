"""Our package keeps every law, and so does the reference where LKPROTO_REFERENCE names it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from lkproto_conformance.connect import connect
from lkproto_conformance.operations import BY_NAME
from lkproto_conformance.protocol import PROFILES
from lkproto_conformance.suites.catalog import LAWS, SUITES, laws_of
from lkproto_conformance.suites.law import Law
from lkproto_conformance.suites.session import Session, Started
from lkproto_conformance.testees.lkproto import Lkproto

from .support import examples, started

REFERENCE = os.environ.get("LKPROTO_REFERENCE")
ALONE = [law for law in LAWS if not law.compares]
PAIRED = [law for law in LAWS if law.compares]
needs_reference = pytest.mark.skipif(
    not REFERENCE, reason="LKPROTO_REFERENCE names no testee"
)


def tried() -> Iterator[Any]:
    """Each law with the profiles in which it is tried."""
    hello = started(Lkproto()).hello
    for law in ALONE:
        for profile in law.profiles([hello]):
            yield pytest.param(law, profile, id=f"{law.name}-{profile}")


@pytest.fixture(scope="module")
def ours() -> Started:
    return started(Lkproto())


@pytest.fixture(scope="module")
def reference() -> Iterator[Started]:
    testee = Started(connect(REFERENCE or ""), "the reference")
    testee.start()
    yield testee
    testee.connection.stop()


@pytest.mark.parametrize(("law", "profile"), list(tried()))
def test_lkproto_keeps_the_law(law: Law, profile: str, ours: Started) -> None:
    @examples(12, 1_000)
    @given(law.examples())
    def hold(example: Any) -> None:
        law.check(Session(ours, profile), example)

    hold()


@needs_reference
@pytest.mark.parametrize("law", ALONE, ids=lambda law: law.name)
def test_the_reference_keeps_the_law(law: Law, reference: Started) -> None:
    if "go" in law.exempt:
        pytest.skip(law.exempt["go"])

    @examples(60, 1_000)
    @given(law.examples())
    def hold(example: Any) -> None:
        law.check(Session(reference, "go"), example)

    hold()


@needs_reference
@pytest.mark.parametrize("law", PAIRED, ids=lambda law: law.name)
def test_lkproto_answers_as_the_reference(
    law: Law, ours: Started, reference: Started
) -> None:
    @examples(100, 3_000)
    @given(law.examples())
    def hold(example: Any) -> None:
        law.check(Session(ours, "go", reference), example)

    hold()


def test_laws_have_names_words_and_operations() -> None:
    assert len({law.name for law in LAWS}) == len(LAWS)
    for law in LAWS:
        assert law.words[0].islower() or law.words.startswith("HS256")
        assert not law.words.endswith(".")
        assert set(law.needs) <= BY_NAME.keys()
        assert set(law.exempt) <= set(PROFILES)


def test_laws_are_chosen_by_suite_and_by_name() -> None:
    assert laws_of(None, compares=True) == [*LAWS]
    assert laws_of(None, compares=False) == ALONE
    assert laws_of(["compare"], compares=True) == PAIRED
    assert [law.name for law in laws_of(["wire/merge"], compares=False)] == [
        "wire/merge"
    ]
    assert laws_of(["wire", "none"], compares=False) == []
    assert len(SUITES) == 9
