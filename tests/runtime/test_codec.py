"""Which codec processes a message, and the count of fallbacks to the exact one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from lkproto_codegen.options import Options
from lkproto_codegen.pipeline import build

from tests.support import imported, write_protos

PROTOS = {"m.proto": 'syntax = "proto3"; package m; message M { uint32 a = 1; }'}


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The files of a package."""
    tree = write_protos(tmp_path_factory.mktemp("codec"), PROTOS)
    return build(Options(protos=(tree,)))


@pytest.fixture
def package(tmp_path: Path, files: dict[str, bytes]) -> Any:
    """A package whose codec has not been used yet."""
    return imported(tmp_path, files)


def use_every_direction(cls: Any) -> None:
    """Write and read an ordinary message, as bytes and as JSON."""
    assert cls.from_bytes(cls(a=5).to_bytes()) == cls(a=5)
    assert cls.from_json(cls(a=5).to_json()) == cls(a=5)


def test_ordinary_messages_do_not_fall_back(package: Any) -> None:
    use_every_direction(package.find_message("m.M"))

    assert package.codec_fallbacks() == {}


def test_fallbacks_are_counted_by_message_and_direction(package: Any) -> None:
    cls = package.find_message("m.M")
    for _ in range(2):
        with pytest.raises(package.EncodeError, match="out of range"):
            cls(a=-1).to_bytes()

    assert package.codec_fallbacks() == {("m.M", "encode"): 2}


def test_the_count_is_a_copy(package: Any) -> None:
    package.codec_fallbacks()["m.M", "encode"] = 1

    assert package.codec_fallbacks() == {}


@pytest.mark.parametrize(
    ("value", "directions"),
    [("exact", {"encode", "decode", "to_json", "from_json"}), ("", set[str]())],
)
def test_the_environment_chooses_the_exact_codec(
    value: str, directions: set[str], package: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LKPROTO_CODEC", value)

    use_every_direction(package.find_message("m.M"))

    assert package.codec_fallbacks() == {("m.M", each): 1 for each in directions}
