"""Runs of the notifier: order, keys of events, limits of queues, filters, extra webhooks."""

from __future__ import annotations

from .area import GO, Area, Args, Rule, each
from .forge import KEY
from .notifier_runs import (
    EXTRA_URL,
    OTHER_KEY,
    OTHER_URL,
    URL,
    about,
    attempt,
    event,
    queue,
    record,
    results,
    run,
    set_filter,
)

_DESIGN = "policy of lkproto: "
HOOKED = f"{_DESIGN}the processed hook fires for extra webhooks too"
OWN_FILTER = (
    f"{_DESIGN}the section's filters do not apply to extra webhooks, "
    "their own filter_params do"
)
REPORTED = (
    f"{_DESIGN}an unknown signing key of one extra webhook is reported, and everything else of "
    "that call is sent"
)
APART = f"{_DESIGN}queues are per URL and key, extra webhooks included: no URL delays another"
KEPT = f"{_DESIGN}for each URL and key first deliveries arrive in the order accepted"

_SLOW = {"status": 200, "delay_ms": 3000}


def add(area: Area) -> None:
    """Add the cases."""
    _order(area)
    _keys(area)
    _limits(area)
    _filters(area)
    _extras(area)


def _order(area: Area) -> None:
    several = [queue(0, event(number)) for number in range(1, 6)]
    area.add("order", "five events of a room", run(*several, answers=[_SLOW]))
    area.add(
        "order-across-retries",
        "later events wait for the retries of the first",
        run(*several, answers=[500, 500, 200]),
    )
    area.add(
        "order-after-giving-up",
        "the next event is sent once the first is given up",
        run(queue(0), queue(1, event(2)), answers=[500, 500, 500, 500, 500, 200]),
    )
    rooms = [queue(0, about(name, number)) for number, name in enumerate("abcdefgh")]
    area.add("rooms-at-once", "eight rooms", run(*rooms, answers=[_SLOW]))
    many = [queue(0, about(f"room-{number}", number)) for number in range(45)]
    area.add("45-at-once", "forty-five rooms", run(*many, answers=[_SLOW]))
    blocked = [
        queue(0, about("a", 1)),
        queue(10, about("b", 2)),
        queue(20, about("a", 3)),
    ]
    area.add(
        "a-room-that-fails",
        "a room that fails does not delay another",
        run(*blocked, answers=["refused", 200]),
    )
    urls = {"urls": [URL, OTHER_URL]}
    steps = [queue(0), queue(1, event(2))]
    for name in ("hang", "refused"):
        area.add(
            f"a-url-that-is-{name}",
            f"one URL is {name}, the other gets both events at once",
            run(*steps, config=urls, endpoints={URL: [name, 200], OTHER_URL: [200]}),
        )
    patient = {"client_timeout_ms": 600_000}
    slow = [{"status": 200, "delay_ms": 500_000}, 200]
    old = {"resource_url_notifier": {"max_age": "10m"}}
    args = run(queue(0), queue(460_000, event(2)), answers=slow, http=patient)
    args = {**args, "config": {**args["config"], **old}, "run_ms": 600_000}
    rule = Rule(KEPT, _not_overtaken)
    area.add("not-swept", "an event after 460 s in flight", args, "Order", rule=rule)


def _not_overtaken(_: Args, __: Args) -> Args:
    second = event(2)
    attempts = [attempt(URL, event(), 0), attempt(URL, second, 500_000)]
    infos = [record(URL, event(), 0, 0, 500_000), record(URL, second, 460_000, 500_000)]
    return results(attempts, infos, [None, None])


