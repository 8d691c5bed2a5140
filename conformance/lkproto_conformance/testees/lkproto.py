"""Our own testee: lkproto's messages, tokens, grants, keys, ids, redaction and Twirp.

Run it as `python -m lkproto_conformance.testees.lkproto`, or in process as
`python:lkproto_conformance.testees.lkproto:testee`.
"""

from __future__ import annotations

import base64
import importlib
import platform
import sys
import warnings
from collections.abc import Callable
from datetime import timedelta
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from lkproto import agents, auth, webhook
from lkproto.livekit_models_pb import ParticipantInfo
from lkproto.webhook.notifier import NotifierError

from ..claims import as_in_token, effective, resolved
from ..protocol import CLOCK, PROFILES, VERSION
from ..serve import Answer, serve
from . import messages
from .arguments import (
    Args,
    DeclinedError,
    claims_of,
    clock,
    enum_value_of,
    permission_of,
)
from .notifier import notifier_run
from .services import token_service
from .twirp import Twirp

_NO_LIMIT = sys.maxsize  # requests have a limit themselves


def token_mint(args: Args) -> Any:
    """`token.mint`."""
    claims = claims_of(args["grants"])
    token = auth.AccessToken(
        args["api_key"], args["secret"], profile="go", clock=clock(args)
    )
    token.with_claims(claims)
    if claims.kind:
        token.with_kind(enum_value_of(ParticipantInfo.Kind, claims.kind))
    details = [
        enum_value_of(ParticipantInfo.KindDetail, text) for text in claims.kind_details
    ]
    token.with_kind_details(*details)
    if (seconds := args.get("valid_for_seconds")) is not None:
        token.with_ttl(timedelta(seconds=seconds))
    token.allow_sensitive_credentials(bool(args.get("allow_sensitive_credentials")))
    return {"token": token.to_jwt()}


def token_verify(args: Args) -> Any:
    """`token.verify`."""
    profile = args["profile"]
    verifier = auth.TokenVerifier(
        keys=args["keys"],
        profile=profile,
        max_size=_NO_LIMIT if profile == "go" else None,
        clock=clock(args),
    )
    found = verifier.verify(args["token"])
    claims, identity = found.grants, found.identity
    claims.identity = ""
    return {
        "api_key": found.api_key,
        "identity": identity,
        "claims": as_in_token(claims),
        "effective": effective(claims),
    }


def video_of(args: Args) -> auth.VideoGrants:
    """The grant of a request."""
    video = claims_of({"video": args["video"]}).video
    assert video is not None
    return video


def grants_matches(args: Args) -> Any:
    """`grants.matches_permission`."""
    permission = permission_of(args.get("permission"))
    return {"matches": auth.matches_permission(video_of(args), permission)}


def grants_update(args: Args) -> Any:
    """`grants.update_from_permission`."""
    permission = permission_of(args.get("permission"))
    return {"video": as_in_token(auth.with_permission(video_of(args), permission))}


def endpoint_allows(args: Args) -> Any:
    """`grants.agent_endpoint_allows`."""
    grant = claims_of({"agentEndpoint": args["grant"]}).agent_endpoint
    allowed = auth.allows_endpoint(grant, args["agent_name"], args["deployment"])
    return {"allowed": allowed}


def agent_thread(args: Args) -> Any:
    """`grants.agent_thread`."""
    grant = claims_of({"agentThread": args["grant"]}).agent_thread
    action = args["action"]
    if action == "update":
        return {"allowed": auth.can_update_threads(grant)}
    rule, argument = _THREAD_RULES[action]
    return {"allowed": rule(grant, args[argument])}


_THREAD_RULES: dict[str, tuple[Callable[[Any, str], bool], str]] = {
    "create": (auth.can_create_thread, "scope"),
    "list": (auth.can_list_threads, "scope"),
    "read": (auth.can_read_thread, "thread_id"),
    "write": (auth.can_write_thread, "thread_id"),
    "delete": (auth.can_delete_thread, "thread_id"),
}


def credentials_check(args: Args) -> Any:
    """`credentials.check`."""
    config = claims_of({"roomConfig": args["room_config"]}).room_config
    auth.check_credentials(config, profile=args["profile"])
    return {}


def job_claims_parse(args: Args) -> Any:
    """`job_claims.parse`."""
    return {"grants": as_in_token(agents.parse_job_token_claims(args["claims"]))}


def kind_parse(args: Args) -> Any:
    """`kind.parse`."""
    return {"kind": auth.kind_of(auth.ClaimGrants(kind=args["claim"])).name}


def kind_details_parse(args: Args) -> Any:
    """`kind_details.parse`."""
    claims = auth.ClaimGrants(kind_details=args["claims"])
    return {"kind_details": [each.name for each in auth.kind_details_of(claims)]}


def keys_load(args: Args) -> Any:
    """`keys.load`."""
    keys = auth.read_yaml(args["yaml"])
    return {"keys": keys, "num_keys": auth.MappingKeys(keys).num_keys}


def key_set(args: Args) -> auth.HMACKeySet:
    """The key set of a request."""
    if (raw := args.get("raw")) is not None:
        keys = [bytes.fromhex(key) for key in raw]
        return auth.HMACKeySet.from_bytes(args["method"], *keys, profile="go")
    ids: list[str] = args.get("ids") or []
    listed: list[Args] = args.get("keys") or []
    given = [auth.HMACKey(key_id, b"any") for key_id in ids]
    given += [auth.HMACKey(key["id"], bytes.fromhex(key["key_hex"])) for key in listed]
    return auth.HMACKeySet(args["method"], *given, profile="go")


