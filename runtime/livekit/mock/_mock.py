# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""A LiveKit server without media in this process, for tests."""

from __future__ import annotations

from threading import Event

from ..auth import InvalidArgumentError, MappingKeys
from ..auth._secrets import always, forgetful
from ._access import Access
from ._actions import Actions
from ._app import App
from ._calls import Calls
from ._control import DAY
from ._history import History
from ._http_api import HttpApi
from ._request import MockRequest
from ._script_words import control_of, limits, named
from ._scripts import Entry, Scripts
from ._server import Listener
from ._services import Services
from ._state import State
from ._webhooks import Webhooks

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping
    from typing import Any, Literal, Self

    from .._runtime.message import Message
    from .._runtime.twirp import TwirpCode
    from ..api import AsyncLiveKitAPI, LiveKitAPI
    from ..auth import AccessToken
    from ..livekit_sip_pb import SIPStatusCode
    from ..livekit_webhook_pb import WebhookEvent
    from ._scripts import Script
    from ._signed_webhooks import SignedWebhook

_LAST = 0.5  # seconds for webhooks that wait at the end
API_KEY = "devkey"
API_SECRET = "a-secret-that-is-public-and-for-tests-alone"  # noqa: S105 - as it says


class MockLiveKit(Actions):
    """A LiveKit server without media, in this process: for tests of what calls LiveKit.

    It serves all of LiveKit's services over HTTP on threads of its own, while a `with` runs or from
    `start` to `stop`:

        with MockLiveKit() as mock:
            mock.api().room.create_room(name="demo")

    `keys` are API keys and their secrets; the first one is what `api_key` and `api_secret` say. By
    default they are a pair that is public. `regions` is how many servers there are, each with a
    port of its own, as the regions of LiveKit Cloud. A call whose token lacks a grant is refused
    with `refuse`: 401 as livekit-server does, or 403 as LiveKit's own test server. Without a
    `host`, only this machine can reach it; `port` 0 is any that is free, and further regions have
    the ports after it.

    Events are sent to `webhook_urls`, signed with the first key, in order, and again when that
    fails; `webhooks` has all of them, also without a URL.

    A call that waits until a phone is answered, and a transfer, take `dial_seconds`: 11 on
    LiveKit's test server, nothing here, so that tests do not wait. `on_request` is called for
    everything that came, by the thread that has answered it.

    Raises InvalidArgumentError for settings that cannot be, and EndpointError for such a URL.
    """

    __module__ = __name__.rpartition(".")[0]

    @forgetful
    def __init__(
        self,
        keys: Mapping[str, str] | None = None,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        regions: int = 1,
        webhook_urls: Iterable[str] = (),
        refuse: Literal[401, 403] = 401,
        dial_seconds: float = 0.0,
        on_request: Callable[[MockRequest], object] | None = None,
    ) -> None:
        if refuse not in (401, 403):
            raise InvalidArgumentError(f"refuse is 401 or 403, not {refuse!r}")
        if regions < 1:
            raise InvalidArgumentError(f"regions is a number from 1, not {regions!r}")
        if not 0 <= dial_seconds <= DAY:
            raise InvalidArgumentError(
                f"dial_seconds is a time up to a day, not {dial_seconds!r}"
            )
        self._keys = MappingKeys({API_KEY: API_SECRET} if keys is None else keys)
        if not self._keys.num_keys:
            raise InvalidArgumentError(
                "keys is empty: leave it out for a pair of its own"
            )
        self._address = host, port
        self._refuse = refuse
        self._dial_seconds = dial_seconds
        self._number = regions
        self._scripts = Scripts()
        self._history = History(on_request)
        self._sending = Webhooks(webhook_urls, self._keys, self.api_key)
        super().__init__(State(self._happened))
        self._services = Services(self._state)
        self._listeners: list[Listener] = []
        self._ended = Event()

    def start(self) -> Self:
        """Serve, until `stop`. Raises OSError if it cannot listen."""
        if self._listeners:
            return self
        self._ended.clear()
        app = self._app()
        host, port = self._address
        try:
            for number in range(self._number):
                at = port + number if port else 0
                self._listeners.append(Listener(host, at, number, app))
        except BaseException:
            self.stop()
            raise
        app.regions = self.region_urls
        return self

    def stop(self) -> None:
        """End all connections at once, and free the ports.

        Webhooks that wait get half a second; what is lost is logged.
        """
        self._sending.stop(_LAST)
        self._ended.set()
        for each in self._listeners:
            each.close()
        self._listeners = []

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _app(self) -> App:
        access = Access(self._keys, self._refuse)
        calls = Calls(self._services, access, self._dial_seconds, self._ended)
        return App(calls, access, self._scripts, self._history, HttpApi(self))

    @property
    def region_urls(self) -> list[str]:
        """The URLs of all regions, such as `http://127.0.0.1:41234`; the first one is the mock's.

        Raises RuntimeError before it was started.
        """
        if not self._listeners:
            raise RuntimeError(
                "the mock does not serve: use it in a `with`, or call start()"
            )
        return [each.url for each in self._listeners]

    @property
    def http_url(self) -> str:
        """Where it is reached, such as `http://127.0.0.1:41234`. Raises RuntimeError."""
        return self.region_urls[0]

    @property
    def url(self) -> str:
        """Its URL as LIVEKIT_URL has it, such as `ws://127.0.0.1:41234`. Raises RuntimeError."""
        return self.http_url.replace("http", "ws", 1)

    @property
    def api_key(self) -> str:
        """The API key of `api` and `token`."""
        return self._keys.first_key

    @property
    def api_secret(self) -> str:
        """Its secret."""
        return self._keys.get_secret(self.api_key)

    def api(self, **settings: Any) -> LiveKitAPI:
        """An API of this mock; the settings are those of `LiveKitAPI`, which closes it."""
        from ..api import LiveKitAPI

        return LiveKitAPI(self.url, self.api_key, self.api_secret, **settings)

    def async_api(self, **settings: Any) -> AsyncLiveKitAPI:
        """An API of this mock, for asyncio; the settings are those of `AsyncLiveKitAPI`."""
        from ..api import AsyncLiveKitAPI

        return AsyncLiveKitAPI(self.url, self.api_key, self.api_secret, **settings)

    def token(self, identity: str = "") -> AccessToken:
        """An access token for the mock, to add grants to."""
        from ..auth import AccessToken

        return AccessToken(self.api_key, self.api_secret).with_identity(identity)

    def script(
        self,
        method: str = "*",
        *,
        times: int | None = None,
        regions: Collection[int] | None = None,
        delay: float | None = None,
        drop: Literal["before", "after"] | None = None,
        status: int | None = None,
        code: TwirpCode | str | None = None,
        msg: str = "",
        meta: Mapping[str, str] | None = None,
        body: str | bytes | None = None,
        content_type: str = "",
        response: Message | Mapping[str, Any] | None = None,
        sip_status: SIPStatusCode | int | tuple[int, str] | None = None,
        pinned_regions: Collection[str] = (),
        skip_auth: bool = False,
    ) -> Script:
        """Say what the next calls of a method meet with: `times` of them, or all until it ends.

        It ends with a `with`, by `Script.end`, or by `reset`. Of several that fit a call, one with
        `times` comes before one without; of those with, the oldest counts, of those without, the
        newest. A call that has the header `X-Lk-Mock` meets with that instead.

        `method` is `CreateRoom`, `RoomService/CreateRoom` or the whole path; `RoomService` means
        all of its methods, `*` those of all services, and `regions` the list of regions at
        `/settings/regions`. `regions` (of numbers from 0) limits it to calls that come there.

        A token is verified first, unless `skip_auth`; of a project that is pinned to some regions
        (`pinned_regions`, such as `region-1`) the others answer 451. Then `delay` seconds pass, and
        the call ends in one way: `drop` closes the connection before the call is done, or after it,
        so that its answer is lost; `status`, `code`, `msg` and `meta` are an error of Twirp, in
        which each of status and code follows from the other; `body` is an answer that is not
        Twirp's, such as a proxy's page, with `status` and `content_type`; `response` is a message,
        or ProtoJSON of one, in place of the real answer; `sip_status`, such as 486 or
        `(486, "Busy Here")`, is how a call of SIP ends.

        Raises ValueError and TypeError, which name what is wrong.
        """
        limits(self._number, times, regions, delay, pinned_regions)
        methods = self._services.methods
        paths = named(methods, method)
        control = control_of(
            paths,
            methods,
            status=status,
            code=code,
            msg=msg,
            meta=meta,
            body=body,
            content_type=content_type,
            drop=drop,
            response=response,
            sip_status=sip_status,
        )
        control.delay = delay
        control.pinned = tuple(pinned_regions)
        control.skip_auth = skip_auth
        return self._scripts.add(Entry(paths, regions, times, control))

    @property
    def requests(self) -> list[MockRequest]:
        """What has come, the oldest first, at most the last 10,000; a list of its own.

        A request is there before it is answered, also if its sender has left meanwhile.
        """
        return self._history.requests

    @property
    def webhooks(self) -> list[WebhookEvent]:
        """The events so far, also where no URL gets them; at most 10,000, in a list of its own."""
        return self._history.webhooks

    def _happened(self, event: WebhookEvent) -> None:
        self._history.event(event)
        self._sending.send(event)

    def flush_webhooks(self, timeout: float = 10.0) -> None:
        """Wait until all webhooks are delivered or given up. Raises TimeoutError after seconds."""
        if not self._sending.flush(timeout):
            raise TimeoutError(f"webhooks still wait after {timeout:g} s")

    def sign_webhook(
        self, event: WebhookEvent, *, clock: Callable[[], float] | None = None
    ) -> SignedWebhook:
        """An event as LiveKit delivers it, signed with the mock's key.

        For tests that call what receives webhooks without a network. `clock` has the time of the
        signature, in seconds since 1970.
        """
        from ._signed_webhooks import signed

        return signed(event, self.api_key, self.api_secret, clock)

    def post_webhook(
        self,
        url: str,
        event: WebhookEvent,
        *,
        clock: Callable[[], float] | None = None,
        timeout: float = 10.0,
    ) -> int:
        """Deliver an event once, to any URL; the status of the answer.

        `sample_events()` has one of each kind. Raises TransportError if there is no answer.
        """
        from ._signed_webhooks import posted

        return posted(url, self.sign_webhook(event, clock=clock), timeout)

    def wait_for(self, event: str, timeout: float = 5.0) -> WebhookEvent:
        """The next event of a name, such as `room_started`, that was not waited for yet.

        It may have happened before. Raises TimeoutError after some seconds, with what came instead.
        """
        return self._history.wait_for(event, timeout)

    def reset(self) -> None:
        """Forget all rooms and so on, all that has come, and all scripts; it goes on serving."""
        self._scripts.clear()
        self._state.reset()
        self._history.clear()

    @always
    def __repr__(self) -> str:
        where = self.url if self._listeners else "not started"
        return f"<MockLiveKit {where}>"
