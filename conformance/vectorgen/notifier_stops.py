"""Runs of the notifier: stops, keys that change, and sections that cannot be used."""

from __future__ import annotations

from typing import Any

from .area import GO, Area, Args, Policy, Rule, each
from .forge import KEY
from .notifier_runs import (
    EXTRA_URL,
    NEW_SECRET,
    OTHER_KEY,
    OTHER_SECRET,
    OTHER_URL,
    URL,
    about,
    attempt,
    event,
    queue,
    record,
    results,
    run,
    set_keys,
    stop,
)

_DESIGN = "policy of lkproto: "
FORCED = (
    f"{_DESIGN}a forced stop ends no attempt in flight, starts no further one, and returns the "
    "rest as undelivered"
)
CHANGED = (
    f"{_DESIGN}a stop of the other mode after a stop takes effect: force ends what a drain "
    "waits for"
)
ROTATED = (
    f"{_DESIGN}each attempt is signed with the secret configured then for the key name stored "
    "with the delivery; set_keys counts for what waits and for extra webhooks"
)
REFUSED = Policy(
    "malformed",
    f"{_DESIGN}an unusable URL (scheme, no host) is refused at construction",
)

_SLOW = {"status": 200, "delay_ms": 5000}


def add(area: Area) -> None:
    """Add the cases."""
    _drains(area)
    _forced(area)
    _set_keys(area)
    _constructions(area)


def _drains(area: Area) -> None:
    area.add("stop-at-once", "a stop of an idle notifier", run(queue(0), stop(1000)))
    area.add("stop-before-anything", "nothing was queued", run(stop(7)))
    several = [queue(0, event(number)) for number in (1, 2, 3)]
    area.add("drain", "a stop waits", run(*several, stop(1), answers=[_SLOW]))
    args = run(*several, stop(1), answers=[500, 500, 200, "refused", 200])
    area.add("drain-retries", "a stop waits for retries", args)
    args = run(queue(0), stop(1), answers=["hang"])
    area.add("drain-gives-up", "a stop waits until a delivery is given up", args)
    rooms = [queue(0, about(name, number)) for number, name in enumerate("abab")]
    area.add(
        "drain-keys", "a stop waits for all keys", run(*rooms, stop(1), answers=[_SLOW])
    )
    urls = {"urls": [URL, OTHER_URL]}
    there = {URL: [200], OTHER_URL: [{"status": 200, "delay_ms": 8000}]}
    args = run(queue(0), stop(1), config=urls, endpoints=there)
    area.add("drain-urls", "a stop waits for all URLs", args)
    args = run(
        queue(0), stop(1), queue(2, event(2)), queue(9000, event(3)), answers=[_SLOW]
    )
    area.add("queue-while-draining", "nothing is queued after a stop", args)
    config = {"filter_params": {"exclude_events": ["other"]}}
    args = run(stop(0), queue(1, event(1, event="other")), config=config)
    area.add(
        "filtered-after-stop", "what is filtered is accepted without an error", args
    )
    area.add(
        "run-ends",
        "the run ends before a stop returns",
        run(queue(0), stop(1), answers=["hang", 500], run_ms=10_500),
    )
    area.add("drain-twice", "a second drain", run(stop(0), stop(1)))
    args = run(queue(0), queue(0, event(2)), stop(1), answers=[_SLOW])
    args["config"]["resource_url_notifier"] = {"max_age": "1s"}
    area.add(
        "drain-drops",
        "what is too old is dropped while a stop waits",
        args,
        profiles=GO,
    )


