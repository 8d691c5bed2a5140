# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""A LiveKit server without media in this process, for tests."""

from __future__ import annotations

from threading import Condition, Event

from ..auth import InvalidArgumentError, MappingKeys
from ..auth._secrets import always, forgetful
from ._recorded import MockRequest
from ._scripts import Script, Scripts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from typing import Any, Literal, Self

    from .._runtime.message import Message
    from .._runtime.twirp import TwirpCode
    from ..api import AsyncLiveKitAPI, LiveKitAPI
    from ..auth import AccessToken
    from ..livekit_sip_pb import SIPStatusCode
    from ._app import App
    from ._server import Listener
    from ._services import Services

API_KEY = "devkey"
API_SECRET = "a-secret-that-is-public-and-for-tests-alone"  # noqa: S105 - as it says


class MockLiveKit:
    """A LiveKit server without media, in this process: for tests of what calls LiveKit.

    It serves all of LiveKit's services over HTTP on threads of its own, while a `with` runs or from
    `start` to `stop`:

        with MockLiveKit() as mock:
            mock.api().room.create_room(name="demo")

    `keys` are API keys and their secrets; the first one is what `api_key` and `api_secret` say. By
    default they are a pair that is public. `regions` is how many servers there are, each with a
    port of its own, as the regions of LiveKit Cloud. A call whose token lacks a grant is refused
    with `refuse`: 401 as livekit-server does, or 403 as LiveKit's own test server. Without a
    `host`, only this machine can reach it; `port` 0 is any that is free.

    Raises InvalidArgumentError for keys that cannot be used, and ValueError.
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
        refuse: Literal[401, 403] = 401,
    ) -> None:
        if refuse not in (401, 403):
            raise InvalidArgumentError(f"refuse is 401 or 403, not {refuse!r}")
        if regions < 1:
            raise InvalidArgumentError(f"regions is a number from 1, not {regions!r}")
        self._keys = MappingKeys({API_KEY: API_SECRET} if keys is None else keys)
        if not self._keys.num_keys:
            raise InvalidArgumentError(
                "keys is empty: leave it out for a pair of its own"
            )
        self._address = host, port
        self._refuse = refuse
        self._number = regions
        self._scripts = Scripts()
        self._found: Services | None = None
        self._listeners: list[Listener] = []
        self._ended = Event()
        self._changed = Condition()
        self._requests: list[MockRequest] = []

    def start(self) -> Self:
        """Serve, until `stop`. Raises OSError if it cannot listen."""
        from ._server import Listener

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
        """End all connections at once, and free the ports."""
        self._ended.set()
        for each in self._listeners:
            each.close()
        self._listeners = []

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _app(self) -> App:
        from ._access import Access
        from ._app import App

        access = Access(self._keys, self._refuse)
        return App(self._services, access, self._scripts, self._note, self._ended)

    @property
    def _services(self) -> Services:
        if self._found is None:
            from ._services import Services

            self._found = Services([])
        return self._found

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
        from ._words import control_of, named

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
        return self._scripts.add(Script(self._scripts, paths, regions, times, control))

    @property
    def requests(self) -> list[MockRequest]:
        """What has come so far, the oldest first; a list of its own."""
        with self._changed:
            return self._requests.copy()

    def _note(self, request: MockRequest) -> None:
        with self._changed:
            self._requests.append(request)
            self._changed.notify_all()

    def reset(self) -> None:
        """Forget all that has come, and all scripts; the mock goes on serving."""
        self._scripts.clear()
        with self._changed:
            self._requests.clear()

    @always
    def __repr__(self) -> str:
        where = self.url if self._listeners else "not started"
        return f"<MockLiveKit {where}>"
