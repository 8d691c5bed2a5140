"""Interpreters in which the extension cannot work, and extensions that do not fit: the real one is
left alone there, and the codec of the package does what it would have done."""

from __future__ import annotations

import importlib.util
import json
import os
from typing import Any

import pytest

from tests.support import in_a_process

pytestmark = pytest.mark.usefixtures("native")

# What a user does, in all directions; prints the codec in use and what it was warned of.
USE = """
import json, sys, warnings
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    import lkproto
    from lkproto.livekit import Codec, Room
    room = Room(sid="RM_1", empty_timeout=300, enabled_codecs=[Codec(mime="a")])
    assert Room.from_bytes(room.to_bytes()) == room
    assert Room.from_json(room.to_json()) == room
    name = lkproto.codec()
said = [str(each.message) for each in caught if each.category is RuntimeWarning]
imported = "lkproto_native" in sys.modules
print(json.dumps({"codec": name, "said": said, "imported": imported}), flush=True)
"""
# Runs code in a second interpreter of the process: by the module that Python has for its tests.
# `legacy` ones, as servers for WSGI use them, share the global lock and load any extension.
SECOND = """
try:
    import _interpreters as interpreters
except ImportError:
    import _xxsubinterpreters as interpreters

def create(legacy):
    if interpreters.__name__ == "_interpreters":
        return interpreters.create("legacy" if legacy else "isolated")
    return interpreters.create(isolated=not legacy)

def in_a_second_interpreter(code, legacy=True):
    number = create(legacy)
    try:
        failed = interpreters.run_string(number, code)
        assert failed is None, failed
    finally:
        interpreters.destroy(number)
"""
has_interpreters = any(
    importlib.util.find_spec(name) for name in ("_interpreters", "_xxsubinterpreters")
)
needs_interpreters = pytest.mark.skipif(
    not has_interpreters, reason="this Python cannot make a second interpreter"
)


def uses(script: str, codec: str | None = None) -> list[dict[str, Any]]:
    """What a process prints, with a codec in its environment; a list of uses."""
    environment = {k: v for k, v in os.environ.items() if k != "LKPROTO_CODEC"}
    if codec is not None:
        environment["LKPROTO_CODEC"] = codec
    done = in_a_process(script, environment)
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_the_first_interpreter_uses_the_extension() -> None:
    assert uses(USE) == [{"codec": "native", "said": [], "imported": True}]


@needs_interpreters
@pytest.mark.parametrize("legacy", [False, True])
@pytest.mark.parametrize("codec", [None, "native"])
def test_a_second_interpreter_uses_the_codec_of_the_package(
    codec: str | None, legacy: bool
) -> None:
    script = SECOND + USE + f"in_a_second_interpreter({USE!r}, {legacy})" + USE

    first, second, again = uses(script, codec)

    assert first["codec"] == again["codec"] == "native"
    assert first["said"] == again["said"] == []
    assert second["codec"] == "python"
    assert second["imported"] is False
    if codec is None:
        assert second["said"] == []
    else:
        (said,) = second["said"]
        assert said.startswith("lkproto: the native codec is not used: ")


@needs_interpreters
def test_interpreters_one_after_another_do_no_harm() -> None:
    more = f"for _ in range(5): in_a_second_interpreter({USE!r})\n"

    *found, last = uses(SECOND + USE + more + USE)

    assert [each["codec"] for each in found] == ["native", *["python"] * 5]
    assert last["codec"] == "native"


@needs_interpreters
def test_the_main_interpreter_gets_the_extension_also_if_another_one_asks_first() -> (
    None
):
    second, main = uses(SECOND + f"in_a_second_interpreter({USE!r})" + USE)

    assert (second["codec"], main["codec"]) == ("python", "native")
    assert second["said"] == main["said"] == []


FREE_THREADED = "import sys\nsys._is_gil_enabled = lambda: False\n"
OTHER_CONTRACT = "import lkproto_native\nlkproto_native.TABLE_CONTRACT += 1\n"
# The extension, but one of its functions is wrong.
WRONG = """
import lkproto_native

class Codec:
    def __init__(self, describe):
        self._right = Right(describe)

    def __getattr__(self, name):
        return getattr(self._right, name)

    def {direction}(self, cls):
        right = self._right.{direction}(cls)
        return lambda *given: {wrong}

Right, lkproto_native.Codec = lkproto_native.Codec, Codec
"""
FAULTS = {
    "decoder": "cls() if given[0] else right(*given)",
    "bounded_decoder": "right(given[0], 1 << 30)",
    "encoder": "right(*given)[:-1]",
    "json_encoder": "right(*given).replace('1', '2')",
    "json_decoder": "cls()",
}


def test_without_the_global_lock_the_extension_is_not_even_imported() -> None:
    # Simulated: importing it would give a free-threaded interpreter its lock back.
    assert uses(FREE_THREADED + USE) == [
        {"codec": "python", "said": [], "imported": False}
    ]

    (asked,) = uses(FREE_THREADED + USE, "native")
    assert asked["codec"] == "python"
    assert asked["imported"] is False
    (said,) = asked["said"]
    assert "free-threaded" in said


def test_an_extension_of_another_contract_is_not_used() -> None:
    (found,) = uses(OTHER_CONTRACT + USE)

    assert found["codec"] == "python"
    (said,) = found["said"]
    assert "contract" in said
    assert "install" in said


@pytest.mark.parametrize("direction", FAULTS)
def test_an_extension_that_is_wrong_here_is_not_used(direction: str) -> None:
    wrong = WRONG.format(direction=direction, wrong=FAULTS[direction])

    (found,) = uses(wrong + USE)

    assert found["codec"] == "python"
    (said,) = found["said"]
    assert "self-test" in said
