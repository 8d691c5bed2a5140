"""Signing a webhook as the server does."""

from __future__ import annotations

import base64
import hashlib
import json

import pytest
from lkproto.auth import InvalidArgumentError, read_unverified
from lkproto.auth._secrets import TextSecret
from lkproto.webhook import sign
from lkproto.webhook._signing import token_of

from tests.auth.support import payload

from .support import BODY, KEY, NOW, SECRET, clock


def test_a_token_has_the_claims_of_the_reference_and_no_others() -> None:
    token = sign(BODY, KEY, SECRET, clock=clock)

    digest = base64.b64encode(hashlib.sha256(BODY).digest()).decode()
    now = int(NOW)
    assert json.loads(payload(token, SECRET)) == {
        "iss": KEY,
        "exp": now + 300,
        "nbf": now,
        "iat": now,
        "sha256": digest,
    }
    assert read_unverified(token).api_key == KEY


def test_text_is_signed_as_utf8() -> None:
    text = '{"room":{"name":"é"}}'

    assert sign(text, KEY, SECRET, clock=clock) == sign(
        text.encode(), KEY, SECRET, clock=clock
    )


def test_keys_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIVEKIT_API_SECRET", SECRET)
    monkeypatch.delenv("LIVEKIT_API_KEY", raising=False)
    with pytest.raises(InvalidArgumentError, match="LIVEKIT_API_KEY"):
        sign(BODY)
    monkeypatch.setenv("LIVEKIT_API_KEY", KEY)

    assert json.loads(payload(sign(BODY), SECRET))["iss"] == KEY


@pytest.mark.parametrize("key", [KEY, 'a"<&>\u2028é'])
@pytest.mark.parametrize("now", [NOW, NOW + 0.9999999, NOW - 0.6])
def test_the_token_of_an_attempt_is_that_of_sign(key: str, now: float) -> None:
    made = token_of(BODY, key, TextSecret(SECRET), now)

    assert made == sign(BODY, key, SECRET, clock=lambda: now)
