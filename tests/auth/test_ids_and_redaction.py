"""Ids and addresses: expected values are what livekit/protocol v1.54.0 printed for the same texts.

utils.MarshalGuid, utils.UnmarshalGuid as a track id, guid.IsValidID, guid.IsValidWithPrefix of
`AT_`; utils.RedactUrlQueryValues, utils.RedactStreamKey.
"""

from __future__ import annotations

import pytest
from lkproto import auth, ids, stream_urls
from lkproto.ids import (
    has_prefix,
    is_valid_id,
    marshal_guid,
    new_guid,
    unmarshal_guid,
)
from lkproto.stream_urls import (
    redact_identifier,
    redact_stream_key,
    redact_url_query_values,
)

INVALID = "ffffffffffffffffff"
IDS = {
    "TR_23456789ABCD": ("00108310518720928b", "TR_23456789ABCD", True, False),
    "AT_23456789ABCD": ("00108310518720928b", "TR_23456789ABCD", True, True),
    "RM_zzzzzzzzzzzz": ("e38e38e38e38e38e38", "TR_zzzzzzzzzzzz", True, False),
    "222222222222": ("000000000000000000", "TR_222222222222", False, False),
    "TR_2345": (INVALID, "", True, False),
    "": (INVALID, "", False, False),
    "TR_23456789ABC0": (INVALID, "", True, False),
    "TR_23456789ABCé": (INVALID, "", False, False),
    "nonsense prefix_abcdefghijkm": (
        "8218a39259a7a29aab",
        "TR_abcdefghijkm",
        False,
        False,
    ),
    "A_B_": (INVALID, "", True, False),
    "A_B_C_x": (INVALID, "", False, False),
    "RM_abc\n": (INVALID, "", False, False),
    "_x": (INVALID, "", False, False),
    "a_1111111111111": (INVALID, "", False, False),
}


@pytest.mark.parametrize(("text", "expected"), IDS.items())
def test_ids(text: str, expected: tuple[str, str, bool, bool]) -> None:
    block = marshal_guid(text)

    assert (
        block.hex(),
        unmarshal_guid(block, "TR_"),
        is_valid_id(text),
        has_prefix("AT_", text),
    ) == expected


def test_new_ids_are_valid_and_round_trip() -> None:
    found = {new_guid("RM_") for _ in range(100)}

    assert len(found) == 100
    for each in found:
        assert has_prefix("RM_", each)
        assert is_valid_id(each)
        assert unmarshal_guid(marshal_guid(each), "RM_") == each


def test_blocks_have_nine_bytes() -> None:
    with pytest.raises(ValueError, match="a block has 9 bytes, not 8"):
        unmarshal_guid(b"\0" * 8, "RM_")


# Text, values of the query hidden, stream key hidden, whether it had one.
ADDRESSES = {
    "": ("", "", False),
    "rtmp://h/a/key123456": (
        "rtmp://h/a/key123456",
        "rtmp://h/a/{key...456}",
        True,
    ),
    "rtmps://h/app/x/ab": ("rtmps://h/app/x/ab", "rtmps://h/app/x/{...}", True),
    " rtmp://h/a/k": (" rtmp://h/a/k", " rtmp://h/a/k", False),
    "rtmp://h/a/keykeykey live=1": (
        "rtmp://h/a/keykeykey live=1",
        "rtmp://h/a/{key...key} live=1",
        True,
    ),
    "rtmp://h/a/key key": ("rtmp://h/a/key key", "rtmp://h/a/key key", False),
    "rtmp://h/a/": ("rtmp://h/a/", "rtmp://h/a/{...}", True),
    "rtmp://h/a": ("rtmp://h/a", "rtmp://h/a", False),
    "rtmp://h/a/k?x=y": ("rtmp://h/a/k?x={...}", "rtmp://h/a/{k...y}", True),
    "rtmp://h/a/k\nx": ("rtmp://h/a/k\nx", "rtmp://h/a/k\nx", False),
    "rtmp://h/a/ééé": ("rtmp://h/a/ééé", "rtmp://h/a/{é...é}", True),
    "mux://ab": ("mux://ab", "mux://{...}", True),
    "mux://abc": ("mux://abc", "mux://{a...c}", True),
    "mux://abcdef": ("mux://abcdef", "mux://{ab...ef}", True),
    "mux://abcdefghi": ("mux://abcdefghi", "mux://{abc...ghi}", True),
    "MUX://abc": ("MUX://abc", "MUX://abc", False),
    "mux://a b": ("mux://a b", "mux://a b", False),
    "mux://k\n": ("mux://k\n", "mux://k\n", False),
    "mux://\u20ac": ("mux://\u20ac", "mux://{\ufffd...\ufffd}", True),
    "mux://\xa0\x0b": ("mux://\xa0\x0b", "mux://{\ufffd...\x0b}", True),
    "twitch://k": ("twitch://k", "twitch://{...}", True),
    "https://h/p?k=v&a=&b&c=1#f=2": (
        "https://h/p?k={...}&a=&b&c={...}",
        "https://h/p?k={...}&a=&b&c={...}",
        True,
    ),
    "https://u:p@h/p": ("https://u:p@h/p", "https://u:p@h/p", False),
    "https://h/?": ("https://h/?", "https://h/?", False),
    "https://h/?a=b?c=d": ("https://h/?a={...}", "https://h/?a={...}", True),
    "srt://h?streamid=x&passphrase=y": (
        "srt://h?streamid={...}&passphrase={...}",
        "srt://h?streamid={...}&passphrase={...}",
        True,
    ),
}


@pytest.mark.parametrize(("url", "expected"), ADDRESSES.items())
def test_addresses(url: str, expected: tuple[str, str, bool]) -> None:
    assert (redact_url_query_values(url), *redact_stream_key(url)) == expected


def test_redacted_identifiers_keep_up_to_three_bytes_at_each_end() -> None:
    """As with utils.RedactIdentifier; half a character is a replacement character in JSON."""
    assert redact_identifier("") == "{...}"
    assert redact_identifier("rtmp://h/a/\xe9\xe9\xe9") == "{rtm...\ufffd\xe9}"


def test_auth_offers_the_same_functions() -> None:
    for module in (ids, stream_urls):
        for name in module.__all__:
            assert getattr(auth, name) is getattr(module, name)
