"""Importing the API costs little: what calls need is loaded when one is made."""

from __future__ import annotations

import os
import subprocess
import sys

import lkproto.api
import pytest


def loaded(code: str) -> set[str]:
    """The modules that a new interpreter loads for some code."""
    return modules(code) - modules("")


def modules(code: str) -> set[str]:
    """All that it has then; tools that measure it load some, too."""
    done = subprocess.run(
        [sys.executable, "-c", f"import sys\n{code}\nprint(*sys.modules)"],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    )
    return set(done.stdout.split())


def ours(modules: set[str]) -> set[str]:
    return {each for each in modules if each.partition(".")[0] == "lkproto"}


@pytest.mark.parametrize(
    ("name", "module"), [("LiveKitAPI", "_api"), ("AsyncLiveKitAPI", "_async_api")]
)
def test_an_import_loads_four_small_modules(name: str, module: str) -> None:
    found = loaded(f"from lkproto.api import {name}")

    assert ours(found) == {
        "lkproto",
        "lkproto.api",
        "lkproto.api._base",
        f"lkproto.api.{module}",
    }


def test_one_that_is_made_has_loaded_what_a_call_needs_and_no_more() -> None:
    found = loaded(
        "from lkproto.api import LiveKitAPI\n"
        f"LiveKitAPI('ws://h', 'APImade', '{'s' * 32}').room"
    )

    assert "lkproto.livekit_room_twirp" in found
    unused = ("asyncio", "inspect", "uuid", "lkproto.auth._verifier")
    others = ("livekit_sip_twirp", "webhook", "_runtime.twirp._router")
    assert not found & {*unused, *(f"lkproto.{each}" for each in others)}


def test_the_face_has_its_names_and_no_others() -> None:
    assert lkproto.api.__all__ == ["AsyncLiveKitAPI", "LiveKitAPI"]
    assert set(lkproto.api.__all__) <= set(dir(lkproto.api))
    assert lkproto.api.LiveKitAPI.__module__ == "lkproto.api"
    assert lkproto.api.AsyncLiveKitAPI.__module__ == "lkproto.api"
    with pytest.raises(AttributeError, match="no attribute 'LivekitAPI'"):
        lkproto.api.LivekitAPI  # type: ignore[attr-defined]  # noqa: B018
