"""What a notifier is made from: wrong settings are named, and secrets stay out of tracebacks."""

from __future__ import annotations

import traceback

import pytest
from lkproto.auth import ArgumentTypeError
from lkproto.http import AsyncScriptedTransport, ScriptedTransport
from lkproto.webhook.notifier import AsyncNotifier, ConfigError, Notifier

from .support import CONFIG, KEY, SECRET

KINDS = [(Notifier, ScriptedTransport), (AsyncNotifier, AsyncScriptedTransport)]
both = pytest.mark.parametrize(("kind", "transport"), KINDS)


@both
def test_a_setting_that_does_not_exist_is_named(kind, transport) -> None:
    with pytest.raises(ArgumentTypeError, match="'timout'"):
        kind(CONFIG, KEY, SECRET, transport=transport(), timout=3.0)


@both
def test_a_constructor_that_raises_leaves_no_secret_in_its_frames(
    kind, transport
) -> None:
    with pytest.raises(ConfigError) as caught:
        kind({"url": []}, KEY, SECRET, transport=transport())

    frames = [each for each, _ in traceback.walk_tb(caught.value.__traceback__)][1:]
    assert len(frames) > 3
    assert SECRET not in "".join(repr(each.f_locals) for each in frames)
