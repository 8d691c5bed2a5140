"""What implementations are known to get wrong, each with vectors that find it.

The list is of behaviour in which the first-party SDKs for Python, JavaScript, Ruby, Kotlin, Rust
and PHP differ from the reference, and of what attackers and accidents send. What no operation can
express is not here: setters, switches that turn checks off, types of a request's body.
"""

from __future__ import annotations

import pytest
from lkproto_conformance.vectors import Vector, load, vectors_folder

MINTED = {
    "the default life is six hours": "no-grants ttl-zero ttl-negative",
    "iat, nbf and identity are emitted, sub only with an identity": "only-identity no-grants",
    "a right to join needs neither identity nor room": "sdk-join-without-identity "
    "sdk-join-without-room",
    "unset rights are left out, and none follows from another": "sdk-join-alone "
    "sdk-publish-denied-alone video-can-publish",
    "false rights of other grants are left out": "sip-admin-other agent-admin-other",
    "no grant is made up": "no-grants only-sha256",
    "signs of HTML are escaped, other text is raw": "text-less-than text-ampersand "
    "text-line-separator sdk-non-ascii-metadata",
    "a room configuration is ProtoJSON in the order of its fields": "room-config-defaults "
    "room-config-snake-case room-config-metadata-before-egress sdk-maps-in-room-config",
    "credentials are not put into a token": "credentials credentials-stream credentials-allowed",
    "all kinds and details": "kind-bridge kind-connector kind-details-all",
    "all grants": "everything agent-dispatch-admin agent-endpoint-call agent-thread-all "
    "inference-perform observability-write video-agent",
    "rights that some SDKs lack": "video-can-subscribe-metrics video-can-manage-agent-session",
    "an empty key or secret is refused": "no-key no-secret no-key-and-secret",
    "any other secret will do": "secret-pem secret-jwk secret-one-byte sdk-development-key",
}
VERIFIED = {
    "HS256 alone is right": "alg-hs384 alg-hs512 alg-none alg-none-capital alg-none-unsigned "
    "alg-rs256 alg-es256 alg-ps256 alg-eddsa alg-lower-case alg-missing alg-null alg-array "
    "alg-number",
    "exp is needed": "no-exp-claim exp-null",
    "the leeway is a minute, its end excluded": "exp-now-minus-59 exp-now-minus-60 "
    "nbf-now-plus-59 nbf-now-plus-60 nbf-now-plus-61",
    "iat in the future": "iat-next-hour iat-next-hour-go iat-over-the-leeway",
    "aud is ignored": "aud-string aud-list aud-number",
    "the issuer is the key": "issuer-other-known issuer-missing issuer-empty issuer-null "
    "issuer-lower-case issuer-with-space issuer-number issuer-second-key",
    "jti stands for an absent subject": "identity-token-id "
    "identity-token-id-for-a-null-subject sub-number jti-number",
    "claims in other cases": "folded-issuer-go folded-expiry-go folded-past-expiry-revived-go "
    "folded-expiry-past folded-video folded-issuer-long-s-go",
    "claims in snake_case give no rights": "snake-case-video snake-case-claims "
    "sdk-snake-case-rights snake-case-endpoint",
    "names twice": "duplicate-video-merged-go duplicate-attributes-merged-go "
    "duplicate-header-alg-none-first-go duplicate-header-alg-none-last",
    "rights of other types": "wrong-type-video-room-join-1 sdk-right-is-one sdk-right-is-zero "
    "sdk-right-is-a-list sdk-sip-right-is-a-text",
    "attributes, texts and lists of other types": "sdk-attribute-is-a-number "
    "sdk-metadata-is-an-object sdk-detail-is-a-number sdk-sources-are-a-text",
    "grants of other types": "video-null wrong-type-video-1 wrong-type-video-2 wrong-type-video-3",
    "a right alone in its grant": "sip-only-call sip-only-admin agent-only-database-admin "
    "video-only-room-join",
    "rights that are not there": "minimal video-publish-denied video-data-denied",
    "kind and details": "kind-agent kind-details-all kind-unknown",
    "a room configuration is read, unknown fields and all": "room-config-unknown-field "
    "room-config-unknown-nested room-config-bad-string room-config-bad-oneof-twice "
    "duplicate-in-room-config",
    "spellings of dates": "exp-string-go exp-string-date exp-string-exponent-go exp-string-space "
    "exp-fraction exp-exponent exp-1e400 exp-5000-digits exp-true exp-array",
    "dates far away": "exp-milliseconds-go exp-year-10000-go exp-two-to-63-minus-1 exp-1e300",
    "null and true as other dates": "nbf-null iat-null nbf-true iat-true",
    "base64 of segments": "padded-signature padded-header padded-payload "
    "standard-alphabet-in-signature junk-in-signature line-feed-in-signature-go "
    "spare-bits-in-signature-go trailing-nul trailing-space sdk-space-in-signature "
    "sdk-nul-in-signature sdk-two-signs-of-padding sdk-line-end-in-signature-go",
    "line ends after the token": "line-feed-at-the-end-go carriage-return-at-the-end-go",
    "crit": "header-crit-b64-go header-crit-unknown-go header-crit-empty-go sdk-header-b64-false",
    "members of a header that mean nothing": "header-kid sdk-header-kid-number header-jwk "
    "header-jku header-zip header-typ-number",
    "deep and large": "depth-5000-header-go depth-10001-header depth-5000-lists-go "
    "depth-10001-lists size-64-kib-go size-junk-signature",
    "segments": "two-segments four-segments five-segments empty only-dots "
    "swapped-header-and-payload bearer quoted percent-encoded-dots json-serialization "
    "leading-space",
    "encodings": "payload-byte-order-mark header-byte-order-mark payload-utf-16 "
    "sdk-header-utf-16 utf8-latin-1-go surrogate-high-go",
    "signatures": "signature-truncated signature-extended signature-first-bit "
    "signature-swapped-case signature-of-another-payload signature-by-empty-secret "
    "signature-by-secret-and-line-end",
    "what is not an object": "payload-null payload-array payload-string payload-number "
    "payload-nul payload-vertical-tab header-null header-array header-string",
    "numbers that JSON does not have": "payload-nan payload-infinity payload-leading-zero "
    "payload-plus-sign payload-hexadecimal",
    "names of JavaScript": "unknown-proto",
}
RECEIVED = {
    "no scheme in the header": "bearer header-basic header-lower-case-bearer",
    "no header": "no-header empty-header",
    "HS256 alone is right": "alg-hs512 sdk-alg-hs384 sdk-alg-none sdk-alg-none-unsigned",
    "the hash is compared as text": "hash-line-feed hash-space hash-junk-inside hash-more-padding "
    "hash-trailing-data hash-spare-bits sdk-hash-space-inside sdk-hash-carriage-return",
    "hashes of other kinds": "hash-unpadded hash-non-ascii hash-number hash-array hash-absent "
    "hash-hexadecimal hash-url-safe sdk-hash-boolean hash-of-another-body",
    "the hash's claim in another case": "sdk-hash-in-a-claim-in-upper-case "
    "sdk-hash-in-a-claim-in-upper-case-go",
    "clocks": "from-a-fast-clock sdk-from-a-fast-clock-issued-then in-the-leeway expired no-exp",
    "other keys and secrets": "unknown-key wrong-secret",
    "changed bodies": "body-changed body-space-appended body-line-ends-changed",
    "names twice in the body": "event-duplicate event-duplicate-two-forms "
    "event-duplicate-in-a-map event-duplicate-unknown-go",
    "bodies that are not events": "event-array event-null event-no-body event-trailing "
    "event-byte-order-mark event-not-utf8 event-lone-surrogate event-nan event-depth-10001",
    "what newer servers send": "event-unknown-field event-unknown-enum event-snake-case "
    "event-enum-by-number event-enum-number-as-text event-quoted-int64 event-pretty",
}
OTHERS = {
    "grants.resolve/publish-denied-data-unset": "denied publishing is denied data",
    "twirp.error/code-data-loss": "the code is data_loss",
    "twirp.error/unknown-code-dataloss": "dataloss is not a code",
}
KNOWN = [
    *(("token.mint", *each) for each in MINTED.items()),
    *(("token.verify", *each) for each in VERIFIED.items()),
    *(("webhook.receive", *each) for each in RECEIVED.items()),
]


@pytest.fixture(scope="module")
def by_id() -> dict[str, Vector]:
    """The vectors of the project, by id."""
    return {vector.id: vector for vector in load(vectors_folder()).vectors}


@pytest.mark.parametrize(("op", "behaviour", "names"), KNOWN)
def test_a_known_difference_has_vectors(
    op: str, behaviour: str, names: str, by_id: dict[str, Vector]
) -> None:
    missing = [name for name in names.split() if f"{op}/{name}" not in by_id]

    assert not missing, behaviour
    assert all(by_id[f"{op}/{name}"].result != "unspecified" for name in names.split())


@pytest.mark.parametrize("name", OTHERS)
def test_a_known_difference_of_other_operations_has_a_vector(
    name: str, by_id: dict[str, Vector]
) -> None:
    assert by_id[name].result == "valid"
