"""All methods of the ten services: clients and servers in Go with ours, in both codecs.

Each call has a request with every field set and gets such an answer, or an error with `msg` and
`meta`; what was read on either side is compared as messages. Go with Go shows that a difference is
ours.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import pytest
from lkproto import Message, Method, TwirpCode, service_of
from vectorgen.populate import of_oneofs, populated

from .names import SERVICES
from .programs import GoClient, GoServer
from .scripts import FAULT, answering, failing
from .servers import serving

METHODS = [
    (f"livekit.{service}/{method.name}", method)
    for service in SERVICES
    for method in service_of(f"livekit.{service}").methods
]
pytestmark = pytest.mark.filterwarnings("ignore:.* is deprecated:DeprecationWarning")
GO = "Go"
GO_SHORT = "Go, short JSON"
OURS = ("uvicorn", "uvicorn, in threads", "uvicorn, short JSON", "gunicorn")
CODECS = ("protobuf", "json")
MSG = 'Grüße, "世界" 😀\n</p>'
META = {"cause": "a\u2028b", "Ключ": "значение", "empty": "", "retry": "1"}


@pytest.fixture(scope="module", params=[GO, GO_SHORT, *OURS])
def url(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """Where a server of all services is."""
    if request.param in (GO, GO_SHORT):
        options = ["-camel-case", "-skip-defaults"] if request.param == GO_SHORT else []
        with GoServer(*options) as server:
            yield server.url
    else:
        folder = tmp_path_factory.mktemp("logs")
        with serving(request.param, "tests.twirp.go.echo", folder) as found:
            yield found


@pytest.fixture(scope="module", params=[GO, "sync", "async"])
def caller(request: pytest.FixtureRequest) -> Iterator[Any]:
    """Clients of all services."""
    from .callers import AsyncCaller, SyncCaller

    kinds = {GO: GoClient, "sync": SyncCaller, "async": AsyncCaller}
    with kinds[request.param]() as made:
        yield made


@pytest.fixture(params=CODECS)
def codec(request: pytest.FixtureRequest) -> str:
    found: str = request.param
    return found


def test_there_are_89_methods() -> None:
    assert len(METHODS) == 89


def test_requests_and_answers_arrive(caller: Any, url: str, codec: str) -> None:
    for path, method in METHODS:
        for request, answer in exchanges(method):
            headers = answering(answer.to_bytes())

            outcome = caller.call(url, path, codec, request.to_bytes(), headers)

            assert outcome.error is None, path
            assert request.from_bytes(outcome.seen) == request, path
            assert answer.from_bytes(outcome.response) == answer, path


def exchanges(method: Method) -> Iterator[tuple[Message, Message]]:
    """Requests with all fields and all members of oneofs, and answers; and both without any."""
    asked, answered = method.input_type, method.output_type
    assert asked is not None
    assert answered is not None
    requests = [populated(asked), asked(), *of_oneofs(asked)]
    answers = [populated(answered), answered(), *of_oneofs(answered)]
    count = max(len(requests), len(answers))
    pairs = zip(itertools.cycle(requests), itertools.cycle(answers), strict=False)
    return itertools.islice(pairs, count)


def test_errors_arrive(caller: Any, url: str, codec: str) -> None:
    codes = itertools.cycle(TwirpCode)
    for path, method in METHODS:
        assert method.input_type is not None
        request = populated(method.input_type).to_bytes()
        code = str(next(codes))

        outcome = caller.call(url, path, codec, request, failing(code, MSG, META))

        assert outcome.response is None, path
        assert outcome.error == {"code": code, "msg": MSG, "meta": META}, path


def test_errors_without_more_arrive(caller: Any, url: str, codec: str) -> None:
    path = METHODS[0][0]
    for code in TwirpCode:
        error = {"code": str(code), "msg": "", "meta": {}}

        assert caller.call(url, path, codec, b"", failing(**error)).error == error


@pytest.mark.parametrize("fault", ["none", "error", "panic"])
def test_faults_of_an_implementation_are_internal_errors(
    caller: Any, url: str, codec: str, fault: str
) -> None:
    path = METHODS[0][0]

    outcome = caller.call(url, path, codec, b"", {FAULT: fault})

    assert outcome.error["code"] == "internal"
    assert "http_error_from_intermediary" not in outcome.error["meta"]
