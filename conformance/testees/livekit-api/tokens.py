"""Access tokens and webhooks by livekit-api."""

from __future__ import annotations

import base64
import dataclasses
import traceback
from collections.abc import Generator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import jwt
from answers import DeclinedError, Object, Rejection
from google.protobuf.json_format import MessageToDict, ParseDict, ParseError
from livekit import api
from livekit.api.access_token import Claims

GRANTS: dict[str, Any] = {
    "video": api.VideoGrants,
    "sip": api.SIPGrants,
    "agent": api.AgentGrants,
    "inference": api.InferenceGrants,
    "observability": api.ObservabilityGrants,
    "agent_endpoint": api.AgentEndpointGrants,
    "agent_thread": api.AgentThreadGrants,
}
ALWAYS_THERE = ("video", "sip", "inference", "observability")
THREE_STATES = (
    "can_publish",
    "can_subscribe",
    "can_publish_data",
    "can_update_own_metadata",
    "can_manage_agent_session",
    "can_subscribe_metrics",
)

# Kinds of PyJWT's exceptions, the more special ones first.
KINDS: tuple[tuple[type[Exception], str], ...] = (
    (jwt.InvalidSignatureError, "bad_signature"),
    (jwt.ExpiredSignatureError, "expired"),
    (jwt.ImmatureSignatureError, "not_yet_valid"),
    (jwt.MissingRequiredClaimError, "missing_claim"),
    (jwt.InvalidAlgorithmError, "alg_not_allowed"),
    (jwt.InvalidAudienceError, "bad_claim"),
    (jwt.InvalidIssuedAtError, "bad_claim"),
    (jwt.InvalidKeyError, "invalid_argument"),
)
# PyJWT has no class of its own for these claims.
NO_HEADER = "Invalid token type"  # of None, which a header that is absent gives
CLAIM_TEXTS = ("(exp)", "(nbf)", "Subject must be", "JWT ID must be")

# Texts of the ValueError and Exception that the library raises itself.
OWN_TEXTS = {
    "api_key and api_secret must be set": "invalid_argument",
    "identity and room must be set when joining a room": "invalid_argument",
    "sha256 was not found in the token": "hash_mismatch",
    "hash mismatch": "hash_mismatch",
}


def mint(args: Object) -> Object:
    """`token.mint` and `token.issue`."""
    given = dict(args["grants"])
    with _named():
        token = api.AccessToken(args["api_key"], args["secret"])
        token.with_identity(given.pop("identity", ""))
        if (seconds := args.get("valid_for_seconds")) is not None:
            token.with_ttl(timedelta(seconds=seconds))
        for name, value in given.items():
            setter, argument = _setting(_snake(name), value)
            getattr(token, setter)(argument)
        return {"token": token.to_jwt()}


def _setting(name: str, value: Any) -> tuple[str, Any]:
    """The method that sets a claim, and its argument."""
    if cls := GRANTS.get(name):
        suffix = "grants" if name == "video" else f"{name}_grants"
        return f"with_{suffix}", _grant(cls, value)
    if name == "room_config":
        config = api.RoomConfiguration()
        return "with_room_config", ParseDict(value, config, ignore_unknown_fields=True)
    if not hasattr(api.AccessToken, f"with_{name}"):
        raise DeclinedError(f"AccessToken has no with_{name}")
    return f"with_{name}", value


def _grant(cls: Any, value: Object) -> Any:
    fields = {_snake(name): each for name, each in value.items()}
    unknown = sorted(fields.keys() - cls.__dataclass_fields__.keys())
    if unknown:
        raise DeclinedError(f"{cls.__name__} has no {', '.join(unknown)}")
    return cls(**fields)


def verify(args: Object) -> Object:
    """`token.verify`. The effective kind is left out: the library returns the claim's text."""
    verifier = _verifier(args["keys"])
    with _named():
        found = verifier.verify(args["token"])
    video = found.video or api.VideoGrants()
    return {
        "api_key": verifier.api_key,
        "identity": found.identity,
        "claims": as_in_token(found),
        "effective": {"video": _effective(video)},
    }


def _verifier(keys: dict[str, str]) -> api.TokenVerifier:
    if len(keys) > 1:
        raise DeclinedError("TokenVerifier has one key")
    key, secret = next(iter(keys.items()), (None, None))
    return api.TokenVerifier(key, secret)


def as_in_token(claims: Claims) -> Object:
    """Claims as in a token, without the identity.

    The library returns a default for what was absent, so what has its default is left out, these
    four grants too; without that no vector with other claims could pass.
    """
    found: Object = {}
    for name, value in _set_fields(claims):
        if name == "room_config":
            found["roomConfig"] = MessageToDict(value)
        elif name in ALWAYS_THERE and value == GRANTS[name]():
            continue
        elif name in GRANTS:
            found[_camel(name)] = {
                _camel(key): each for key, each in _set_fields(value)
            }
        elif name != "identity":
            found[_camel(name)] = value
    return found


def _set_fields(value: Any) -> list[tuple[str, Any]]:
    """The fields of a dataclass that are neither empty, a plain false nor at their default."""
    found: list[tuple[str, Any]] = []
    for each in dataclasses.fields(value):
        content = getattr(value, each.name)
        unset = content in (None, "", {}) or content is each.default
        if not unset and (content is not False or each.name in THREE_STATES):
            found.append((each.name, content))
    return found


def _effective(video: api.VideoGrants) -> Object | None:
    """What the attributes of a grant say; there is no method for what a source may do."""
    if video == api.VideoGrants():
        return None
    names = video.__dataclass_fields__.keys() - {"can_publish_sources"}
    values = {name: getattr(video, name) for name in names}
    empty: dict[str, object] = {"room": "", "destination_room": ""}
    return {
        _camel(name): empty.get(name, False) if value is None else value
        for name, value in values.items()
    }


def receive(args: Object) -> Object:
    """`webhook.receive`."""
    try:
        body = base64.b64decode(args["body_b64"]).decode()
    except UnicodeDecodeError:
        raise DeclinedError("the body is a str, and this one is not UTF-8") from None
    receiver = api.WebhookReceiver(_verifier(args["keys"]))
    with _named():
        try:
            event = receiver.receive(body, args["authorization"])
        except ParseError as error:
            if _in_verify(error):  # of `roomConfig` in the token, not of the body
                raise
            raise Rejection("body_malformed", error) from error
    return {"event": MessageToDict(event)}


def _in_verify(error: Exception) -> bool:
    frames = traceback.extract_tb(error.__traceback__)
    return any(frame.name == "verify" for frame in frames)


@contextmanager
def _named() -> Generator[None]:
    """Turns exceptions that PyJWT and the library raise on purpose into rejects."""
    try:
        yield
    except jwt.PyJWTError as error:
        raise Rejection(_kind(error), error) from error
    except Exception as error:
        kind = OWN_TEXTS.get(str(error))
        if kind is None or type(error) not in (ValueError, Exception):
            raise
        raise Rejection(kind, error) from error


def _kind(error: Exception) -> str:
    if isinstance(error, jwt.InvalidIssuerError):
        return "bad_claim" if "must be a string" in str(error) else "wrong_issuer"
    for cls, kind in KINDS:
        if isinstance(error, cls):
            return kind
    text = str(error)
    if text.startswith(NO_HEADER):
        return "missing_auth"
    return "bad_claim" if any(each in text for each in CLAIM_TEXTS) else "malformed"


def _snake(name: str) -> str:
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in name)


def _camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(map(str.capitalize, rest))
