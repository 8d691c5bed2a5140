# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""Making access tokens, byte for byte as livekit/protocol v1.54.0 does (auth/accesstoken.go)."""

# Arguments are checked, although those of typed code need not be.
# pyright: reportUnnecessaryIsInstance=false

from __future__ import annotations

from .._runtime.json.nesting import nests_deeper
from ..livekit_agent_dispatch_pb import RoomAgentDispatch
from ..livekit_models_pb import ParticipantInfo, TrackSource
from ..livekit_room_pb import RoomConfiguration
from ..lkproto.claims_pb import (
    AgentEndpointGrants,
    AgentGrants,
    AgentThreadGrants,
    ClaimGrants,
    InferenceGrants,
    ObservabilityGrants,
    SIPGrants,
    VideoGrants,
)
from ._copying import clone, sorted_map
from ._credentials import refuse_secrets
from ._errors import ArgumentTypeError, InvalidArgumentError
from ._go_json import claims_json, text_of
from ._grants import claim_text, enum_value
from ._jws import MAX_DEPTH, MAX_SIZE, encode, is_strict, signature
from ._registered_claims import LAST_SECOND, clock_of
from ._secrets import (
    Secret,
    TextSecret,
    always,
    check_pair,
    forgetful,
    good_secret,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import timedelta
    from typing import Any, Self, TypeVar

    from .._runtime.enums import Enum
    from .._runtime.message import Message
    from ._jws import Profile

    M = TypeVar("M", bound=Message)

DEFAULT_TTL = 6 * 60 * 60
"""Seconds a token is valid by default."""

_SECOND = 1_000_000  # microseconds, the resolution of timedelta
_HEADER = encode(b'{"alg":"HS256","typ":"JWT"}')


class AccessToken:
    """Builds a token.

    Key and secret default to LIVEKIT_API_KEY and LIVEKIT_API_SECRET of the environment. `clock`
    returns the time in seconds since 1970. `profile` decides where `to_jwt` looks for secrets in
    a room configuration, see `check_credentials`. Raises InvalidArgumentError without key or
    secret.

    The methods copy their arguments, so later changes on either side do not affect the other.
    None removes a grant.
    """

    __slots__ = (
        "_api_key",
        "_api_secret",
        "_claims",
        "_clock",
        "_sensitive",
        "_strict",
        "_ttl",
        "_unknown",
    )

    @forgetful
    def __init__(
        self,
        api_key: str | None = None,
        api_secret: str | None = None,
        *,
        profile: Profile = "strict",
        clock: Callable[[], float] | None = None,
    ) -> None:
        self._begin(is_strict(profile), clock_of(clock))
        self._api_secret: Secret
        if self._strict and api_key and api_secret:
            good = good_secret(api_key, api_secret)
            if good is not None:
                self._api_key, self._api_secret = api_key, good
                return
        self._api_key = ""
        self._api_secret = Secret(b"")
        secret = TextSecret(_setting(api_secret, "secret"))
        self._api_key = _checked_key(_setting(api_key, "key"))
        self._api_secret = secret.checked()
        if self._strict:
            check_pair(self._api_key, secret)

    @classmethod
    def _of(cls, api_key: str, secret: Secret) -> Self:
        """A token of a pair whose user was warned already. Not public."""
        token = cls.__new__(cls)
        token._begin(True, clock_of(None))
        token._api_key, token._api_secret = api_key, secret
        return token

    def _begin(self, strict: bool, clock: Callable[[], float]) -> None:
        self._claims = ClaimGrants()
        self._unknown: Mapping[str, Any] | None = None
        self._ttl = DEFAULT_TTL * _SECOND
        self._sensitive = False
        self._strict = strict
        self._clock = clock

    @always
    def __repr__(self) -> str:
        return (
            f"AccessToken(api_key={self._api_key!r}, api_secret=<redacted SECRET>, "
            f"claims={self._claims!r})"
        )

    @property
    def claims(self) -> ClaimGrants:
        """A copy of the claims that the token will have."""
        return clone(self._claims)

    def with_claims(
        self, claims: ClaimGrants, unknown: Mapping[str, Any] | None = None
    ) -> Self:
        """Replace all claims.

        `unknown` are further members as JSON values, such as those a verifier returns; they may
        be inside grants: `{"video": {"newGrant": True}}`. Raises InvalidArgumentError.
        """
        self._claims = clone(_typed(claims, ClaimGrants))
        self._unknown = None if unknown is None else _copied(unknown)
        return self

    def with_identity(self, identity: str) -> Self:
        """Who the holder is in a room."""
        self._claims.identity = identity
        return self

    def with_name(self, name: str) -> Self:
        """Display name of the participant."""
        self._claims.name = name
        return self

    def with_kind(self, kind: ParticipantInfo.Kind | str) -> Self:
        """Sort of participant, as an enum value or its name. Raises InvalidArgumentError."""
        self._claims.kind = named(ParticipantInfo.Kind, kind, self._strict)
        return self

    def with_kind_details(self, *details: ParticipantInfo.KindDetail | str) -> Self:
        """More about the sort of participant, as enum values or their names.

        Raises InvalidArgumentError.
        """
        cls = ParticipantInfo.KindDetail
        self._claims.kind_details = [named(cls, each, self._strict) for each in details]
        return self

    def with_grants(self, grants: VideoGrants | None) -> Self:
        """Rights on rooms, and inside one.

        Raises InvalidArgumentError, if strict also for sources that do not exist.
        """
        if (
            self._strict
            and isinstance(grants, VideoGrants)
            and grants.can_publish_sources
        ):
            _check_sources(grants.can_publish_sources)
        self._claims.video = _copy(grants, VideoGrants)
        return self

    def with_sip_grants(self, grants: SIPGrants | None) -> Self:
        """Rights on telephony."""
        self._claims.sip = _copy(grants, SIPGrants)
        return self

    def with_agent_grants(self, grants: AgentGrants | None) -> Self:
        """Rights on agents of LiveKit Cloud."""
        self._claims.agent = _copy(grants, AgentGrants)
        return self

    def with_inference_grants(self, grants: InferenceGrants | None) -> Self:
        """Rights on inference."""
        self._claims.inference = _copy(grants, InferenceGrants)
        return self

    def with_observability_grants(self, grants: ObservabilityGrants | None) -> Self:
        """Rights on observability data."""
        self._claims.observability = _copy(grants, ObservabilityGrants)
        return self

    def with_agent_endpoint_grants(self, grants: AgentEndpointGrants | None) -> Self:
        """Rights on HTTP endpoints of agents."""
        self._claims.agent_endpoint = _copy(grants, AgentEndpointGrants)
        return self

    def with_agent_thread_grants(self, grants: AgentThreadGrants | None) -> Self:
        """Rights on conversations with agents."""
        self._claims.agent_thread = _copy(grants, AgentThreadGrants)
        return self

    def with_metadata(self, metadata: str) -> Self:
        """Free-form text for the application."""
        self._claims.metadata = metadata
        return self

    def with_attributes(self, attributes: Mapping[str, str]) -> Self:
        """Free-form pairs for the application, added to those already set."""
        try:
            merged = {**self._claims.attributes, **attributes}
        except TypeError:
            raise ArgumentTypeError(
                f"attributes are a mapping of texts, not {type(attributes).__name__}"
            ) from None
        self._claims.attributes = sorted_map(merged)
        return self

    def with_sha256(self, sha256: str) -> Self:
        """SHA-256 of the body of a webhook, in base64."""
        self._claims.sha256 = sha256
        return self

    def with_room_preset(self, preset: str) -> Self:
        """Name of settings kept by the server."""
        self._claims.room_preset = preset
        return self

    def with_room_config(self, config: RoomConfiguration | None) -> Self:
        """Settings of the room, if joining creates it."""
        self._claims.room_config = _copy(config, RoomConfiguration)
        return self

    def with_agents(self, *agents: RoomAgentDispatch) -> Self:
        """Agents to dispatch to the room; they replace those of the room configuration."""
        if any(isinstance(each, list | tuple) for each in agents):
            raise ArgumentTypeError(
                "agents are given one by one: with_agents(*agents), with a star"
            )
        copies = [clone(_typed(each, RoomAgentDispatch)) for each in agents]
        if self._claims.room_config is None:
            self._claims.room_config = RoomConfiguration()
        self._claims.room_config.agents = copies
        return self

    def with_ttl(self, ttl: timedelta) -> Self:
        """How long the token is valid. Zero means the default of six hours.

        So does a negative one to the reference; strict refuses it. Raises InvalidArgumentError.
        """
        try:
            whole = (ttl.days * 86_400 + ttl.seconds) * _SECOND + ttl.microseconds
        except AttributeError:
            raise ArgumentTypeError(
                f"with_ttl takes a timedelta, not {type(ttl).__name__}; write "
                "timedelta(seconds=…)"
            ) from None
        if whole < 0 and self._strict:
            raise InvalidArgumentError("a token cannot be valid for less than no time")
        self._ttl = whole if whole > 0 else DEFAULT_TTL * _SECOND
        return self

    def allow_sensitive_credentials(self, allow: bool = True) -> Self:
        """Allow secrets in the room configuration, for tokens that stay on servers."""
        self._sensitive = allow
        return self

    def to_jwt(self) -> str:
        """The signed token.

        Raises InvalidArgumentError for values that a token cannot hold, if strict also for a
        token that a strict verifier would refuse, and SensitiveCredentialsError.
        """
        claims = self._claims
        if claims.room_config is not None and not self._sensitive:
            refuse_secrets(claims.room_config, self._strict)
        text = claims_json(claims, self._unknown)
        separator = "" if text == "{}" else ","
        payload = f"{{{self._registered()}{separator}{text[1:]}"
        token = _signed(payload, self._api_secret)
        # Without unknown claims, the schema limits how deep a token nests.
        if self._strict and (len(token) > MAX_SIZE or self._unknown):
            _check_limits(payload, token)
        return token

    def _registered(self) -> str:
        """The registered claims, in the order of golang-jwt; dates are whole seconds."""
        now = self._clock()
        seconds = int(now // 1)
        expires = (round(now * _SECOND) + self._ttl) // _SECOND
        if self._strict and not 0 <= seconds <= expires <= LAST_SECOND:
            raise InvalidArgumentError(
                "the token would not be valid between the years 1970 and 9999; check its "
                "ttl and the clock, which returns seconds"
            )
        subject = self._claims.identity
        sub = f'"sub":{text_of(subject)},' if subject else ""
        return (
            f'"iss":{text_of(self._api_key)},{sub}'
            f'"exp":{expires},"nbf":{seconds},"iat":{seconds}'
        )


@forgetful
def mint(
    claims: ClaimGrants,
    *,
    api_key: str | None = None,
    api_secret: str | None = None,
    ttl: timedelta | None = None,
    unknown: Mapping[str, Any] | None = None,
    allow_sensitive_credentials: bool = False,
    profile: Profile = "strict",
    clock: Callable[[], float] | None = None,
) -> str:
    """A signed token with these claims, in one call; see `AccessToken` for the arguments.

    Raises InvalidArgumentError and SensitiveCredentialsError.
    """
    token = AccessToken(api_key, api_secret, profile=profile, clock=clock)
    token.with_claims(claims, unknown)
    if ttl is not None:
        token.with_ttl(ttl)
    return token.allow_sensitive_credentials(allow_sensitive_credentials).to_jwt()


def _setting(given: str | None, name: str) -> str:
    """The API key or secret, by default from the environment."""
    variable = f"LIVEKIT_API_{name.upper()}"
    if given is None:
        from os import environ

        given = environ.get(variable)
    if not given:
        raise InvalidArgumentError(
            f"the API {name} is missing or empty; pass it, or set {variable}"
        )
    return given


def _checked_key(api_key: str) -> str:
    """An API key that is text. Raises InvalidArgumentError."""
    if not isinstance(api_key, str):
        raise ArgumentTypeError(f"an API key is text, not {type(api_key).__name__}")
    try:
        api_key.encode()
    except UnicodeEncodeError:
        raise InvalidArgumentError("the API key is not valid Unicode") from None
    return api_key


def _copied(unknown: Mapping[str, Any]) -> dict[str, Any]:
    """A deep copy of unknown claims. Raises InvalidArgumentError."""
    from collections.abc import Mapping
    from copy import deepcopy

    if not isinstance(unknown, Mapping):
        raise ArgumentTypeError(
            f"unknown claims are a mapping, not {type(unknown).__name__}"
        )
    try:
        return deepcopy(dict(unknown))
    except RecursionError:
        problem = "unknown claims nest too deeply to be minted"
    except (TypeError, ValueError, AttributeError):  # of an object that is not JSON
        problem = "unknown claims have a value that JSON cannot hold"
    raise InvalidArgumentError(problem)


def _typed(given: M, cls: type[M]) -> M:
    """A message of a class. Raises ArgumentTypeError for anything else."""
    if not isinstance(given, cls):
        name = cls.__name__
        hint = f"; use {name}.from_dict" if isinstance(given, dict) else ""
        raise ArgumentTypeError(f"expected a {name}, not {type(given).__name__}{hint}")
    return given


def _copy(given: M | None, cls: type[M]) -> M | None:
    """A copy of a message, or None. Raises ArgumentTypeError."""
    if given is None:
        return None
    return clone(given if given.__class__ is cls else _typed(given, cls))


def named(cls: type[Enum], given: Enum | str, strict: bool) -> str:
    """The text of an enum value that is given itself or by name."""
    found = enum_value(cls, given) if isinstance(given, str) else cls(given)
    if found is None or (strict and enum_value(cls, found.name) is None):
        raise InvalidArgumentError(_not_one_of(cls, given))
    return claim_text(found)


def _check_sources(sources: list[str]) -> None:
    """Refuse sources that grant nothing: servers compare them with names in lower case."""
    known = [claim_text(each) for each in TrackSource]
    for each in sources:
        if each not in known:
            raise InvalidArgumentError(
                f"can_publish_sources: {_not_one_of(TrackSource, each)}"
            )


def _not_one_of(cls: type[Enum], given: object) -> str:
    return f"{given!r} is not one of {', '.join(map(claim_text, cls))}"


def _check_limits(payload: str, token: str) -> None:
    """Refuse to mint what a strict verifier refuses by its size and nesting."""
    if len(token) > MAX_SIZE:
        raise InvalidArgumentError(
            f"the token has {len(token)} characters, more than the {MAX_SIZE} that strict "
            'verifiers accept; shorten its metadata or attributes, or use profile="go"'
        )
    if nests_deeper(payload, MAX_DEPTH):
        raise InvalidArgumentError(f"claims nest deeper than {MAX_DEPTH}")


def _signed(payload: str, secret: Secret) -> str:
    try:
        text = f"{_HEADER}.{encode(payload.encode())}"
    except UnicodeEncodeError:
        raise InvalidArgumentError(
            "unknown claims have text that is not valid Unicode"
        ) from None
    return f"{text}.{encode(signature(text.encode(), secret))}"
