"""An application that receives webhooks on this machine, and verifies them."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from threading import Condition

from lkproto.livekit import WebhookEvent
from lkproto.webhook import WebhookReceiver

from tests.posts import Answer, Post, taking


class Sink:
    """What came. `statuses` are the first answers; then it is 200, and only these are received."""

    def __init__(self, receiver: WebhookReceiver, *statuses: int) -> None:
        self.url = ""
        self.posts: list[Post] = []
        self.received: list[WebhookEvent] = []
        self._receiver = receiver
        self._statuses = list(statuses)
        self._changed = Condition()

    def take(self, post: Post) -> Answer:
        """Take a delivery, and say how to answer it."""
        event = self._receiver.receive(post.body, post.headers["Authorization"])
        with self._changed:
            self.posts.append(post)
            if self._statuses:
                return self._statuses.pop(0), "", b""
            self.received.append(event)
            self._changed.notify_all()
        return 200, "", b""

    def names(self, count: int) -> list[str]:
        """The names of the events, once there are so many."""
        with self._changed:
            self._changed.wait_for(lambda: len(self.received) >= count, 30)
            return [each.event for each in self.received]


@contextmanager
def receiving(receiver: WebhookReceiver, *statuses: int) -> Generator[Sink]:
    """An application on a real socket."""
    found = Sink(receiver, *statuses)
    with taking(found.take) as url:
        found.url = f"{url}/hook"
        yield found