def _keys(area: Area) -> None:
    """Which events wait for each other: the first is slow, so that it shows."""
    room, none = {"name": "same"}, {"name": ""}
    pairs: dict[str, tuple[Args, Args]] = {
        "room": ({"room": room}, {"room": room}),
        "room-not-its-sid": (
            {"room": {"name": "same", "sid": "RM_1"}},
            {"room": {"name": "same", "sid": "RM_2"}},
        ),
        "rooms": ({"room": room}, {"room": {"name": "other"}}),
        "participant": (
            {"room": ..., "participant": {"identity": "p"}},
            {"room": ..., "participant": {"identity": "p"}},
        ),
        "participants": (
            {"room": ..., "participant": {"identity": "p"}},
            {"room": ..., "participant": {"identity": "q"}},
        ),
        "room-before-participant": (
            {"room": room, "participant": {"identity": "p"}},
            {"room": room, "participant": {"identity": "q"}},
        ),
        "track": (
            {"room": ..., "track": {"sid": "t"}},
            {"room": ..., "track": {"sid": "t"}},
        ),
        "tracks": (
            {"room": ..., "track": {"sid": "t"}},
            {"room": ..., "track": {"sid": "u"}},
        ),
        "participant-before-track": (
            {"room": ..., "participant": {"identity": "p"}, "track": {"sid": "t"}},
            {"room": ..., "participant": {"identity": "p"}, "track": {"sid": "u"}},
        ),
        "egress-before-room": (
            {"egressInfo": {"egressId": "e"}},
            {"egressInfo": {"egressId": "f"}},
        ),
        "egress": (
            {"egressInfo": {"egressId": "e"}},
            {"egressInfo": {"egressId": "e"}, "room": {"name": "other"}},
        ),
        "egress-before-ingress": (
            {"egressInfo": {"egressId": "e"}, "ingressInfo": {"ingressId": "i"}},
            {"egressInfo": {"egressId": "e"}, "ingressInfo": {"ingressId": "j"}},
        ),
        "ingress-before-room": (
            {"ingressInfo": {"ingressId": "i"}},
            {"ingressInfo": {"ingressId": "j"}},
        ),
        "ingress": (
            {"ingressInfo": {"ingressId": "i"}},
            {"ingressInfo": {"ingressId": "i"}, "room": {"name": "other"}},
        ),
        "kinds-share-names": (
            {"room": {"name": "x"}},
            {"room": ..., "participant": {"identity": "x"}},
        ),
        "none": ({"room": ...}, {"room": ..., "job": {"id": "AJ_j"}}),
        "none-is-default": ({"room": ...}, {"room": {"name": "default"}}),
        "jobs-do-not-count": (
            {"room": ..., "job": {"id": "AJ_a"}},
            {"room": ..., "job": {"id": "AJ_b"}},
        ),
        "empty-room-is-a-key": ({"room": none}, {"room": {}}),
        "empty-room-before-participant": (
            {"room": {}, "participant": {"identity": "p"}},
            {"room": {}, "participant": {"identity": "q"}},
        ),
        "empty-egress-before-room": (
            {"egressInfo": {}, "room": {"name": "a"}},
            {"egressInfo": {}, "room": {"name": "b"}},
        ),
        "empty-is-not-default": ({"room": {}}, {"room": ...}),
        "null-is-absent": (
            {"room": None, "participant": {"identity": "p"}},
            {"room": ..., "participant": {"identity": "p"}},
        ),
    }
    for name, (first, second) in pairs.items():
        steps = [queue(0, event(1, **first)), queue(100, event(2, **second))]
        args = run(*steps, answers=[_SLOW, 200])
        area.add(f"key-{name}", f"keys of two events: {name}", args)


