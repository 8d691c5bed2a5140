"""Every operation a testee may offer: what it does, its arguments, its result.

This is the one list of them. The protocol's names, the checks of `lint` and the tables of
the documentation come from it.
"""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import dataclass, field

MESSAGE = "full name of the message"
WIRE = "hex: the message's bytes"
TOKEN = "the token"  # noqa: S105
NOW = "the time, in Unix seconds"
PROFILE = '`"strict"` or `"go"`'
KEYS = "object: secret by API key"
VIDEO = "the `video` claim"
PERMISSION = "`ParticipantPermission` as ProtoJSON in snake_case, or null"
METHOD = "JWT name of the algorithm"
KEY_LIST = "list of {`id`, `key_hex`}"
RAW_KEYS = "list of hex keys whose ids are derived, in place of `keys`"
BODY = "base64: the body of the request"
CONTENT = "`message` (hex) or `json` (value)"

MINTING = {
    "api_key": "text",
    "secret": "text",
    "now": f"{NOW}; may have a fraction",
    "valid_for_seconds?": "number, or null; null and ≤ 0 mean 6 hours",
    "grants": "object: claims as in a token",
    "allow_sensitive_credentials?": "bool: let `roomConfig` hold secrets",
}


@dataclass(frozen=True, slots=True)
class Script:
    """What a vector has, and no testee sees: the runner's part of an exchange.

    `args` are what the runner does, `seen` what it sees of the testee, as a part of the result.
    """

    args: dict[str, str] = field(default_factory=dict[str, str])
    seen: dict[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class Operation:
    """Something a testee may be asked to do.

    `args` and `result` have a description for each member. The name of a member that may be
    absent ends with `?`.
    """

    name: str
    does: str
    args: dict[str, str]
    result: dict[str, str]
    script: Script = field(default_factory=Script)

    @property
    def written_args(self) -> set[str]:
        """The arguments that a vector has; the runner adds the profile."""
        return (self.args.keys() | self.script.args.keys()) - {"profile"}

    @property
    def written_result(self) -> set[str]:
        """The members of the result that a vector expects; no address is known in advance."""
        return (self.result.keys() | self.script.seen.keys()) - {"base_url"}

    @property
    def takes_profile(self) -> bool:
        """Whether it is asked once for each profile."""
        return "profile" in self.args


def _bools(names: str) -> dict[str, str]:
    return dict.fromkeys(names.split(), "bool")


MESSAGES = (
    Operation(
        "wire.roundtrip",
        "decodes a message and encodes it again",
        {"message": MESSAGE, "input": WIRE},
        {"output": WIRE},
    ),
    Operation(
        "json.parse",
        "reads ProtoJSON",
        {
            "message": MESSAGE,
            "json": "text",
            "ignore_unknown": "bool: skip fields that are not known",
        },
        {"output": WIRE},
    ),
    Operation(
        "json.print",
        "writes ProtoJSON",
        {"message": MESSAGE, "input": WIRE},
        {"json": "text"},
    ),
)

TOKENS = (
    Operation(
        "token.mint",
        "makes an access token",
        MINTING,
        {"token": TOKEN},
    ),
    Operation(
        "token.issue",
        "makes an access token, as `token.mint` does; judged by what a server reads in it, not by "
        "its text",
        MINTING,
        {"token": TOKEN},
    ),
    Operation(
        "token.verify",
        "verifies an access token",
        {"token": TOKEN, "keys": KEYS, "now": NOW, "profile": PROFILE},
        {
            "api_key": "the issuer",
            "identity": "`sub`, or else `jti`",
            "claims": "object: claims as in a token, without the registered ones and `identity`",
            "effective": "{`video`: as `grants.resolve` returns, null without that claim; "
            "`kind`: enum name; `kindDetails`: list of enum names}; null from a library that "
            "leaves to its user what claims mean",
        },
    ),
    Operation(
        "token.service",
        "makes the token that one of LiveKit's services makes",
        {
            "function": "`egress`, `ingress`, `sip`, `connector`, `agent` or `job`",
            "args": "object, see [below](#arguments-of-tokenservice)",
            "api_key": "text",
            "secret": "text",
            "now": NOW,
        },
        {"token": TOKEN},
    ),
    Operation(
        "job_claims.parse",
        "reads the claims that an agent's job asks for",
        {"claims": "JSON text"},
        {"grants": "object: claims as in a token, `identity` included"},
    ),
    Operation(
        "credentials.check",
        "looks for secrets in a room configuration; rejects with `sensitive_credentials`",
        {"room_config": "`RoomConfiguration` as ProtoJSON", "profile": PROFILE},
        {},
    ),
)

GRANTS = (
    Operation(
        "grants.resolve",
        "says what a video grant allows, with the defaults of what it does not set",
        {"video": VIDEO},
        {
            **_bools("canPublish canSubscribe canPublishData canUpdateOwnMetadata"),
            **_bools("canSubscribeMetrics canManageAgentSession hidden recorder agent"),
            **_bools("roomJoin roomAdmin roomCreate roomList roomRecord ingressAdmin"),
            "canPublishSources": "list of enum names",
            "canPublishSource": "{`unknown`, `camera`, `microphone`, `screen_share`, "
            "`screen_share_audio`: bool}",
            "room": "text",
            "destinationRoom": "text",
        },
    ),
    Operation(
        "grants.matches_permission",
        "compares a video grant with a permission",
        {"video": VIDEO, "permission": PERMISSION},
        {"matches": "bool"},
    ),
    Operation(
        "grants.update_from_permission",
        "changes a video grant so that it gives a permission",
        {"video": VIDEO, "permission": PERMISSION},
        {"video": VIDEO},
    ),
    Operation(
        "grants.agent_endpoint_allows",
        "says whether an agent's endpoint may be called",
        {
            "grant": "the `agentEndpoint` claim, or null",
            "agent_name": "text",
            "deployment": "text",
        },
        {"allowed": "bool"},
    ),
    Operation(
        "grants.agent_thread",
        "says whether something may be done to an agent's threads",
        {
            "grant": "the `agentThread` claim, or null",
            "action": "`create`, `list`, `read`, `write`, `delete` or `update`",
            "scope?": "text, with `create` and `list`",
            "thread_id?": "text, with `read`, `write` and `delete`",
        },
        {"allowed": "bool"},
    ),
    Operation(
        "kind.parse",
        "reads the `kind` claim",
        {"claim": "text"},
        {"kind": "enum name"},
    ),
    Operation(
        "kind_details.parse",
        "reads the `kindDetails` claim",
        {"claims": "list of texts"},
        {"kind_details": "list of enum names"},
    ),
)

SECRETS = (
    Operation(
        "keys.load",
        "reads a key file",
        {"yaml": "text"},
        {"keys": KEYS, "num_keys": "integer"},
    ),
    Operation(
        "keyset.new",
        "makes a set of HMAC keys",
        {
            "method": METHOD,
            "ids?": "list of key ids; the keys may be any",
            "raw?": "list of hex keys whose ids are derived, in place of `ids`",
        },
        {},
    ),
    Operation(
        "keyset.sign",
        "signs with the first key of a set",
        {
            "method": METHOD,
            "keys?": KEY_LIST,
            "raw?": RAW_KEYS,
            "claims": "object; it is signed with its keys sorted",
        },
        {"token": TOKEN},
    ),
    Operation(
        "keyset.verify",
        "verifies with the keys of a set",
        {
            "method": METHOD,
            "keys?": KEY_LIST,
            "raw?": RAW_KEYS,
            "token": TOKEN,
            "now": NOW,
        },
        {"claims": "object: the whole payload"},
    ),
)

TEXTS = (
    Operation(
        "deployment.validate",
        "checks the name of an agent's deployment; a reject's `message` contains the reference's",
        {"input": "hex: the bytes of the name"},
        {},
    ),
    Operation(
        "thread_id.validate",
        "checks the id of an agent's thread; a reject's `message` contains the reference's",
        {"input": "text"},
        {},
    ),
    Operation(
        "guid.check",
        "packs an id into bytes and back",
        {"input": "text"},
        {
            "marshal_hex": "hex: the 9 bytes",
            "round_trip": "what they unpack to, as the id of a track",
            "is_valid_id": "bool",
        },
    ),
    Operation(
        "redact.url",
        "hides secrets in the address of a stream",
        {"input": "text"},
        {
            "query_values": "the address without the values of its query",
            "stream_key": "the address without its stream key",
            "stream_key_redacted": "bool: whether it had one",
        },
    ),
)

WEBHOOKS = (
    Operation(
        "webhook.sign",
        "signs a webhook as its sender does: valid for 5 minutes, `sha256` of the body",
        {"body_b64": BODY, "api_key": "text", "secret": "text", "now": NOW},
        {"authorization": "the token, without `Bearer`"},
    ),
    Operation(
        "webhook.receive",
        "verifies and reads a webhook",
        {
            "authorization": "value of the header; null for no header",
            "body_b64": BODY,
            "keys": KEYS,
            "now": NOW,
            "profile": PROFILE,
        },
        {"event": "`WebhookEvent` as ProtoJSON: camelCase, enum names, no defaults"},
    ),
    Operation(
        "notifier.run",
        "runs a sender of webhooks against scripted endpoints, see [below](#notifier-runs)",
        {
            "now": "the time at the start, in Unix seconds; an integer",
            "keys": KEYS,
            "config": "object: the section `webhook:` of a server's YAML",
            "http?": "{`retry_wait_min_ms`, `retry_wait_max_ms`, `max_retries`, "
            "`client_timeout_ms`, `user_agent`}; each absent one is the default",
            "endpoints": "object: list of answers by URL",
            "script": "list of steps",
            "run_ms": "integer: when the run ends",
            "profile": PROFILE,
        },
        {
            "attempts": "list of {`at_ms`, `url`, `http_method`, `authorization`, `content_type`, "
            "`user_agent`, `body_b64`}, in order",
            "returned": "list: for each `queue` step null, or {`kind`, `message`}",
            "processed": "list of `WebhookInfo` as ProtoJSON",
            "stop_ms": "list: for each `stop` step when it returned, or null",
            "undelivered": "list of {`url`, `event_id`}: what `stop` gave back; `go`: empty",
            "counts": "{`success`, `failure`, `dropped`: {reason: number}}; null if nothing counts",
        },
    ),
)

TWIRP = (
    Operation(
        "twirp.error",
        "reads the HTTP answer to a failed call, as a client reports it",
        {
            "status": "integer, not of success",
            "headers": "object: value by name",
            "body_b64": "base64: the body of the answer",
        },
        {
            "code": "text",
            "msg": "text; null in a vector: any text that is not empty",
            "meta": "object of texts, `{}` for none; from an intermediary exactly "
            "`http_error_from_intermediary`, `status_code` and `body` or `location`",
        },
    ),
    Operation(
        "twirp.map_error",
        "maps an error of psrpc or gRPC to Twirp",
        {
            "source": '`"psrpc"` or `"grpc"`',
            "code": "psrpc: its text, such as `not_found`; gRPC: the number",
            "msg": "text",
        },
        {
            "code": "text",
            "http_status": "integer",
            "msg": "for gRPC as Go prints a status: `rpc error: code = NotFound desc = …`",
        },
    ),
    Operation(
        "twirp.sip_status",
        "maps a status of SIP to Twirp",
        {"code": "integer", "status": "text, may be empty"},
        {
            "code": "text",
            "meta": "object: `sip_status_code`, `sip_status`, `error_details`",
        },
    ),
    Operation(
        "twirp.call",
        "calls a method; an error is a reject of the kind `twirp:CODE` with `meta`",
        {
            "base_url": "text",
            "prefix": "text",
            "service": "text",
            "method": "text",
            "codec": '`"protobuf"` or `"json"`',
            "request": "hex: the request's bytes",
            "headers": "object: value by name",
            "timeout_ms": "integer",
        },
        {"response": "hex: the response's bytes"},
        Script(
            {
                "base_url": "text: what follows the address of the runner's server",
                "answer": "{`raw_b64`: what the server sends; `close_after`: after so many of its "
                "bytes the connection is closed (absent: it stays open); `delay_ms`: it waits "
                "before it sends}",
            },
            {
                "requests": "list of {`http_method`, `target`, `headers`: those that count, by "
                f"name in lower case; {CONTENT}}}"
            },
        ),
    ),
    Operation(
        "twirp.serve",
        "starts a server",
        {
            "service": "text",
            "behaviour": "`echo` (scalar fields that request and response share by name and "
            "type), `error:CODE`, `panic`, `nil` or `slow:MILLISECONDS`",
            "msg?": "text, with `error:CODE`",
            "meta?": "object of texts, with `error:CODE`",
        },
        {"base_url": "text"},
        Script(
            {
                "requests": "list of {`raw_b64`}: what the runner sends, each on a connection"
            },
            {
                "answers": "list of {`status`; `content_type`: in lower case, without parameters; "
                f"`error` (value), {CONTENT}}}; null as `msg`: any text that is not empty",
                "stopped": "bool: whether nothing listens after `twirp.stop`",
            },
        ),
    ),
    Operation("twirp.stop", "stops the server", {}, {}),
)

SERVICES = {
    "egress": "`egress_id`, `room`",
    "ingress": "`room`, `identity`, `name`, `metadata`, `ingress_id`",
    "sip": "`room`, `identity`, `name`, `metadata`, `attributes`, `room_preset`, `room_config`",
    "connector": "`room`, `identity`, `name`, `metadata`, `attributes`, `hidden`, `agents` (list "
    'of `RoomAgentDispatch` as ProtoJSON), `kind` (`"WHATSAPP"`, `"TWILIO"` or an integer)',
    "agent": "`room`, `identity`, `name`, `metadata`, `attributes`, `permissions` "
    "(`ParticipantPermission` as ProtoJSON; absent is an error), `kind_details` (texts of claims)",
    "job": "`grants` (claims as in a token), or `grants_nil` (true)",
}
"""The members of `args` of `token.service`, by function; an absent one is the zero value."""

SUBJECTS = {
    "Messages": MESSAGES,
    "Tokens": TOKENS,
    "Grants": GRANTS,
    "Keys": SECRETS,
    "Ids, names and addresses": TEXTS,
    "Webhooks": WEBHOOKS,
    "Twirp": TWIRP,
}
"""The operations by what they are about, in the order of the documentation."""


def missing(described: Iterable[str], given: Container[str]) -> list[str]:
    """The members that have to be given and are not."""
    return [
        name
        for name in sorted(described)
        if not name.endswith("?") and name not in given
    ]


BY_NAME = {each.name: each for found in SUBJECTS.values() for each in found}
"""Every operation, by name."""
