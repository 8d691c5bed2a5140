"""The section `webhook:` of a server's configuration."""

from __future__ import annotations

import pytest
from lkproto.webhook.notifier import (
    ConfigError,
    EndpointError,
    Filter,
    NotifierConfig,
)
from lkproto.webhook.notifier._config import duration


def test_the_section_of_a_server_is_taken_as_it_is() -> None:
    config = NotifierConfig.from_section(
        {
            "urls": ["https://a.example/hook", "http://b.example:8080"],
            "api_key": "APIkey",
            "url_notifier": {"num_workers": 10, "queue_size": 100},
            "resource_url_notifier": {"max_age": "1m30s", "max_depth": 7},
            "filter_params": {"include_events": ["room_started"]},
        }
    )

    assert config == NotifierConfig(
        ("https://a.example/hook", "http://b.example:8080"),
        "APIkey",
        90.0,
        7,
        Filter(("room_started",)),
    )


@pytest.mark.parametrize("section", [None, {}, {"urls": None, "filter_params": None}])
def test_what_is_left_out_is_the_servers_default(section: dict[str, None]) -> None:
    config = NotifierConfig.from_section(section)

    assert (config.urls, config.api_key) == ((), "")
    assert (config.max_age, config.max_depth) == (30.0, 200)


@pytest.mark.parametrize("value", ["0", "0s", None])
def test_zero_is_the_default(value: object) -> None:
    section = {"resource_url_notifier": {"max_age": value, "max_depth": 0}}
    config = NotifierConfig.from_section(section)

    assert (config.max_age, config.max_depth) == (30.0, 200)


def test_a_whole_configuration_is_read_from_yaml() -> None:
    text = "port: 7880\nwebhook:\n  api_key: APIkey\n  urls:\n    - https://a.example\n"
    config = NotifierConfig.from_yaml(text)

    assert config == NotifierConfig(("https://a.example",), "APIkey")


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1m30s", 90.0),
        ("1.5h", 5400.0),
        ("300ms", 0.3),
        ("250us", 0.00025),
        ("250µs", 0.00025),
        (".5s", 0.5),
        ("+2m", 120.0),
        ("0", 0.0),
        ("1h0m0.5s", 3600.5),
        ("30", None),
        ("", None),
        ("-1s", None),
        ("1d", None),
        ("1m 30s", None),
        ("1 s", None),
    ],
)
def test_durations_are_those_of_go(text: str, seconds: float | None) -> None:
    assert duration(text) == pytest.approx(seconds)


@pytest.mark.parametrize(
    ("section", "message"),
    [
        (["x"], "webhook is a mapping, not a list"),
        ({"url": ["https://a"]}, "webhook has no member 'url'; did you mean 'urls'?"),
        ({"urls": "https://a"}, "webhook.urls is a list of texts, not text"),
        ({"urls": [1]}, "webhook.urls[0] is text, not 1; put quotes around it"),
        ({"api_key": 7}, "webhook.api_key is text, not 7; put quotes around it"),
        ({"filter_params": {"include": []}}, "webhook.filter_params has no member"),
        (
            {"resource_url_notifier": {"max_age": "30"}},
            "webhook.resource_url_notifier.max_age is a duration such as '1m30s', not '30'",
        ),
        (
            {"resource_url_notifier": {"max_age": 30}},
            "webhook.resource_url_notifier.max_age is a duration such as '1m30s', not 30",
        ),
        (
            {"resource_url_notifier": {"max_depth": "many"}},
            "webhook.resource_url_notifier.max_depth is a number of events, not 'many'",
        ),
        ({"urls": ["ftp://a"]}, "webhook.urls: webhooks cannot be sent to 'ftp://a'"),
    ],
)
def test_a_mistake_is_named_with_its_place(section: object, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        NotifierConfig.from_section(section)  # type: ignore[arg-type]

    assert message in str(caught.value)


@pytest.mark.parametrize("text", ["- a", "a: [", "plain"])
def test_what_is_not_a_configuration_is_an_error_without_traceback(text: str) -> None:
    with pytest.raises(ConfigError, match="the configuration is not"):
        NotifierConfig.from_yaml(text)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "a.example",
        "ftp://a.example",
        "http://",
        "http://:80",
        "http://a:99999",
        "http://[::1",
        "http://a b",
        "http://a\r\nX: y",
    ],
)
def test_a_url_that_cannot_be_used_is_refused_at_construction(url: str) -> None:
    with pytest.raises(EndpointError, match="webhooks cannot be sent to"):
        NotifierConfig((url,))


def test_an_error_shows_no_credentials_of_a_url() -> None:
    with pytest.raises(EndpointError) as caught:
        NotifierConfig(("ftp://user:hush@a.example/x?token=hush",))

    assert "hush" not in str(caught.value)
    assert "ftp://{...}@a.example/x?token={...}" in str(caught.value)
