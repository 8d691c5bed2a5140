"""The modules of runtime/livekit import in one direction, as DESIGN.md says in its section on tokens."""

from __future__ import annotations

import ast
from graphlib import CycleError, TopologicalSorter

import pytest

from .tree import modules_of, python, resolved

pytestmark = pytest.mark.skipif(not python(""), reason="needs a git checkout")

FOLDER = "runtime/livekit/"
# From the ground up: a module may import from its own layer and from those before it.
LAYERS = [
    ("ids", "stream_urls", "_rpc_status"),
    ("call_errors",),
    ("auth/_errors", "auth/_keywords", "auth/_secrets"),
    ("auth/_scan", "auth/_jws", "auth/_copying"),
    ("auth/_registered_claims", "auth/_claims_reader", "auth/_go_json"),
    ("auth/_credentials", "auth/_grants", "auth/_explain"),
    ("auth/_keys", "auth/_key_sets", "auth/_yaml_keys"),
    ("auth/_access_token", "auth/_service_tokens", "auth/_verifier"),
    ("auth",),
    ("agents", "webhook/_errors", "webhook/stores/_types"),
    ("webhook/stores/_checks", "webhook/stores/_file", "webhook/stores/_scripts"),
    ("webhook/stores/_writer", "webhook/stores/_statements"),
    ("webhook/stores/_memory", "webhook/stores/_sqlite", "webhook/stores/_redis"),
    ("webhook/stores",),
    ("webhook/_signing", "webhook/_events", "webhook/_seen"),
    ("webhook/_order", "webhook/_handlers"),
    ("webhook/_receiver", "webhook/_request"),
    ("webhook/adapters", "webhook/adapters/wsgi"),
    (
        "webhook/adapters/aiohttp",
        "webhook/adapters/asgi",
        "webhook/adapters/django",
        "webhook/adapters/flask",
        "webhook/adapters/rest_framework",
        "webhook/adapters/starlette",
    ),
    ("webhook",),
    ("webhook/notifier/_errors", "webhook/notifier/_health"),
    ("webhook/notifier/_urls", "webhook/notifier/_retries"),
    ("webhook/notifier/_config", "webhook/notifier/_events"),
    ("webhook/notifier/_reports", "webhook/notifier/_prometheus"),
    ("webhook/notifier/_core",),
    ("webhook/notifier/_base",),
    ("webhook/notifier/_threaded", "webhook/notifier/_async"),
    ("webhook/notifier",),
    ("api/_urls", "api/_needs", "api/_connections", "api/_regions"),
    ("api/_tokens", "api/_failover", "api/_dialling"),
    ("api/_credentials", "api/_calls"),
    ("api/_base",),
    ("api/_api", "api/_async_api"),
    ("api",),
    ("mock/_errors", "mock/_answers", "mock/_copies", "mock/_request"),
    ("mock/_permissions", "mock/_limits", "mock/_tracks", "mock/_rpc"),
    ("mock/_presence", "mock/_participants", "mock/_moving"),
    ("mock/_egress", "mock/_egress/life"),
    ("mock/_ingress", "mock/_ingress/checks", "mock/_ingress/life"),
    ("mock/_sip", "mock/_sip/updates", "mock/_sip/conflicts", "mock/_sip/checks"),
    ("mock/_sip/lists", "mock/_sip/calls"),
    ("mock/_room_state", "mock/_state", "mock/_actions"),
    (
        "mock/_dispatches",
        "mock/_egress/service",
        "mock/_ingress/service",
        "mock/_rooms",
        "mock/_sip/service",
    ),
    ("mock/_services", "mock/_default_answers", "mock/_access"),
    ("mock/_webhooks", "mock/_signed_webhooks", "mock/_history", "mock/_http_api"),
    ("mock/_control", "mock/_script_words", "mock/_scripts"),
    ("mock/_beside_twirp", "mock/_calls", "mock/_server", "mock/_app"),
    ("mock/_mock",),
    ("mock", "mock/pytest_plugin"),
]
MODULES = modules_of(FOLDER)
LAYER_OF = {name: number for number, layer in enumerate(LAYERS) for name in layer}


def backwards(graph: dict[str, set[str]]) -> list[tuple[str, str]]:
    """The arrows that lead to a later layer."""
    return [
        (name, other)
        for name, others in graph.items()
        for other in others
        if LAYER_OF[other] > LAYER_OF[name]
    ]


def graph_of(planted: dict[str, str] | None = None) -> dict[str, set[str]]:
    """The arrows of all modules, with test code added to some."""
    graph = {name: set(resolved(path, FOLDER)) for name, path in MODULES.items()}
    for name, code in (planted or {}).items():
        graph[name] |= set(resolved(MODULES[name], FOLDER, tree=ast.parse(code)))
    # The parent of the folder is the generated package that it becomes part of.
    return {name: others & LAYER_OF.keys() for name, others in graph.items()}


def test_every_module_has_a_layer() -> None:
    assert sorted(MODULES) == sorted(LAYER_OF)


def test_no_arrow_leads_to_a_later_layer() -> None:
    graph = graph_of()

    assert sum(map(len, graph.values())) > 30
    assert backwards(graph) == []


def test_no_modules_import_each_other_even_in_functions() -> None:
    TopologicalSorter(graph_of()).prepare()  # raises CycleError


@pytest.mark.parametrize(
    ("module", "code", "arrow"),
    [
        ("auth/_scan", "from ._verifier import Claims", "auth/_verifier"),
        ("auth/_keys", "def f():\n    from .. import agents", "agents"),
        ("auth/_grants", "def f():\n    from . import mint", "auth"),
        ("ids", "from .auth._errors import AuthError", "auth/_errors"),
        ("ids", "if TYPE_CHECKING:\n    pass\nelse:\n    from .auth import x", "auth"),
    ],
)
def test_an_arrow_that_is_planted_is_seen(module: str, code: str, arrow: str) -> None:
    assert backwards(graph_of({module: code})) == [(module, arrow)]


def test_an_import_for_checkers_alone_is_not_an_arrow() -> None:
    code = "if TYPE_CHECKING:\n    from ._verifier import Claims"

    assert backwards(graph_of({"auth/_scan": code})) == []


def test_a_circle_within_a_layer_is_seen() -> None:
    graph = graph_of({"auth/_scan": "def f():\n    from ._jws import encode"})

    assert backwards(graph) == []
    with pytest.raises(CycleError):
        TopologicalSorter(graph).prepare()