def _forced(area: Area) -> None:
    area.add(
        "force-idle", "force, and nothing waits", run(queue(0), stop(1000, force=True))
    )
    args = run(queue(0), stop(1, force=True), queue(2, event(2)), answers=[_SLOW])
    area.add("force-in-flight", "the attempt in flight ends as it ends", args)
    several = [queue(0, event(number)) for number in (1, 2, 3)]
    args = run(*several, stop(1, force=True), answers=[_SLOW])
    area.add(
        "force-waiting",
        "what waits is not sent",
        args,
        "Lost",
        rule=Rule(FORCED, _forced_waiting),
    )
    args = run(queue(0), stop(500, force=True), answers=[500, 200])
    area.add(
        "force-between-attempts",
        "force while a retry waits",
        args,
        "Lost",
        rule=Rule(FORCED, _forced_retry),
    )
    args = run(*several, stop(1), stop(2000, force=True), answers=[_SLOW])
    area.add(
        "drain-then-force",
        "force ends a drain",
        args,
        "Lost",
        rule=Rule(CHANGED, _drain_forced),
    )
    args = run(queue(0), stop(1), stop(500, force=True), answers=[500, 200])
    area.add(
        "drain-then-force-between-attempts",
        "force ends a drain while a retry waits",
        args,
        "Lost",
        rule=Rule(CHANGED, _drain_retry_forced),
    )
    args = run(queue(0), stop(1, force=True), stop(2), answers=[_SLOW])
    area.add("force-then-drain", "a drain after force", args, profiles=GO)
    area.add(
        "force-twice", "force again", run(stop(0, force=True), stop(1, force=True))
    )


def _forced_waiting(_: Args, __: Args) -> Args:
    lost = [(URL, event(2)), (URL, event(3))]
    return results(
        [attempt(URL, event(), 0)],
        [record(URL, event(), 0, 0, 5000)],
        [None] * 3,
        [1],
        lost,
    )


def _forced_retry(_: Args, __: Args) -> Args:
    return results([attempt(URL, event(), 0)], [], [None], [500], [(URL, event())])


def _drain_forced(_: Args, __: Args) -> Args:
    made = _forced_waiting({}, {})
    return {**made, "stop_ms": [2000, 2000]}


def _drain_retry_forced(_: Args, __: Args) -> Args:
    made = _forced_retry({}, {})
    return {**made, "stop_ms": [500, 500]}


def _set_keys(area: Area) -> None:
    rooms = [queue(0, about("a", 1)), queue(2000, about("b", 2))]
    for name, key, secret in (
        ("new-secret", KEY, NEW_SECRET),
        ("another-key", OTHER_KEY, OTHER_SECRET),
        ("unknown-key", "APInew", NEW_SECRET),
    ):
        args = run(rooms[0], set_keys(1000, key, secret), rooms[1])
        area.add(f"set-keys-{name}", f"set_keys: {name}", args)
    args = run(queue(0), set_keys(1000, "", ""), queue(2000, event(2)))
    area.add("set-keys-empty", "set_keys with empty texts", args)
    args = run(
        set_keys(0, "", ""), queue(1), set_keys(2, KEY, NEW_SECRET), queue(3, event(2))
    )
    area.add("set-keys-empty-and-back", "empty texts, and keys again", args)
    waits = run(
        queue(0), queue(0, event(2)), set_keys(500, KEY, NEW_SECRET), answers=[500, 200]
    )
    area.add(
        "set-keys-waiting",
        "what waits has the new secret",
        waits,
        rule=Rule(ROTATED, _rotated),
    )
    waits = run(
        queue(0),
        queue(0, event(2)),
        set_keys(500, OTHER_KEY, OTHER_SECRET),
        answers=[500, 200],
    )
    rotated = Rule(ROTATED, _not_renamed)
    area.add(
        "set-keys-waiting-another-key", "what waits keeps its key", waits, rule=rotated
    )
    both: Args = {"endpoints": {URL: [200], EXTRA_URL: [200]}}
    steps = [
        set_keys(0, OTHER_KEY, OTHER_SECRET),
        queue(1, event(), {"url": EXTRA_URL}),
    ]
    area.add(
        "set-keys-extra",
        "an extra webhook has the new key",
        run(*steps, **both),
        rule=Rule(ROTATED, _extra(OTHER_KEY, OTHER_SECRET)),
    )
    extra = {"url": EXTRA_URL, "signingKey": KEY}
    steps = [set_keys(0, KEY, NEW_SECRET), queue(1, event(), extra)]
    area.add(
        "set-keys-extra-signing-key",
        "a signing key has the new secret",
        run(*steps, **both),
        rule=Rule(ROTATED, _extra(KEY, NEW_SECRET)),
    )


