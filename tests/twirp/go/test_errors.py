"""What an answer is taken for is the same as in Go: errors, and answers of others than Twirp."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from .callers import AsyncCaller, SyncCaller
from .errors import compared
from .programs import GoClient
from .scripts import Outcome

SEED, COUNT = 11, 300


@pytest.mark.parametrize("codec", ["protobuf", "json"])
@pytest.mark.parametrize("kind", [SyncCaller, AsyncCaller])
def test_random_answers_are_read_as_in_go(kind: Any, codec: str) -> None:
    with GoClient() as go, kind() as ours:
        found = list(compared(go, ours, codec, SEED, COUNT, Counter()))

    assert not found, "\n".join(found)


class Wrong:
    """A client that takes each answer for the same error."""

    def call(self, *_: object) -> Outcome:
        meta = {"http_error_from_intermediary": "true", "status_code": "400"}
        return Outcome(None, {"code": "internal", "msg": "", "meta": meta})


def test_what_differs_is_found() -> None:
    with GoClient() as go:
        assert len(list(compared(go, Wrong(), "protobuf", SEED, 100, Counter()))) > 50