def _limits(area: Area) -> None:
    for age, delay, name in (
        ("5s", 6000, "too-old"),
        ("5s", 5000, "old-enough"),
        ("2.5s", 3000, "fraction"),
        ("1m", 59_000, "minute"),
        ("1m30s", 91_000, "minute-and-seconds"),
        ("1h", 3_599_000, "hour"),
        ("500ms", 501, "milliseconds"),
        ("0s", 30_500, "zero-is-the-default"),
        ("0s", 29_500, "zero-is-not-at-once"),
    ):
        slow = [{"status": 200, "delay_ms": delay}, 200]
        config = {"resource_url_notifier": {"max_age": age}}
        args = run(queue(0), queue(0, event(2)), queue(delay, event(3)))
        args["config"].update(config)
        args |= {"endpoints": {URL: slow}, "run_ms": delay + 9000}
        args["http"] = {"client_timeout_ms": delay + 60_000}
        area.add(f"age-{name}", f"max_age {age} and {delay} ms", args)
    args = run(
        queue(0), queue(0, event(2)), answers=["hang", "hang", "hang", "hang", 200]
    )
    area.add("age-default", "an event waits for 65 s", args)
    for depth in (1, 2, 3):
        steps = [queue(0, event(number)) for number in range(1, 6)]
        args = run(*steps, answers=[_SLOW])
        args["config"]["resource_url_notifier"] = {"max_depth": depth}
        area.add(f"depth-{depth}", f"max_depth {depth}, five events", args)
    steps = [queue(0, about(name, number)) for number, name in enumerate("aabbaabb")]
    args = run(*steps, answers=[_SLOW])
    args["config"]["resource_url_notifier"] = {"max_depth": 1}
    area.add("depth-of-each-key", "max_depth counts for each room", args)
    steps = [queue(0, event(number)) for number in range(1, 4)]
    args = run(*steps, queue(4000, event(4)), answers=[_SLOW])
    args["config"]["resource_url_notifier"] = {"max_depth": 1}
    area.add("depth-again", "there is room again", args)
    steps = [queue(0, event(number)) for number in range(203)]
    slow = [{"status": 200, "delay_ms": 31_000}, 200]
    args = run(*steps, answers=slow, http={"client_timeout_ms": 60_000})
    area.add("depth-default", "203 events of a room, too old after 31 s", args)
    steps = [queue(0, event(number)) for number in range(1, 4)]
    urls = {"urls": [URL, OTHER_URL], "resource_url_notifier": {"max_depth": 1}}
    args = run(*steps, config=urls, endpoints={URL: [_SLOW], OTHER_URL: [200]})
    area.add(
        "depth-of-one-url", "one URL is full", args, "Lost", rule=Rule(APART, _one_full)
    )


def _one_full(_: Args, result: Args) -> Args:
    """The other URL gets the third event too."""
    third = event(3)
    result["attempts"].append(attempt(OTHER_URL, third, 0))
    result["processed"].append(record(OTHER_URL, third))
    result["counts"]["success"] += 1
    return result


def _filters(area: Area) -> None:
    names = ("room_started", "room_finished", "participant_joined")
    steps = [
        queue(0, event(number, event=name)) for number, name in enumerate(names, 1)
    ]
    found: dict[str, Args] = {
        "include": {"include_events": ["room_finished"]},
        "include-two": {"include_events": ["room_finished", "room_started"]},
        "include-unknown": {"include_events": ["Room_Started"]},
        "exclude": {"exclude_events": ["room_finished"]},
        "both": {
            "include_events": ["room_finished"],
            "exclude_events": ["room_finished", "room_started"],
        },
        "empty": {"include_events": [], "exclude_events": []},
        "empty-include": {"include_events": [], "exclude_events": ["room_started"]},
    }
    for name, params in found.items():
        args = run(*steps, config={"filter_params": params})
        area.add(f"filter-{name}", f"filter_params: {name}", args)
    include = {"filter_params": {"include_events": ["room_started"]}}
    for name, (included, excluded) in each(
        {
            "include": (["room_finished"], []),
            "exclude": ([], ["participant_joined"]),
            "nothing": ([], []),
        }
    ):
        later = [{**step, "at_ms": 2000} for step in steps]
        args = run(*steps, set_filter(1000, included, excluded), *later, config=include)
        area.add(f"set-filter-{name}", f"set_filter: {name}", args)
    args = run(queue(0), queue(1, event(2)), set_filter(2, ["x"], []), answers=[_SLOW])
    area.add("set-filter-later", "set_filter does not stop what waits", args)


