"""Runs of the notifier: what it sends, and what it makes of every answer."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from . import notifier_queues, notifier_stops
from .area import GO, Area, Args, Note, Rule, each
from .forge import KEY, NOW, SECRET
from .notifier_runs import (
    OTHER_KEY,
    OTHER_SECRET,
    OTHER_URL,
    URL,
    attempt,
    event,
    normal,
    queue,
    record,
    results,
    run,
)

_DESIGN = "policy of lkproto: "
FINAL = (
    f"{_DESIGN}2xx is delivered; 3xx, which is never followed, 4xx other than 429, "
    "and 501 are final failures"
)
AFRESH = (
    f"{_DESIGN}each attempt is signed when it begins, by the secret configured then"
)
FILLED = (
    f"{_DESIGN}id (EV_ and 12 characters, the same for every URL) and createdAt are filled "
    "in when they are not set"
)
RETRY_AFTER = f"{_DESIGN}Retry-After is capped, whatever its number is"
HTTP_DATES = (
    "RFC 9110 section 5.6.7: a recipient must accept all three formats of dates"
)
ONE_ATTEMPT = f"{_DESIGN}max_retries 0 means one attempt"


def areas() -> Iterator[Area]:
    """The area of runs."""
    area = Area(
        "notifier.run",
        "notifier",
        "webhook.NewDefaultNotifier",
        (
            "webhook/notifier.go",
            "webhook/resource_url_notifier.go",
            "webhook/resource_queue.go",
        ),
        {"now": NOW, "keys": {KEY: SECRET, OTHER_KEY: OTHER_SECRET}},
        {
            "Lost": Note("KNOWN_BUG", "events vanish", "a receiver misses events"),
            "Order": Note(
                "KNOWN_BUG", "events are overtaken", "a late one undoes another"
            ),
            "Secret": Note("EDGE_CASE", "URLs with secrets", "errors show them"),
            "Status": Note("KNOWN_BUG", "a refused delivery", "it counts as delivered"),
        },
        normal=normal,
    )
    _deliveries(area)
    _bodies(area)
    _statuses(area)
    _redirects(area)
    _broken(area)
    _waits(area)
    _retry_after(area)
    _addresses(area)
    notifier_queues.add(area)
    notifier_stops.add(area)
    yield area


def _deliveries(area: Area) -> None:
    area.add("delivered", "an event is delivered", run())
    area.add("nothing-queued", "nothing happens", run(script=[]))
    area.add(
        "user-agent",
        "another User-Agent",
        run(http={"user_agent": "Mine/1.0 (test)"}),
    )
    urls = {"urls": [URL, OTHER_URL]}
    both: Args = {"endpoints": {URL: [200], OTHER_URL: [204]}}
    area.add("two-urls", "an event goes to two URLs", run(config=urls, **both))
    area.add(
        "another-key",
        "the key of the section signs",
        run(config={"api_key": OTHER_KEY}),
    )
    area.add("no-urls", "no URL", run(config={"urls": []}))
    area.add("not-listed", "an endpoint that is not there", run(endpoints={}))
    area.add(
        "delay",
        "an answer after 9 s",
        run(answers=[{"status": 200, "delay_ms": 9000}]),
    )
    area.add("time-passes", "queued at 1234 ms", run(queue(1234)))
    area.add(
        "slow-then-next",
        "the next event waits for a slow answer",
        run(
            queue(0), queue(500, event(2)), answers=[{"status": 200, "delay_ms": 4000}]
        ),
    )


def _bodies(area: Area) -> None:
    found: dict[str, Args] = {
        "participant": {
            "event": "participant_joined",
            "participant": {"sid": "PA_p", "identity": "p", "state": "ACTIVE"},
        },
        "track": {
            "event": "track_published",
            "participant": {"sid": "PA_p", "identity": "p"},
            "track": {"sid": "TR_t", "type": "VIDEO", "width": 640},
        },
        "egress": {
            "event": "egress_ended",
            "room": ...,
            "egressInfo": {
                "egressId": "EG_e",
                "status": "EGRESS_FAILED",
                "error": "no disk",
                "errorCode": 500,
                "startedAt": "1",
            },
        },
        "egress-without-error": {
            "event": "egress_started",
            "egressInfo": {"egressId": "EG_e", "errorCode": 3},
        },
        "ingress": {
            "event": "ingress_ended",
            "ingressInfo": {
                "ingressId": "IN_i",
                "state": {"status": "ENDPOINT_ERROR", "error": "no stream"},
            },
        },
        "ingress-without-state": {
            "event": "ingress_started",
            "ingressInfo": {"ingressId": "IN_i"},
        },
        "job": {"event": "agent_job_started", "room": ..., "job": {"id": "AJ_j"}},
        "num-dropped": {"numDropped": 3},
        "unicode": {"room": {"sid": "RM_u", "name": "é😀\u2028<&>"}},
        "large": {"room": {"name": "r", "metadata": "x" * 9000}},
        "unknown-event": {"event": "from_the_future"},
        "unnamed": {"event": ...},
    }
    for name, members in found.items():
        area.add(f"event-{name}", f"an event: {name}", run(queue(0, event(**members))))
    filled = Rule(FILLED, _filled)
    two: Args = {"config": {"urls": [URL, OTHER_URL]}}
    two["endpoints"] = {URL: [200], OTHER_URL: [500, 200]}
    for name, unset in each(
        {
            "id": {"id": ...},
            "created-at": {"createdAt": ...},
            "either": {"id": ..., "createdAt": ...},
        }
    ):
        args = run(queue(2500, event(**unset)), **two)
        area.add(f"without-{name}", f"an event without {name}", args, rule=filled)


def _filled(args: Args, _: Args) -> Args:
    """An event without id or time, as it is sent to the two URLs."""
    (step,) = args["script"]
    at = step["at_ms"]
    made = {"id": f"EV_{'?' * 11}1", "createdAt": str(NOW + at // 1000)}
    sent = {**made, **step["event"]}
    attempts = [attempt(URL, sent, at)]
    attempts += [attempt(OTHER_URL, sent, when) for when in (at, at + 1000)]
    infos = [record(URL, sent, at), record(OTHER_URL, sent, at, at, at + 1000)]
    return results(attempts, infos)


def _statuses(area: Area) -> None:
    failed = Rule(FINAL, _failed)
    for status in (200, 201, 202, 204, 206, 299):
        area.add(f"status-{status}", f"the answer is {status}", run(answers=[status]))
    for status in (
        300,
        304,
        305,
        400,
        401,
        403,
        404,
        408,
        409,
        410,
        413,
        422,
        425,
        501,
    ):
        args = run(answers=[status])
        area.add(
            f"status-{status}", f"the answer is {status}", args, "Status", rule=failed
        )
    for status in (429, 500, 502, 503, 504, 599):
        args = run(answers=[status, status, 200])
        area.add(f"status-{status}", f"the answer is {status}, twice", args)
    area.add("status-always-500", "the answer is always 500", run(answers=[500]))
    area.add("status-always-429", "the answer is always 429", run(answers=[429]))
    args = run(answers=[500, 404])
    area.add("status-500-then-404", "500, and then 404", args, "Status", rule=failed)
    args = run(answers=[{"status": 404, "body_b64": "bm8="}, 200])
    args["script"].append(queue(1, event(2)))
    area.add(
        "status-404-then-next",
        "404, and the next event",
        args,
        "Status",
        rule=Rule(FINAL, _first_failed),
    )
    body = {"status": 500, "body_b64": "b29wcw=="}
    area.add("error-with-body", "500 with a body", run(answers=[body, 200]))


def _failed(_: Args, result: Args) -> Args:
    for info in result["processed"]:
        info["sendError"] = "the status is final"
    result["counts"] = {
        "success": 0,
        "failure": len(result["processed"]),
        "dropped": {},
    }
    return result


def _first_failed(_: Args, result: Args) -> Args:
    result["processed"][0]["sendError"] = "the status is final"
    result["counts"] = {"success": 1, "failure": 1, "dropped": {}}
    return result


def _redirects(area: Area) -> None:
    """The network follows none: a client that does makes one more attempt."""
    rule = Rule(FINAL, _not_followed)
    for status in (301, 302, 303, 307, 308):
        there = {"status": status, "headers": {"Location": OTHER_URL}}
        args = run(endpoints={URL: [there], OTHER_URL: [200]})
        area.add(
            f"redirect-{status}", f"{status} to another host", args, "Status", rule=rule
        )
    here = {"status": 302, "headers": {"Location": "/elsewhere"}}
    args = run(endpoints={URL: [here], "http://a.invalid/elsewhere": [200]})
    area.add("redirect-same-host", "302 to the same host", args, "Status", rule=rule)
    kept = {"status": 307, "headers": {"Location": "/elsewhere"}}
    args = run(endpoints={URL: [kept], "http://a.invalid/elsewhere": [500]})
    area.add("redirect-then-500", "307 to what fails", args, "Status", rule=rule)
    area.add(
        "redirect-without-location",
        "302 to nowhere",
        run(answers=[302]),
        "Status",
        rule=rule,
    )
    loop = {"status": 302, "headers": {"Location": URL}}
    area.add("redirect-loop", "302 to itself", run(answers=[loop]), "Status", rule=rule)


def _not_followed(_: Args, __: Args) -> Args:
    return results([attempt(URL, event(), 0)], [record(URL, event(), error="redirect")])


def _broken(area: Area) -> None:
    for name in ("refused", "reset", "cut", "big-head", "hang"):
        area.add(f"{name}-once", f"{name}, and then 200", run(answers=[name, 200]))
        area.add(f"{name}-always", f"always {name}", run(answers=[name]))
    quick = {"client_timeout_ms": 700}
    area.add(
        "hang-with-timeout", "a timeout of 700 ms", run(answers=["hang"], http=quick)
    )
    slow = [{"status": 200, "delay_ms": 60_000}]
    patient = {"client_timeout_ms": 90_000}
    area.add(
        "patient", "an answer within a long timeout", run(answers=slow, http=patient)
    )
    late = [{"status": 200, "delay_ms": 10_500}, 200]
    area.add("late", "an answer after the timeout", run(answers=late))
    mixed = ["refused", 503, "hang", "reset", 200]
    area.add("mixed", "a different failure each time", run(answers=mixed))


def _waits(area: Area) -> None:
    found: dict[str, tuple[Args, list[Any]]] = {
        "min": ({"retry_wait_min_ms": 250}, [500]),
        "max": ({"retry_wait_max_ms": 3000}, [500]),
        "min-and-max": ({"retry_wait_min_ms": 100, "retry_wait_max_ms": 350}, [500]),
        "more": ({"max_retries": 7}, [500]),
        "fewer": ({"max_retries": 1}, ["refused"]),
    }
    for name, (http, answers) in found.items():
        args = run(answers=answers, http=http)
        area.add(f"waits-{name}", f"waits: {json.dumps(http)}", args)
    args = run(answers=[500, 200], http={"max_retries": 0})
    once = Rule(ONE_ATTEMPT, _once)
    area.add("waits-none", "max_retries is 0", args, rule=once)
    afresh = Rule(AFRESH, _afresh)
    area.add(
        "signed-again",
        "each attempt has its own token",
        run(answers=[500]),
        rule=afresh,
    )
    longer = run(answers=[{"status": 503, "headers": {"Retry-After": "30"}}])
    area.add("signed-again-late", "the same, after long waits", longer, rule=afresh)


def _once(_: Args, __: Args) -> Args:
    return results(
        [attempt(URL, event(), 0)], [record(URL, event(), error="status 500")]
    )


def _afresh(_: Args, result: Args) -> Args:
    times = [each["at_ms"] for each in result["attempts"]]
    return {**result, "attempts": [attempt(URL, event(), at) for at in times]}


def _retry_after(area: Area) -> None:
    found: dict[str, str] = {
        "seconds": "7",
        "zero": "0",
        "above-the-most": "31",
        "huge": "9223372036",
        "leading-zeros": "007",
        "negative": "-5",
        "fraction": "1.5",
        "word": "soon",
        "empty": "",
        "two-numbers": "1, 2",
        "date": "Thu, 01 Jan 2026 00:00:20 GMT",
        "date-in-the-past": "Wed, 31 Dec 2025 23:59:59 GMT",
        "date-far-away": "Fri, 01 Jan 2100 00:00:00 GMT",
        "date-without-zone": "Thu, 01 Jan 2026 00:00:20",
    }
    for name, value in found.items():
        for status in (429, 503) if name in ("seconds", "date") else (503,):
            after = {"status": status, "headers": {"Retry-After": value}}
            suffix = "-429" if status == 429 else ""
            args = run(answers=[500, after, 200])
            area.add(f"retry-after-{name}{suffix}", f"Retry-After: {value}", args)
    for status in (500, 502, 504):
        after = {"status": status, "headers": {"Retry-After": "9"}}
        args = run(answers=[after, 200])
        area.add(f"retry-after-of-{status}", f"Retry-After with {status}", args)
    always = {"status": 429, "headers": {"Retry-After": "12"}}
    area.add("retry-after-always", "Retry-After each time", run(answers=[always]))
    less = {"status": 503, "headers": {"Retry-After": "9"}}
    args = run(answers=[less, 200], http={"retry_wait_max_ms": 4000})
    area.add("retry-after-and-max", "Retry-After above the longest wait", args)
    args = run(answers=[{"status": 503, "headers": {"Retry-After": "1"}}, 200])
    args["http"] = {"retry_wait_min_ms": 5000}
    area.add("retry-after-and-min", "Retry-After below the shortest wait", args)
    args = run(
        answers=[{"status": 503, "headers": {"Retry-After": "18446744073"}}, 200]
    )
    area.add(
        "retry-after-overflow",
        "more seconds than Go's durations hold",
        args,
        rule=Rule(RETRY_AFTER, _after(30)),
    )
    for name, value in each(
        {
            "rfc-850": "Thursday, 01-Jan-26 00:00:20 GMT",
            "asctime": "Thu Jan  1 00:00:20 2026",
        }
    ):
        args = run(answers=[{"status": 503, "headers": {"Retry-After": value}}, 200])
        area.add(
            f"retry-after-{name}",
            f"Retry-After: {value}",
            args,
            rule=Rule(HTTP_DATES, _after(20)),
        )
    plus = run(answers=[{"status": 503, "headers": {"Retry-After": "+5"}}, 200])
    area.add("retry-after-plus", "Retry-After: +5", plus, profiles=GO)


def _after(seconds: int) -> Any:
    end = seconds * 1000

    def made(_: Args, __: Args) -> Args:
        attempts = [attempt(URL, event(), at) for at in (0, end)]
        return results(attempts, [record(URL, event(), 0, 0, end)])

    return made


def _addresses(area: Area) -> None:
    """URLs that hold secrets, and other forms."""
    found = {
        "user": "http://somebody:passw0rd@a.invalid/hook",
        "only-a-user": "http://somebody@a.invalid/hook",
        "query": "http://a.invalid/hook?token=s3cr3t-value&empty=&other=m0re",
        "both": "http://somebody:p%40ssw0rd@a.invalid/hook?token=s3cr3t-value#fragment",
        "https": "https://a.invalid/hook",
        "port": "http://a.invalid:8080/hook",
        "no-path": "http://a.invalid",
        "escapes": "http://a.invalid/h%C3%B6ok/%2F?q=%20",
        "address": "http://[2001:db8::1]:8080/hook",
    }
    for name, url in found.items():
        config = {"urls": [url]}
        args = run(config=config, endpoints={url: [200]})
        area.add(f"url-{name}", f"a URL: {name}", args, "Secret")
        args = run(config=config, endpoints={url: ["refused"]})
        area.add(f"url-{name}-refused", "the same, refused", args, "Secret")
    secret = found["both"]
    args = run(config={"urls": [secret]}, endpoints={secret: ["hang"]})
    area.add("url-both-hang", "a URL with secrets that hangs", args, "Secret")
    args = run(
        queue(0, event(), {"url": secret}), endpoints={URL: [200], secret: ["reset"]}
    )
    rule = Rule(notifier_queues.HOOKED, _extra_record)
    area.add(
        "url-of-extra-reset", "an extra URL with secrets", args, "Secret", rule=rule
    )


def _extra_record(args: Args, result: Args) -> Args:
    url = args["script"][0]["extra"][0]["url"]
    result["processed"].append(record(url, event(), 0, 0, 15_000, "reset"))
    return result
