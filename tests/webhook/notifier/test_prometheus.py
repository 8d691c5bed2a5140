"""Metrics have the names, labels and buckets of livekit/protocol (webhook/stats.go)."""

from __future__ import annotations

import pytest
from lkproto.http import Response, ScriptedTransport
from lkproto.webhook.notifier import (
    Notifier,
    PrometheusMetrics,
    QueueFullError,
    Retries,
)

from .support import CONFIG, KEY, OK, SECRET, WAIT, Gate, event

prometheus = pytest.importorskip("prometheus_client")
DISPATCHED = "livekit_webhook_dispatch_total"
LENGTH = "livekit_webhook_queue_length"


@pytest.fixture
def registry():
    return prometheus.CollectorRegistry()


def samples(registry, name: str) -> dict[tuple[str, ...], float]:
    """The values of a name by their labels, `status` before `reason`."""
    return {
        tuple(each.labels[key] for key in sorted(each.labels, reverse=True)): each.value
        for family in registry.collect()
        for each in family.samples
        if each.name == name
    }


def test_names_and_buckets_are_those_of_the_reference(registry) -> None:
    metrics = PrometheusMetrics(registry)
    metrics.dispatched("success", "")
    metrics.queued(5)

    shown = prometheus.generate_latest(registry).decode()
    assert f'{DISPATCHED}{{reason="",status="success"}} 1.0' in shown
    buckets = samples(registry, f"{LENGTH}_bucket")
    bounds = ["1", "2", "3", "4", "5", "10", "20", "40", "80"]
    assert [bound.removesuffix(".0") for (bound,) in buckets] == [*bounds, "+Inf"]
    assert buckets["4.0",] == 0
    assert buckets["5.0",] == 1


def test_success_and_failure_have_no_reason(registry) -> None:
    answers = [OK, Response(404, {}, b""), Response(503, {}, b"")]
    with Notifier(
        CONFIG,
        KEY,
        SECRET,
        transport=ScriptedTransport(answers),
        retries=Retries(max_retries=0),
        metrics=PrometheusMetrics(registry),
        max_in_flight=1,
    ) as notifier:
        for number in range(3):
            notifier.queue_notify(event(f"e{number}"))

    assert samples(registry, DISPATCHED) == {
        ("success", ""): 1,
        ("failure", ""): 2,
    }
    assert samples(registry, f"{LENGTH}_count") == {(): 3}


def test_drops_have_theirs(registry) -> None:
    now = [1_767_225_600.0]
    gate = Gate()
    config = CONFIG | {"resource_url_notifier": {"max_depth": 1}}
    notifier = Notifier(
        config,
        KEY,
        SECRET,
        transport=gate,
        metrics=PrometheusMetrics(registry),
        clock=lambda: now[0],
    )
    notifier.queue_notify(event("sent"))
    assert gate.begun.wait(WAIT)
    notifier.queue_notify(event("old"))
    with pytest.raises(QueueFullError):
        notifier.queue_notify(event("refused"))
    now[0] += 31.0
    gate.opened.set()
    notifier.stop()

    assert samples(registry, DISPATCHED) == {
        ("success", ""): 1,
        ("drop", "queue is full"): 1,
        ("drop", "age"): 1,
    }


def test_one_object_serves_many_notifiers(registry) -> None:
    metrics = PrometheusMetrics(registry)
    for _ in range(2):
        transport = ScriptedTransport(OK)
        with Notifier(
            CONFIG, KEY, SECRET, transport=transport, metrics=metrics
        ) as notifier:
            notifier.queue_notify(event())

    assert samples(registry, DISPATCHED) == {("success", ""): 2}
