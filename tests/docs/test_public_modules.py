"""The modules written by hand: what is public in them is documented, and nothing else is."""

from __future__ import annotations

import re
from types import ModuleType

import pytest
from lkproto import (
    agents,
    api,
    auth,
    call_errors,
    http,
    ids,
    mock,
    stream_urls,
    webhook,
)
from lkproto.mock import pytest_plugin
from lkproto.webhook import notifier, stores
from lkproto_codegen.resources import ROOT_MODULES

from tests.support import ROOT

from .pages import listed, section, text_of

(PAGE,) = (
    path.relative_to(ROOT).as_posix()
    for path in (ROOT / "docs").rglob("api-stability.md")
)


@pytest.mark.parametrize(
    "module",
    [
        agents,
        api,
        auth,
        call_errors,
        http,
        ids,
        mock,
        pytest_plugin,
        stream_urls,
        webhook,
        notifier,
        stores,
    ],
)
def test_the_public_names_of_modules_are_those_documented(module: ModuleType) -> None:
    documented = section(PAGE, f"`{module.__name__}`")

    assert listed(documented) == set(module.__all__)
    assert all(hasattr(module, name) for name in module.__all__)


def test_every_public_module_written_by_hand_is_documented() -> None:
    folder = ROOT / "runtime" / "livekit"
    paths = [path.relative_to(folder).with_suffix("") for path in folder.rglob("*.py")]
    names = {".".join(path.parts).removesuffix(".__init__") for path in paths}
    names |= ROOT_MODULES.keys()
    text = text_of(PAGE)

    documented = re.findall(r"^### `lkproto\.([\w.]+)`", text, re.MULTILINE)
    assert sorted(documented) == sorted(
        name for name in names if "._" not in f".{name}"
    )