def keyset_new(args: Args) -> Any:
    """`keyset.new`."""
    key_set(args)
    return {}


def keyset_verify(args: Args) -> Any:
    """`keyset.verify`."""
    claims = key_set(args).verify(
        args["token"], profile="go", max_size=_NO_LIMIT, clock=clock(args)
    )
    return {"claims": claims}


def deployment_validate(args: Args) -> Any:
    """`deployment.validate`."""
    agents.validate_deployment(bytes.fromhex(args["input"]))
    return {}


def thread_id_validate(args: Args) -> Any:
    """`thread_id.validate`."""
    agents.validate_thread_id(args["input"])
    return {}


def guid_check(args: Args) -> Any:
    """`guid.check`."""
    block = auth.marshal_guid(args["input"])
    return {
        "marshal_hex": block.hex(),
        "round_trip": auth.unmarshal_guid(block, "TR_"),
        "is_valid_id": auth.is_valid_id(args["input"]),
    }


def redact_url(args: Args) -> Any:
    """`redact.url`."""
    key, redacted = auth.redact_stream_key(args["input"])
    return {
        "query_values": auth.redact_url_query_values(args["input"]),
        "stream_key": key,
        "stream_key_redacted": redacted,
    }


def webhook_sign(args: Args) -> Any:
    """`webhook.sign`."""
    body = base64.b64decode(args["body_b64"])
    key, secret = args["api_key"], args["secret"]
    signed = webhook.sign(body, key, secret, profile="go", clock=clock(args))
    return {"authorization": signed}


def webhook_receive(args: Args) -> Any:
    """`webhook.receive`."""
    receiver = webhook.WebhookReceiver(
        keys=args["keys"], profile=args["profile"], clock=clock(args)
    )
    body = base64.b64decode(args["body_b64"])
    return {"event": receiver.receive(body, args["authorization"]).to_dict()}


OPERATIONS: dict[str, Callable[[Args], Any]] = {
    "token.mint": token_mint,
    "token.issue": token_mint,
    "token.verify": token_verify,
    "token.service": token_service,
    "grants.resolve": lambda args: resolved(video_of(args)),
    "grants.matches_permission": grants_matches,
    "grants.update_from_permission": grants_update,
    "grants.agent_endpoint_allows": endpoint_allows,
    "grants.agent_thread": agent_thread,
    "credentials.check": credentials_check,
    "job_claims.parse": job_claims_parse,
    "kind.parse": kind_parse,
    "kind_details.parse": kind_details_parse,
    "keys.load": keys_load,
    "keyset.new": keyset_new,
    "keyset.sign": lambda args: {"token": key_set(args).sign(args["claims"])},
    "keyset.verify": keyset_verify,
    "deployment.validate": deployment_validate,
    "thread_id.validate": thread_id_validate,
    "guid.check": guid_check,
    "redact.url": redact_url,
    "webhook.sign": webhook_sign,
    "webhook.receive": webhook_receive,
    "notifier.run": notifier_run,
}


# Operations that need what only an extra brings: the module, and what to say without it.
_EXTRAS = {"keys.load": ("yaml", "needs PyYAML: pip install 'lkproto[yaml]'")}


def unavailable() -> dict[str, str]:
    """Operations that this environment cannot do, each with the extra that it needs."""
    return {op: why for op, (module, why) in _EXTRAS.items() if not _has(module)}


def _has(module: str) -> bool:
    try:
        importlib.import_module(module)
    except ImportError:
        return False
    return True


class Lkproto:
    """lkproto as a testee, with clients that are sync or async."""

    def __init__(self, *, asynchronous: bool = False) -> None:
        self._twirp = Twirp(asynchronous=asynchronous)

    def hello(self) -> dict[str, Any]:
        """Its name, and what it offers."""
        try:
            released = version("lkproto")
        except PackageNotFoundError:
            released = "checkout"
        missing = unavailable()
        offered = OPERATIONS | messages.OPERATIONS | self._twirp.operations
        return {
            "protocol": VERSION,
            "implementation": {
                "name": "lkproto",
                "language": "python",
                "version": released,
                "language_version": platform.python_version(),
            },
            "capabilities": [CLOCK, *sorted(offered.keys() - missing)],
            "unavailable": missing,
            "profiles": list(PROFILES),
        }

    def answer(self, op: str, args: Args) -> Answer:
        """The answer to a request; an error of the library is a reject."""
        if op in messages.OPERATIONS:
            return messages.messages(op, args)
        if op in self._twirp.operations:
            return self._twirp.answer(op, args)
        run = OPERATIONS.get(op)
        if run is None:
            return {"unsupported": {"reason": f"no operation {op}"}}
        if op in _EXTRAS and (reason := unavailable().get(op)):
            return {"unsupported": {"reason": f"{op} {reason}"}}
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", auth.WeakSecretWarning)
                warnings.simplefilter("ignore", auth.SuspectKeyWarning)
                return {"ok": run(args)}
        except DeclinedError as error:
            return {"unsupported": {"reason": str(error)}}
        except (auth.AuthError, NotifierError) as error:
            return {"reject": {"kind": error.kind, "message": str(error)}}


def testee() -> Lkproto:
    """The testee, for the connector `python:`."""
    return Lkproto()


def async_testee() -> Lkproto:
    """The testee with async clients, for the connector `python:`."""
    return Lkproto(asynchronous=True)


if __name__ == "__main__":
    sys.exit(serve(testee))