def _extras(area: Area) -> None:
    hooked = Rule(HOOKED, _hooked)
    both: Args = {"endpoints": {URL: [200], EXTRA_URL: [200]}}
    found: dict[str, list[Args]] = {
        "one": [{"url": EXTRA_URL}],
        "signing-key": [{"url": EXTRA_URL, "signingKey": OTHER_KEY}],
        "own-key": [{"url": EXTRA_URL, "signingKey": KEY}],
        "two": [{"url": EXTRA_URL}, {"url": OTHER_URL, "signingKey": OTHER_KEY}],
    }
    for name, extras in found.items():
        args = run(
            queue(0, event(), *extras),
            endpoints={**both["endpoints"], OTHER_URL: [200]},
        )
        area.add(f"extra-{name}", f"extra webhooks: {name}", args, rule=hooked)
    retried: Args = {"endpoints": {URL: [200], EXTRA_URL: [500, "refused", 200]}}
    args = run(queue(0, event(), {"url": EXTRA_URL}), **retried)
    area.add("extra-retried", "an extra webhook fails twice", args, rule=hooked)
    agent = run(
        queue(0, event(), {"url": EXTRA_URL}), **both, http={"user_agent": "Mine"}
    )
    area.add("extra-user-agent", "another User-Agent", agent, rule=hooked)
    alone = run(queue(0, event(), {"url": EXTRA_URL}), **both)
    alone["config"]["urls"] = []
    area.add("extra-without-urls", "only an extra webhook", alone, rule=hooked)
    keyless = run(
        queue(0, event(), {"url": EXTRA_URL, "signingKey": OTHER_KEY}), **both
    )
    keyless["config"] = {}
    area.add("extra-without-section", "a signing key is enough", keyless, rule=hooked)
    no_key = run(queue(0, event(), {"url": EXTRA_URL}), **both)
    no_key["config"] = {}
    area.add("extra-without-a-key", "nothing signs", no_key)
    args = run(
        queue(0, event(), {"url": EXTRA_URL}),
        config={"filter_params": {"exclude_events": ["room_started"]}},
        **both,
    )
    area.add("extra-ignores-the-filter", "the section's filter", args, rule=hooked)
    for name, params, passes in (
        ("include", {"includeEvents": ["room_started"]}, True),
        ("include-another", {"includeEvents": ["room_finished"]}, False),
        ("exclude", {"excludeEvents": ["room_started"]}, False),
        ("exclude-another", {"excludeEvents": ["room_finished"]}, True),
        (
            "both",
            {"includeEvents": ["room_started"], "excludeEvents": ["room_started"]},
            True,
        ),
    ):
        args = run(
            queue(0, event(), {"url": EXTRA_URL, "filterParams": params}), **both
        )
        rule = hooked if passes else Rule(OWN_FILTER, _only_the_url)
        area.add(
            f"extra-filter-{name}",
            f"filter_params of an extra: {name}",
            args,
            rule=rule,
        )
    unknown = {"url": EXTRA_URL, "signingKey": "APInobody"}
    after = {"url": OTHER_URL}
    args = run(
        queue(0, event(), unknown, after),
        endpoints={URL: [200], EXTRA_URL: [200], OTHER_URL: [200]},
    )
    area.add(
        "extra-unknown-key",
        "no secret for a signing key",
        args,
        "Lost",
        rule=Rule(REPORTED, _reported),
    )
    hangs: Args = {"endpoints": {URL: [200], EXTRA_URL: ["hang"], OTHER_URL: [200]}}
    args = run(queue(0, event(), {"url": EXTRA_URL}, {"url": OTHER_URL}), **hangs)
    area.add(
        "extra-that-hangs",
        "one extra webhook hangs",
        args,
        "Lost",
        rule=Rule(APART, _apart),
    )
    bad = run(queue(0, event(), {"url": "ftp://extra.invalid/"}))
    area.add("extra-without-http", "an extra URL of another scheme", bad, profiles=GO)


def _hooked(args: Args, result: Args) -> Args:
    """Add a record for each extra webhook; they are delivered when their last attempt begins."""
    (step,) = args["script"]
    for extra in step["extra"]:
        made = [each for each in result["attempts"] if each["url"] == extra["url"]]
        if made:
            ended = made[-1]["at_ms"]
            result["processed"].append(record(extra["url"], event(), 0, 0, ended))
    return result


def _only_the_url(_: Args, __: Args) -> Args:
    return results([attempt(URL, event(), 0)], [record(URL, event())])


def _reported(_: Args, __: Args) -> Args:
    urls = (URL, OTHER_URL)
    attempts = [attempt(url, event(), 0) for url in urls]
    return results(attempts, [record(url, event()) for url in urls], ["unknown_key"])


def _apart(_: Args, __: Args) -> Args:
    times = (0, 11_000, 23_000, 37_000, 55_000)
    attempts = [attempt(url, event(), 0) for url in (URL, OTHER_URL)]
    attempts += [attempt(EXTRA_URL, event(), at) for at in times]
    infos = [record(url, event()) for url in (URL, OTHER_URL)]
    infos.append(record(EXTRA_URL, event(), 0, 0, 65_000, "hang"))
    return results(attempts, infos)
