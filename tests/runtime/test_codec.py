"""Which codec processes a message, and the count of fallbacks to the exact one."""

from __future__ import annotations

import signal
import struct
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from lkproto.livekit import ListRoomsResponse, Room
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


class EndedError(Exception):
    """What a handler raises to end what takes too long."""


class Raises:
    """A codec whose functions raise an error."""

    def __init__(self, error: Exception) -> None:
        def function(*arguments: Any) -> Any:
            raise error

        self.function = function

    def encoder(self, cls: Any) -> Any:
        return self.function

    decoder = bounded_decoder = json_encoder = json_decoder = encoder


DIRECTIONS: dict[str, Any] = {
    "encode": lambda cls: cls(a=5).to_bytes(),
    "decode": lambda cls: cls.from_bytes(b"\x08\x05"),
    "decode_bounded": lambda cls: cls.from_bytes(b"\x08\x05", max_messages=5),
    "to_json": lambda cls: cls(a=5).to_json(),
    "from_json": lambda cls: cls.from_json('{"a":5}'),
}


@pytest.mark.parametrize("direction", DIRECTIONS)
def test_only_errors_of_data_leave_a_message_to_the_exact_codec(
    direction: str, package: Any
) -> None:
    cls = package.find_message("m.M")
    seam = import_module(f"{package.__name__}._runtime.codec")
    for kind in (IndexError, UnicodeError, struct.error, RecursionError, MemoryError):
        seam.use(Raises(kind()))
        assert DIRECTIONS[direction](cls)
    for passing in (EndedError(), TimeoutError(), RuntimeError()):
        seam.use(Raises(passing))
        with pytest.raises(type(passing)):
            DIRECTIONS[direction](cls)


@pytest.mark.slow
@pytest.mark.parametrize(
    "direction", ["to_bytes", "from_bytes", "to_json", "from_json"]
)
def test_what_a_signal_handler_raises_reaches_the_caller(direction: str) -> None:
    room = ListRoomsResponse(rooms=[Room(name=str(each)) for each in range(20_000)])
    given = {"from_bytes": room.to_bytes(), "from_json": room.to_json()}
    work = partial(getattr(room, direction), *filter(None, [given.get(direction)]))
    raised: list[int] = []

    def end(signum: int, frame: object) -> None:
        raised.append(signum)
        raise EndedError

    def until_it_is_raised() -> None:
        signal.setitimer(signal.ITIMER_REAL, 0.005)
        while not raised:
            work()

    before = signal.signal(signal.SIGALRM, end)
    try:
        with pytest.raises(EndedError):
            until_it_is_raised()
    finally:
        signal.signal(signal.SIGALRM, before)
