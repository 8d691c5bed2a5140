"""Why the strict profile refuses tokens that the reference accepts: sentences of specifications."""

from __future__ import annotations

from .area import Policy

BASE64 = Policy(
    "malformed",
    'RFC 7515 section 2, "Base64url Encoding": trailing "=" omitted and no line breaks, '
    "whitespace, or other additional characters; RFC 4648 section 3.5: pad bits are zero",
    kind_required=True,
)
DUPLICATES = Policy(
    "malformed",
    "RFC 7515 section 4 and RFC 7519 section 4: names within the header and within the claims "
    "set must be unique; policy of lkproto: at every level, not the last of them wins",
)
CASE = Policy(
    "bad_claim",
    "RFC 7519 section 7.3 and RFC 7515 section 5.3: names are compared as case-sensitive strings",
)
CRIT = Policy(
    "malformed",
    "RFC 7515 section 4.1.11: if an extension listed in crit is not understood, the JWS is invalid",
)
NUMERIC_DATE = Policy(
    "bad_claim",
    "RFC 7519 sections 2 and 4.1: dates are NumericDate, a JSON numeric value",
    kind_required=True,
)
DATE_RANGE = Policy(
    "bad_claim",
    "policy of lkproto: dates are from 0 to 253402300799, the end of the year 9999",
)
FUTURE = Policy(
    "not_yet_valid",
    "policy of lkproto: iat is the time of issue (RFC 7519 section 4.1.6), so not in the future, "
    "but for the leeway",
)
UTF8 = Policy(
    "malformed", "RFC 8259 section 8.1 and RFC 7519 section 7.2: JSON text is UTF-8"
)
SURROGATES = Policy(
    "malformed",
    "RFC 8259 section 8.2: unpaired surrogates make behaviour unpredictable; policy of lkproto: "
    "they are refused",
)
SIZE = Policy("too_large", "policy of lkproto: a token has at most 64 KiB")
BODY_DUPLICATES = Policy(
    "body_malformed",
    "RFC 8259 section 4: names within an object should be unique; policy of lkproto: they are",
    kind_required=True,
)
BODY_DEPTH = Policy(
    "body_malformed",
    "policy of lkproto: what is skipped in a body is nested at most 100 levels deep",
    kind_required=True,
)
DEPTH = Policy("too_large", "policy of lkproto: JSON is nested at most 100 levels deep")