def _rotated(_: Args, __: Args) -> Args:
    second = event(2)
    attempts = [
        attempt(URL, event(), 0),
        attempt(URL, event(), 1000, KEY, NEW_SECRET),
        attempt(URL, second, 1000, KEY, NEW_SECRET),
    ]
    infos = [record(URL, event(), 0, 0, 1000), record(URL, second, 0, 1000)]
    return results(attempts, infos, [None, None])


def _not_renamed(_: Args, __: Args) -> Args:
    second = event(2)
    attempts = [attempt(URL, event(), at) for at in (0, 1000)]
    attempts.append(attempt(URL, second, 1000))
    infos = [record(URL, event(), 0, 0, 1000), record(URL, second, 0, 1000)]
    return results(attempts, infos, [None, None])


def _extra(key: str, secret: str) -> Any:
    def made(_: Args, __: Args) -> Args:
        urls = (URL, EXTRA_URL)
        attempts = [attempt(url, event(), 1, key, secret) for url in urls]
        return results(attempts, [record(url, event(), 1) for url in urls])

    return made


def _constructions(area: Area) -> None:
    for name, config, keys in (
        ("unknown", {"api_key": "APInobody"}, {}),
        ("no-name", {"api_key": ""}, {}),
        ("empty-secret", {"api_key": "APIempty"}, {"APIempty": ""}),
    ):
        args = run(config=config)
        if keys:
            args["keys"] = keys
        area.add(f"key-of-section-{name}", f"the key of the section: {name}", args)
    args = run(config={"urls": [], "api_key": "APInobody"})
    area.add("key-of-section-unknown-no-urls", "an unknown key without URLs", args)
    area.add("section-empty", "an empty section", {**run(), "config": {}})
    limits: dict[str, Any] = {
        "duration-word": {"max_age": "soon"},
        "duration-without-unit": {"max_age": "30"},
        "duration-number": {"max_age": 30},
        "duration-unit-unknown": {"max_age": "1d"},
        "depth-word": {"max_depth": "many"},
        "depth-list": {"max_depth": [1]},
    }
    sections: dict[str, Args] = {
        name: {"resource_url_notifier": members} for name, members in limits.items()
    }
    sections |= {
        "urls-text": {"urls": URL},
        "urls-mapping": {"urls": {"a": URL}},
        "filter-list": {"filter_params": ["room_started"]},
        "filter-text": {"filter_params": {"include_events": "room_started"}},
        "unknown-member": {"url": [URL]},
        "unknown-limit": {"resource_url_notifier": {"maxAge": "1s"}},
    }
    for name, section in sections.items():
        area.add(
            f"section-{name}",
            f"a section that cannot be read: {name}",
            run(config=section),
        )
    accepted = {"url_notifier": {"num_workers": 1, "queue_size": 1}}
    several = [queue(0, event(number)) for number in range(1, 5)]
    args = run(*several, config=accepted, answers=[_SLOW])
    area.add("section-url-notifier", "url_notifier has no effect", args)
    for name, url in each(
        {
            "scheme": "ftp://a.invalid/",
            "no-scheme": "a.invalid/hook",
            "no-host": "http:///hook",
            "empty": "",
            "only-a-scheme": "http:",
            "control-character": "http://a.invalid/\x01hook",
        }
    ):
        args = run(config={"urls": [url]}, endpoints={})
        area.add(
            f"url-unusable-{name}",
            f"a URL that cannot be used: {name}",
            args,
            policy=REFUSED,
        )
