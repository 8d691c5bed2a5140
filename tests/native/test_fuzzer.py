"""The fuzzer finds planted faults, repeats what it found, and finds none in the native codec."""

from __future__ import annotations

import itertools
import time

import pytest

from tests.fuzz.schemas import Schema

from . import codecs, planted
from .__main__ import told
from .case import Case, parsed
from .compare import BOTH_REFUSE, FELL_BACK, SAME, Comparer, FoundError
from .fuzz import MUTATED, ORDINARY, Cases, Result, run

pytestmark = pytest.mark.filterwarnings("ignore:.* is deprecated:DeprecationWarning")


@pytest.mark.parametrize("name", planted.FAULTS)
def test_a_planted_fault_is_found_and_its_line_repeats_it(
    inline: Schema, name: str
) -> None:
    codec = planted.Planted(
        codecs.codec_of(inline.package, "python"), *planted.FAULTS[name]
    )
    comparer = Comparer(inline, codec)

    with pytest.raises(FoundError) as found:
        run(comparer, list(inline.names), "1", itertools.count(), comparisons=60_000)

    line = str(found.value).splitlines()[0]
    assert parsed(line).line() == line
    with pytest.raises(FoundError) as again, comparer.in_use():
        comparer.compare(parsed(line))
    assert str(again.value) == str(found.value)
    healthy = Comparer(inline, codecs.codec_of(inline.package, "python"))
    with healthy.in_use():
        assert healthy.compare(parsed(line)) in (SAME, BOTH_REFUSE, FELL_BACK)


def test_a_run_depends_on_its_seed_alone(inline: Schema) -> None:
    def outcomes(seed: str) -> Result:
        comparer = Comparer(inline, codecs.codec_of(inline.package, "python"))
        names = list(inline.names)
        return run(comparer, names, seed, itertools.count(), comparisons=1_000)

    assert outcomes("a") == outcomes("a")
    assert outcomes("a") != outcomes("b")
    assert outcomes("a").comparisons == 1_000


def test_ordinary_input_on_which_a_codec_falls_back_is_reported(
    inline: Schema,
) -> None:
    # The straight-line codec leaves unknown values with objects to the exact one.
    comparer = Comparer(inline, codecs.codec_of(inline.package, "python"))

    result = run(
        comparer, ["fuzz.proto3.Lists"], "1", itertools.count(), comparisons=3_000
    )

    assert "from_json, ordinary: unknown names" in told(result, 1)
    assert result.fell_back["from_json", ORDINARY + "unknown names"]


def test_only_classes_with_groups_or_message_sets_inside_are_unusual(
    inline: Schema,
) -> None:
    comparer = Comparer(inline, codecs.codec_of(inline.package, "python"))

    found = Cases(inline, comparer).unusual

    assert {"fuzz.Groups", "fuzz.Set", "fuzz.Holder", "fuzz.edition.Outer"} <= found
    assert not {"fuzz.Scalars", "fuzz.Maps", "fuzz.proto3.Known", "fuzz.Inner"} & found


def test_a_line_names_what_is_wrong_with_it() -> None:
    with pytest.raises(ValueError, match="'nope' is none of decode, "):
        parsed("nope fuzz.Inner 0 00")
    assert parsed("decode fuzz.Inner 0") == Case("decode", "fuzz.Inner", b"")


@pytest.mark.slow
@pytest.mark.parametrize("comparer", ["inline", "livekit"], indirect=True)
def test_native_and_exact_codec_agree(comparer: Comparer) -> None:
    until = time.monotonic() + 12
    names = list(comparer.schema.names)

    result = run(comparer, names, "bounded", itertools.count(), until=until)

    assert result.comparisons > 5_000
    ordinary = [key for key in result.fell_back if key[1].startswith(ORDINARY)]
    assert not ordinary, told(result, 12)
    shares = result.outcomes
    read = shares["decode", MUTATED, SAME]
    assert shares["decode", MUTATED, FELL_BACK] < read
