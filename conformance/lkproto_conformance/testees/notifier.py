"""`notifier.run`: lkproto's notifier for asyncio, in virtual time."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from lkproto.livekit_analytics_pb import WebhookInfo
from lkproto.livekit_models_pb import WebhookConfig
from lkproto.livekit_webhook_pb import WebhookEvent
from lkproto.webhook.notifier import AsyncNotifier, NotifierError, Retries

from . import virtual
from .arguments import Args, DeclinedError

# Drops and failures are results here, not warnings on stderr.
logging.getLogger("lkproto.webhook").addHandler(logging.NullHandler())


def notifier_run(args: Args) -> Args:
    """`notifier.run`. Raises NotifierError for a section that cannot be used, and DeclinedError."""
    if args["profile"] != "strict":
        raise DeclinedError(
            "the notifier has one behaviour, that of the profile strict"
        )
    return virtual.run(_run(args))


async def _run(args: Args) -> Args:
    run = _Run(args)
    for step in args["script"]:
        await virtual.until(step["at_ms"])
        await run.do(step)
        await virtual.settle()
    await virtual.until(args["run_ms"])
    return run.result()


class _Run:
    """A notifier, and what is seen of it."""

    def __init__(self, args: Args) -> None:
        self._network = virtual.Network(args["endpoints"])
        self._returned: list[Any] = []
        self._processed: list[Any] = []
        self._stops: list[int | None] = []
        self._undelivered: list[Args] = []
        self._tasks: list[asyncio.Task[None]] = []
        http: Args = args.get("http") or {}
        loop, now = asyncio.get_running_loop(), args["now"]
        timeout = (http.get("client_timeout_ms") or 10_000) / 1000
        self._notifier = AsyncNotifier(
            args["config"],
            keys=args["keys"],
            transport=self._network,
            retries=_retries(http),
            timeout=timeout,
            user_agent=http.get("user_agent") or "LiveKit",
            lease=timeout + 30,
            clock=lambda: now + loop.time(),
        )
        self._notifier.on_processed(self._note)

    def _note(self, info: WebhookInfo) -> None:
        self._processed.append(info.to_dict())

    async def do(self, step: Args) -> None:
        """One step of the script."""
        if step["op"] == "queue":
            self._returned.append(await self._queue(step))
        elif step["op"] == "stop":
            self._stops.append(None)
            stop = self._stop(len(self._stops) - 1, step["force"])
            self._tasks.append(asyncio.create_task(stop))
        elif step["op"] == "set_keys":
            self._notifier.set_keys(step["api_key"], step["secret"])
        else:
            self._notifier.set_filter(step["include"], step["exclude"])

    async def _queue(self, step: Args) -> Args | None:
        event = WebhookEvent.from_dict(step["event"], ignore_unknown=True)
        extra = [WebhookConfig.from_dict(each) for each in step.get("extra", ())]
        try:
            await self._notifier.queue_notify(event, extra=extra)
        except NotifierError as error:
            return {"kind": error.kind, "message": str(error)}
        return None

    async def _stop(self, index: int, force: bool) -> None:
        for each in await self._notifier.stop(force=force):
            lost = {"url": each.endpoint, "event_id": each.event_id}
            self._undelivered.append(lost)
        self._stops[index] = virtual.milliseconds()

    def result(self) -> Args:
        """What was seen so far."""
        counts = self._notifier.counts
        return {
            "attempts": self._network.attempts,
            "returned": self._returned,
            "processed": self._processed,
            "stop_ms": self._stops,
            "undelivered": self._undelivered,
            "counts": {
                "success": counts.success,
                "failure": counts.failure,
                "dropped": dict(counts.dropped),
            },
        }


def _retries(http: Args) -> Retries:
    """Those of a request; an absent number is the default."""
    names = {"wait_min": "retry_wait_min_ms", "wait_max": "retry_wait_max_ms"}
    given = {name: http[of] / 1000 for name, of in names.items() if http.get(of)}
    return Retries(**given, max_retries=http.get("max_retries", 4))
