"""The mock refuses and opens each method of livekit-server as that does."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from lkproto.mock import MockLiveKit

from tests.answers import tokens
from tests.answers.grants import REQUESTS, check_bad_token, check_wrong_grants
from tests.answers.script import CODECS, METHODS, Codec, Line

from .reasons import REASONS


@pytest.fixture
def line(mock: MockLiveKit) -> Iterator[Line]:
    with Line(mock.http_url) as found:
        yield found


@pytest.fixture
def key(mock: MockLiveKit) -> tokens.Key:
    return mock.api_key, mock.api_secret


@pytest.mark.parametrize("codec", CODECS)
@pytest.mark.parametrize(
    "kind", [each for each in tokens.BAD if f"token-{each}" not in REASONS]
)
def test_every_method_refuses_a_bad_token_as_the_server_does(
    line: Line, key: tokens.Key, codec: Codec, kind: str
) -> None:
    check_bad_token(line, key, codec, kind)


@pytest.mark.parametrize("codec", CODECS)
def test_every_method_refuses_all_grants_but_its_own(
    line: Line, key: tokens.Key, codec: Codec
) -> None:
    check_wrong_grants(line, key, codec)


@pytest.mark.parametrize("codec", CODECS)
@pytest.mark.parametrize("kind", tokens.GOOD)
def test_every_method_is_opened_by_its_own_grant_alone(
    line: Line, key: tokens.Key, codec: Codec, kind: str
) -> None:
    for path, method in METHODS.items():
        header = tokens.authorization(kind, key, method, REQUESTS[path])
        answer = line.ask(method, REQUESTS[path], codec, header)
        assert answer.status != 401, path
