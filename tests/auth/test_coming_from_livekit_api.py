"""The page for users of livekit-api: every line of it is run with both libraries."""

from __future__ import annotations

import ast
import importlib.metadata
import json
import os
import re
import subprocess
import sys
import tomllib
from functools import cache

import pytest

from tests.docs.pages import section, text_of
from tests.support import ROOT

PAGE = "docs/livekit/coming-from-livekit-api.md"
SCRIPT = ROOT / "tests" / "auth" / "same_calls.py"
CELLS = re.compile(r"^\| `(.+?)` \| `(.*?)` \| `(.*?)` \| \S.* \|$", re.MULTILINE)
DIFFERENT = {row[0]: row[1:] for row in CELLS.findall(text_of(PAGE))}
# Calls that the page says are the same, and others that are.
SAME = (
    'payload(token().with_name("n").with_metadata("m").with_sha256("h").with_room_preset("p"))["roomPreset"]',
    'payload(token())["exp"]',
    'payload(token())["nbf"]',
    'sorted(payload(token().with_grants(api.VideoGrants(room_create=True, room_list=True, room_record=True, room_admin=True, room="r", destination_room="d", can_publish=False, can_subscribe=False, can_publish_data=True, can_publish_sources=["camera"], can_update_own_metadata=True, ingress_admin=True, hidden=True, recorder=True, agent=True, can_manage_agent_session=True, can_subscribe_metrics=True)))["video"].items())',
    'payload(token().with_sip_grants(api.SIPGrants(admin=True, call=True)))["sip"]',
    'payload(token().with_inference_grants(api.InferenceGrants(perform=True)))["inference"]',
    'payload(token().with_observability_grants(api.ObservabilityGrants(write=True)))["observability"]',
    'payload(token().with_agent_grants(api.AgentGrants(admin=True, simulation_admin=True, database_admin=True, dispatch_admin=True)))["agent"]',
    'payload(token().with_agent_endpoint_grants(api.AgentEndpointGrants(call=True, agent_name="a", deployment="d")))["agentEndpoint"]',
    'payload(token().with_agent_thread_grants(api.AgentThreadGrants(all=True, scope="s", thread_ids=["t"], list=True, create=True, write=True, read=True, delete=True)))["agentThread"]',
    'payload(token().with_room_config(api.RoomConfiguration(empty_timeout=60, agents=[api.RoomAgentDispatch(agent_name="a")])))["roomConfig"]',
    'payload(token().with_kind("agent").with_attributes({"a": "1"}))["attributes"]',
    'api.VideoGrants(room="a") == api.VideoGrants(room="a")',
    'said(token().with_identity("a").with_name("n").to_jwt()).identity',
    'said(good(\'"metadata":"m","kind":"agent","sha256":"h","attributes":{"a":"1"}\')).attributes',
    'said(good(\'"agent":{"admin":true},"agentEndpoint":{"call":true}\')).agent_endpoint.call',
    'said(good(\'"agentThread":{"all":true}\')).agent_thread.all',
    'said(good(\'"inference":{"perform":true},"observability":{"write":true}\')).observability.write',
    'said(good(\'"roomConfig":{"later":1,"name":"n"}\')).room_config.name',
    'said(good(\'"identity":"a"\')).identity',
    "said(good('\"iat\":%d' % (now + 30))).identity",
    "said(good(exp=now - 30)).identity",
    "said(good(exp=now + 600.5)).identity",
)
METHODS = re.findall(r"`([a-z]\w+)`", section(PAGE, "What is the same"))
VERIFIER = "api.TokenVerifier(key, secret)"
GRANTS = (
    *("VideoGrants", "SIPGrants", "InferenceGrants", "ObservabilityGrants"),
    *("AgentGrants", "AgentEndpointGrants", "AgentThreadGrants"),
)
OBJECTS = ("token()", VERIFIER, *(f"api.{name}()" for name in GRANTS))


def installed() -> str | None:
    """The version of livekit-api, or None."""
    try:
        return importlib.metadata.version("livekit-api")
    except importlib.metadata.PackageNotFoundError:
        return None


needs_livekit_api = pytest.mark.skipif(
    installed() is None and "CI" not in os.environ,
    reason="livekit-api is not installed (dependency group peers)",
)


@cache
def outcomes(library: str, *expressions: str) -> dict[str, str]:
    """The results of expressions, in a separate process for the library."""
    done = subprocess.run(
        [sys.executable, str(SCRIPT), library],
        input=json.dumps(expressions),
        env=os.environ | {"PYTHONPATH": str(ROOT / "generated")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return dict(zip(expressions, json.loads(done.stdout), strict=True))


def test_our_column_shows_what_our_library_does() -> None:
    assert outcomes("lkproto", *DIFFERENT) == {
        call: ours for call, (_, ours) in DIFFERENT.items()
    }


@pytest.mark.slow
@needs_livekit_api
def test_their_column_shows_what_their_library_does() -> None:
    assert outcomes("livekit-api", *DIFFERENT) == {
        call: theirs for call, (theirs, _) in DIFFERENT.items()
    }


def test_listed_differences_differ() -> None:
    assert [call for call, (theirs, ours) in DIFFERENT.items() if theirs == ours] == []
    rows = re.findall(r"^\| `.*\|$", text_of(PAGE), re.MULTILINE)
    assert len(DIFFERENT) == len(rows) > 70


@needs_livekit_api
def test_calls_listed_as_the_same_are_the_same() -> None:
    ours = outcomes("lkproto", *SAME)

    assert outcomes("livekit-api", *SAME) == ours
    assert [call for call, each in ours.items() if each.endswith("Error")] == []


@pytest.mark.slow
@needs_livekit_api
@pytest.mark.parametrize("make", ["token()", VERIFIER])
def test_every_name_of_their_classes_is_on_the_page(make: str) -> None:
    """Public methods; attributes are those of an instance."""
    found = names("livekit-api", make)

    assert found
    missing = [each for each in found if not re.search(rf"\b{each}\b", text_of(PAGE))]
    assert missing == []


def test_methods_listed_as_the_same_exist() -> None:
    ours = names("lkproto", "token()") + names("lkproto", VERIFIER)

    assert len(METHODS) == 18
    assert set(METHODS) <= set(ours)


@pytest.mark.slow
@needs_livekit_api
@pytest.mark.parametrize("name", GRANTS)
def test_grants_have_every_field_of_theirs(name: str) -> None:
    theirs = names("livekit-api", f"api.{name}()")

    assert theirs
    assert set(theirs) <= set(names("lkproto", f"api.{name}()"))


def names(library: str, make: str) -> list[str]:
    """The public attributes of an object of a library."""
    asked = {
        each: f"[each for each in dir({each}) if each[0] != '_']" for each in OBJECTS
    }
    listed: list[str] = ast.literal_eval(
        outcomes(library, *asked.values())[asked[make]]
    )
    return listed


def test_the_page_names_the_versions_that_are_pinned() -> None:
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    peers = groups["dependency-groups"]["peers"]
    pins = [each.replace("==", " ") for each in peers if not each.startswith("twirp")]

    assert len(pins) == 2
    assert all(pin in text_of(PAGE) for pin in pins)
    assert installed() in {None, *(pin.split()[1] for pin in pins)}
