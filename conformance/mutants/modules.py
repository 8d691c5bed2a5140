"""The fixed list: the modules that are judged, and the functions of them that are not, and why.

The suite claims to cover what an operation of the protocol can show: results, kinds of refusals,
and what is sent. Functions that no operation calls, or whose effect no result shows, have tests
of their own in the repository; they are left out by name.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from importlib.util import find_spec
from pathlib import Path

AREAS = {
    "tokens": (
        *("auth/_access_token.py", "auth/_claims_reader.py", "auth/_credentials.py"),
        *("auth/_go_json.py", "auth/_jws.py", "auth/_key_sets.py", "auth/_keys.py"),
        *("auth/_registered_claims.py", "auth/_scan.py", "auth/_service_tokens.py"),
        *("auth/_verifier.py", "auth/_yaml_keys.py"),
        *("agents.py", "ids.py", "stream_urls.py"),
    ),
    "grants": ("auth/_grants.py",),
    "webhooks": (
        *("webhook/_receiver.py", "webhook/_signing.py"),
        *("webhook/notifier/_async.py", "webhook/notifier/_base.py"),
        *("webhook/notifier/_config.py", "webhook/notifier/_core.py"),
        *("webhook/notifier/_events.py", "webhook/notifier/_reports.py"),
        *("webhook/notifier/_retries.py", "webhook/notifier/_urls.py"),
    ),
    "twirp": (
        *("call_errors.py", "_runtime/twirp/_async_client.py"),
        *("_runtime/twirp/_bad_routes.py", "_runtime/twirp/_client.py"),
        *("_runtime/twirp/_codecs.py", "_runtime/twirp/_codes.py"),
        *("_runtime/twirp/_error_json.py", "_runtime/twirp/_errors.py"),
        *("_runtime/twirp/_exchange.py", "_runtime/twirp/_gate.py"),
        *("_runtime/twirp/_requests.py", "_runtime/twirp/_router.py"),
        *("_runtime/twirp/_routes.py", "_runtime/twirp/_strategy.py"),
        *("_runtime/twirp/_wsgi.py", "_runtime/twirp/_wsgi_body.py"),
    ),
    "codec": (
        *("_runtime/binary/decode.py", "_runtime/binary/encode.py"),
        *("_runtime/binary/wire.py", "_runtime/json/any.py"),
        *("_runtime/json/decode.py", "_runtime/json/encode.py"),
        *("_runtime/json/scalars.py", "_runtime/json/syntax.py"),
        "_runtime/json/wellknown.py",
        *("_runtime/straight/decode.py", "_runtime/straight/decode_helpers.py"),
        *("_runtime/straight/encode.py", "_runtime/straight/encode_helpers.py"),
        *("_runtime/straight/function.py", "_runtime/straight/json_decode.py"),
        *("_runtime/straight/json_encode.py", "_runtime/straight/json_helpers.py"),
    ),
}
"""Paths in the package, by area."""

LEFT_OUT: dict[str, tuple[str, ...]] = {
    "reads the environment or files, which no operation has": (
        *("auth/_access_token.py:_setting", "auth/_keys.py:environment_keys"),
        *("auth/_keys.py:FileKeys*", "auth/_keys.py:_variable"),
        *("auth/_keys.py:_several", "auth/_yaml_keys.py:environment_yaml"),
        # These read YAML where PyYAML is missing, and `keys.load` is not offered then.
        *("auth/_yaml_keys.py:_plain_pairs", "auth/_yaml_keys.py:_is_text"),
        "auth/_yaml_keys.py:_text",
    ),
    "looks at what a Python program gives: types, options, other ways to give the same": (
        *("auth/_access_token.py:_copied", "auth/_access_token.py:_typed"),
        *("auth/_access_token.py:_check_*", "auth/_access_token.py:_not_one_of"),
        *("auth/_access_token.py:mint", "auth/_access_token.py:AccessToken._of"),
        *("auth/_access_token.py:AccessToken.with_*_grants", "auth/_keys.py:as_keys"),
        *("auth/_access_token.py:AccessToken.claims", "auth/_keys.py:StaticKeys*"),
        *("auth/_keys.py:KeyProvider*", "auth/_keys.py:MappingKeys.first_key"),
        *("auth/_key_sets.py:_not_bytes", "auth/_key_sets.py:HMACKey.*"),
        *("auth/_key_sets.py:HMACKeySet.num_keys", "auth/_jws.py:_limit"),
        *("auth/_registered_claims.py:seconds_of", "auth/_registered_claims.py:now"),
        "auth/_registered_claims.py:clock_of",
        *("auth/_verifier.py:parse_unverified", "auth/_verifier.py:read_unverified"),
        *("webhook/_signing.py:body_bytes", "webhook/_receiver.py:receive"),
        *("webhook/notifier/_config.py:NotifierConfig.from_yaml",),
        *("webhook/notifier/_urls.py:public_only*", "webhook/notifier/_urls.py:_is_*"),
        *("_runtime/twirp/_client.py:check_transport",),
        *("_runtime/twirp/_requests.py:base_url",),
        *("_runtime/twirp/_routes.py:_check_arguments",),
        "_runtime/twirp/_routes.py:_is_generated",
        "_runtime/twirp/_routes.py:_message_of",
        *("_runtime/straight/json_decode.py:decoder.from_json",),
    ),
    "is of values in Python: equality, dataclasses, errors, codecs of fields alone": (
        "call_errors.py:SipCallError.*",
        *("auth/_verifier.py:Claims.__eq__", "auth/_registered_claims.py:Dataclass*"),
        "auth/_registered_claims.py:RegisteredClaims.__eq__",
        *("auth/_go_json.py:_with_unknown", "auth/_go_json.py:_merge*"),
        *("auth/_go_json.py:_field_read_from", "auth/_go_json.py:_name"),
        *("auth/_go_json.py:_known", "auth/_claims_reader.py:_unknown_members"),
        *(
            "_runtime/binary/decode.py:decode_occurrences",
            "_runtime/binary/decode.py:_get",
        ),
        *("_runtime/binary/decode.py:merge", "_runtime/binary/decode.py:_Holder*"),
        *("_runtime/binary/encode.py:encode_field",),
        *(
            "_runtime/json/decode.py:from_json_value",
            "_runtime/json/encode.py:to_json_value",
        ),
        "_runtime/json/encode.py:to_json",
    ),
    "chooses the words of an error or finds its place, in which implementations are free": (
        *("auth/_jws.py:_mistake", "auth/_claims_reader.py:_taken"),
        *("auth/_claims_reader.py:_wrong", "auth/_credentials.py:_is_lead"),
        *("auth/_credentials.py:_leads", "auth/_keys.py:named"),
        *("auth/_access_token.py:named", "auth/_registered_claims.py:text_of"),
        *(
            "webhook/_receiver.py:_length_as_signed",
            "webhook/notifier/_config.py:_kind",
        ),
        *(
            "_runtime/twirp/_bad_routes.py:quoted",
            "_runtime/twirp/_bad_routes.py:_escaped",
        ),
        "_runtime/twirp/_bad_routes.py:module",
        "_runtime/twirp/_requests.py:shown",
        *(
            "_runtime/twirp/_requests.py:Outgoing._told",
            "_runtime/twirp/_router.py:_told",
        ),
        "_runtime/twirp/_requests.py:_wrong_request",
        "_runtime/twirp/_requests.py:_unanswered",
        "_runtime/twirp/_errors.py:TwirpError._where",
        "_runtime/twirp/_requests.py:Outgoing._foreign",
        "_runtime/twirp/_requests.py:_is_page",
        *("_runtime/json/decode.py:_way_to", "_runtime/json/decode.py:_json_step"),
        *("_runtime/json/decode.py:_step", "_runtime/json/scalars.py:_shown"),
        *("_runtime/json/decode.py:_extension", "_runtime/json/scalars.py:kind_of"),
        *("_runtime/json/syntax.py:place", "_runtime/json/syntax.py:line_and_column"),
        *("_runtime/json/syntax.py:value_at", "_runtime/json/syntax.py:repeated_key"),
        *("_runtime/json/syntax.py:constant", "_runtime/json/syntax.py:too_deep"),
        *("_runtime/json/syntax.py:_tokens", "_runtime/json/syntax.py:HugeNumber*"),
    ),
    "is of interceptors, hooks, threads or ASGI, which no operation asks for": (
        *(
            "_runtime/twirp/_router.py:Router.*_async*",
            "_runtime/twirp/_router.py:Router.owns",
        ),
        *("_runtime/twirp/_router.py:Router.handle*",),
        *("_runtime/twirp/_router.py:Router._incoming",),
        *(
            "_runtime/twirp/_routes.py:_intercepted*",
            "_runtime/twirp/_routes.py:_threaded*",
        ),
        *(
            "_runtime/twirp/_routes.py:_unimplemented*",
            "_runtime/twirp/_routes.py:_seen",
        ),
        *("_runtime/twirp/_routes.py:_plain*", "_runtime/twirp/_routes.py:_call"),
        "_runtime/twirp/_strategy.py:TwirpStrategy.timeout",
        *("_runtime/twirp/_gate.py:relative", "_runtime/twirp/_wsgi.py:_Sent*"),
    ),
    "is of what a notifier keeps over restarts, forks and replays": (
        *(
            "webhook/notifier/_async.py:AsyncNotifier.__*",
            "webhook/notifier/_core.py:*fork",
        ),
        *("webhook/notifier/_async.py:AsyncNotifier.replay",),
        *("webhook/notifier/_async.py:AsyncNotifier.forget",),
        *("webhook/notifier/_async.py:AsyncNotifier._claim",),
        *("webhook/notifier/_base.py:BaseNotifier._after_fork",),
        *("webhook/notifier/_base.py:BaseNotifier._queued",),
        *(
            "webhook/notifier/_base.py:BaseNotifier.store",
            "webhook/notifier/_base.py:_new_owner",
        ),
        *(
            "webhook/notifier/_reports.py:Counts.after_fork",
            "webhook/notifier/_reports.py:_log",
        ),
        *("webhook/notifier/_reports.py:Reports._count",),
    ),
    "is of types that LiveKit's schema does not have": (
        *(
            "_runtime/json/wellknown.py:*field_mask",
            "_runtime/json/wellknown.py:_*_path",
        ),
        *("_runtime/json/wellknown.py:*_wrapper", "_runtime/json/*:*._extension*"),
    ),
    "makes things fast or bounded: the result is the same without it": (
        *(
            "auth/_scan.py:Repeated*",
            "auth/_scan.py:_flat",
            "auth/_scan.py:_containers",
        ),
        *("auth/_scan.py:_check_depth", "auth/_scan.py:_Rounded*"),
        *("_runtime/binary/encode.py:_map_order",),
        *("_runtime/json/*:Reader.deeper", "_runtime/json/*:Reader.at_once"),
        "_runtime/json/decode.py:Reader.whole",
        *("_runtime/twirp/_gate.py:Gate.drops", "_runtime/twirp/_wsgi_body.py:*drop"),
        "_runtime/twirp/_error_json.py:_bounded",
    ),
}
"""Functions that are not judged, as patterns of `path:function`, by the reason."""


def is_left_out(path: str, function: str) -> bool:
    """Whether a function of a module is not judged."""
    name = f"{path}:{function}"
    return any(fnmatchcase(name, each) for found in LEFT_OUT.values() for each in found)


@dataclass(frozen=True, slots=True)
class Module:
    """A module that is judged."""

    path: str
    """In the package, such as `auth/_jws.py`."""

    @property
    def name(self) -> str:
        """The name by which it is imported."""
        return "lkproto." + self.path.removesuffix(".py").replace("/", ".")

    @property
    def file(self) -> Path:
        """Where its source is."""
        return package() / self.path

    def tree(self) -> ast.Module:
        """Its syntax tree, a new one each time."""
        return ast.parse(self.file.read_bytes(), str(self.file))


def all_modules() -> list[Module]:
    """Every module of the list."""
    return [Module(path) for paths in AREAS.values() for path in paths]


@cache
def package() -> Path:
    """The folder of the package that is judged."""
    spec = find_spec("lkproto")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent
