# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""What is wrong with trunks, rules and calls, in the words of livekit-server 1.13.5.

Each function returns a text, which is empty if nothing is wrong (livekit/protocol, livekit/sip.go
and sip_validation.go).
"""

from __future__ import annotations

import re

from .._limits import size

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ...livekit_models_pb import ListUpdate
    from ...livekit_sip_pb import (
        CreateSIPParticipantRequest,
        Destination,
        SIPDispatchRuleInfo,
        SIPInboundTrunkInfo,
        SIPMediaConfig,
        SIPOutboundConfig,
        SIPOutboundTrunkInfo,
        TransferSIPParticipantRequest,
    )

OPEN_TO_ALL = (
    "for security, one of the fields must be set: AuthUsername+AuthPassword, AllowedAddresses "
    "or Numbers"
)
_TOKEN = re.compile(r"[A-Za-z0-9\-.!%*_+`'~]")
_VALUE = re.compile(r"[\x20-\x7e\t\x80-\U0010ffff]")
# What a user's headers may not replace, and short forms of it.
_OURS = re.compile(
    "accept|accept-encoding|accept-language|allow|allow-events|call-id|contact|content-encoding|"
    "content-length|content-type|cseq|event|expires|from|max-forwards|record-route|refer-to|"
    "reply-to|[klmortuv]"
)
_GO_STRING = re.compile(
    r'(?:[^"\\\n]|\\(?:[abfnrtv\\"]|x[\da-fA-F]{2}|[0-3][0-7]{2}|u[\da-fA-F]{4}|U[\da-fA-F]{8}))*'
)
# The others of two letters are for private use, but for UK, which is GB.
_COUNTRY = re.compile("(?!AA|Q[M-Z]|X|ZZ|UK)[A-Z]{2}")
_MAX_TIMEOUT = 600
_MAX_DISPLAY_NAME = 128


def of_inbound(trunk: SIPInboundTrunkInfo) -> str:
    """An inbound trunk."""
    has_auth = trunk.auth_username or trunk.auth_password
    if not (has_auth or trunk.allowed_addresses or trunk.numbers):
        return OPEN_TO_ALL
    return _of_media(trunk.media) or _of_all_headers(trunk)


def of_outbound(trunk: SIPOutboundTrunkInfo) -> str:
    """An outbound trunk."""
    if not trunk.numbers:
        return "no trunk numbers specified"
    if not trunk.address:
        return "no outbound address specified"
    return (
        _of_host(trunk.address, "trunk address")
        or _of_host(trunk.from_host, "from_host")
        or _of_all_headers(trunk)
        or _of_media(trunk.media)
    )


def of_rule(rule: SIPDispatchRuleInfo) -> str:
    """A dispatch rule."""
    return "missing rule" if rule.rule is None else _of_media(rule.media)


def of_changes(lists: Iterable[ListUpdate | None], media: SIPMediaConfig | None) -> str:
    """Changes of lists, and of the settings of media."""
    problems = (_of_change(each) for each in lists if each is not None)
    return next(filter(None, problems), "") or _of_media(media)


def of_call(request: CreateSIPParticipantRequest) -> str:
    """A call to place."""
    if not request.sip_trunk_id and request.trunk is None and not request.sip_number:
        return "missing sip trunk id and sip number"
    if request.trunk is not None and (problem := _of_config(request.trunk)):
        return problem
    if not request.sip_call_to:
        return "missing sip callee number"
    if "@" in request.sip_call_to:
        return "SipCallTo should be a phone number or SIP user, not a full SIP URI"
    if not request.room_name:
        return "missing room name"
    return (
        _of_display_name(request.display_name or "")
        or _of_destination(request.destination)
        or _of_headers(request.headers)
        or _of_media(request.media)
    )


def of_transfer(request: TransferSIPParticipantRequest) -> str:
    """A transfer of a call."""
    if not request.transfer_to:
        return "missing transfer to"
    uri = request.transfer_to
    if uri.startswith("<") and uri.endswith(">"):
        uri = uri[1:-1]
    if not uri.startswith(("sip:", "sips:", "tel:")):
        return "transfer_to must be a valid SIP(s) or TEL URI (sip:, sips: or tel:)"
    return _of_headers(request.headers)


def _of_config(config: SIPOutboundConfig) -> str:
    if not config.hostname:
        return "no outbound hostname specified"
    return (
        _of_host(config.hostname, "trunk hostname")
        or _of_host(config.from_host, "from_host")
        or _of_names(config.attributes_to_headers.values())
        or _of_names(config.headers_to_attributes)
    )


def _of_host(host: str, what: str) -> str:
    if "transport=" in host:
        return f"{what} should not contain transport parameter"
    if re.search("[@;]|^sips?:", host):
        return f"{what} should be a hostname or IP, not SIP URI"
    return ""


def _of_media(media: SIPMediaConfig | None) -> str:
    if media is None:
        return ""
    problems = (_of_codec(codec.name) for codec in media.codecs)
    return next(filter(None, problems), "") or _of_timeout(media)


def _of_codec(name: str) -> str:
    if not name:
        return "missing codec name"
    if re.search(r"[ \t\n\r]", name):
        return "invalid codec name"
    return "codec name must not contain '/'" if "/" in name else ""


def _of_timeout(media: SIPMediaConfig) -> str:
    timeout = media.media_timeout
    if timeout is None:
        return ""
    seconds = timeout.seconds + timeout.nanos / 1e9
    if seconds < 0:
        return "media_timeout must not be negative"
    return "media_timeout must not exceed 10m0s" if seconds > _MAX_TIMEOUT else ""


def _of_all_headers(trunk: SIPInboundTrunkInfo | SIPOutboundTrunkInfo) -> str:
    return (
        _of_headers(trunk.headers)
        or _of_names(trunk.attributes_to_headers.values())
        or _of_names(trunk.headers_to_attributes)
    )


def _of_headers(headers: Mapping[str, str]) -> str:
    for name, value in headers.items():
        if problem := _of_name(name) or _of_own_name(name):
            return f"invalid header name: {problem}"
        if problem := _of_value(name, value):
            return f"invalid header value for {name}: {problem}"
    return ""


def _of_names(names: Iterable[str]) -> str:
    for name in names:
        if problem := _of_name(name):
            return f"invalid header name: {problem}"
    return ""


def _of_name(name: str) -> str:
    if not name:
        return "header name cannot be empty"
    if size(name) > 255:
        return "header name too long (max 255 characters)"
    bad = next((char for char in name if not _TOKEN.match(char)), "")
    return bad and f"header name {name} contains invalid characters: {_of_char(bad)}"


def _of_own_name(name: str) -> str:
    return f"header name {name} not supported" if _OURS.fullmatch(name.lower()) else ""


def _of_value(name: str, value: str) -> str:
    if size(value) > 1024:
        return f"header {name}: value too long (max 1024 characters)"
    bad = next((char for char in value if not _VALUE.match(char)), "")
    return bad and f"header {name}: value: {_of_char(bad)}"


def _of_char(char: str) -> str:
    if ord(char) < 128:
        return f"char {ord(char)} not allowed"
    return f"char {ord(char)} out of range, consider explicilty adding utf8 characters"


def _of_display_name(name: str) -> str:
    if size(name) > _MAX_DISPLAY_NAME:
        return f"DisplayName too long (max {_MAX_DISPLAY_NAME} characters)"
    if not _GO_STRING.fullmatch(name):
        return "DisplayName must be a valid quoted string: invalid syntax"
    return ""


def _of_destination(destination: Destination | None) -> str:
    if destination is None:
        return ""
    if destination.city and not (destination.country or destination.region):
        return "if city is specified, country or region must also be specified"
    if destination.country and not _COUNTRY.fullmatch(destination.country):
        return "country must be a valid ISO 3166-1 alpha-2 code (2-letter like 'US', 'IN', 'UK')"
    return ""


def _of_change(update: ListUpdate) -> str:
    single = [*update.add, *update.remove]
    changes = [*update.set, *single]
    if not (update.clear or changes):
        return "unsupported list update operation"
    if update.clear and changes:
        return "cannot clear and change the list at the same time"
    if update.set and single:
        return "cannot set and change the list at the same time"
    return "empty element in the list" if "" in changes else ""
