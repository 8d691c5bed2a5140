"""URLs of endpoints: how they are shown, and a policy for those of strangers."""

from __future__ import annotations

import pytest
from lkproto.stream_urls import redact_url
from lkproto.webhook.notifier import EndpointError, public_only


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://a.example/hook", "https://a.example/hook"),
        (
            "https://u:p@a.example/hook?k=v&e=",
            "https://{...}@a.example/hook?k={...}&e=",
        ),
        ("https://u@v@a.example", "https://{...}@a.example"),
        ("https://a.example/x@y", "https://a.example/x@y"),
        ("https://a.example?q=a@b", "https://a.example?q={...}"),
        ("::not a url::?k=v", "::not a url::?k={...}"),
    ],
)
def test_credentials_are_masked(url: str, shown: str) -> None:
    assert redact_url(url) == shown


@pytest.mark.parametrize(
    "url",
    [
        "http://a.example",
        "https://127.0.0.1",
        "https://127.1",
        "https://2130706433",
        "https://0x7f000001",
        "https://[::1]",
        "https://[::ffff:10.0.0.1]",
        "https://[fe80::1%25eth0]",
        "https://10.0.0.1:8443/x",
        "https://169.254.169.254/latest",
        "https://224.0.0.1",
        "https://localhost",
        "https://localhost.",
        "https://a.localhost",
    ],
)
def test_private_addresses_and_other_schemes_are_refused(url: str) -> None:
    with pytest.raises(EndpointError, match="is not allowed"):
        public_only()(url)


@pytest.mark.parametrize(
    "url", ["https://a.example", "https://8.8.8.8", "https://[2606:4700::1111]:443/x"]
)
def test_public_addresses_and_names_are_allowed(url: str) -> None:
    public_only()(url)


def test_schemes_can_be_chosen() -> None:
    public_only("http", "https")("http://a.example")
