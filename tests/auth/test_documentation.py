"""The pages about grants and names agree with the code."""

from __future__ import annotations

import ast
import inspect
import re
from functools import reduce
from itertools import pairwise
from typing import Any

import lkproto.agents
import lkproto.auth
import lkproto.livekit
from lkproto import fields_of, get_extension
from lkproto.auth import (
    AgentEndpointGrants,
    AgentThreadGrants,
    ClaimGrants,
    Limit,
    Right,
    VideoGrants,
    grants_table,
    held_rights,
    rights,
)
from lkproto.lkproto import claims_pb, says

from tests.support import ROOT

NAMES = (ROOT / "docs" / "livekit" / "go-names.md").read_text("utf-8")
MODULES: dict[str, Any] = {
    "auth": lkproto.auth,
    "agents": lkproto.agents,
    "livekit": lkproto.livekit,
}


def test_the_page_of_grants_has_the_tables_the_schema_gives() -> None:
    page = (ROOT / "docs" / "livekit" / "grants.md").read_text("utf-8")

    assert page.endswith("\n\n" + grants_table())


def test_every_field_of_every_grant_is_in_the_tables() -> None:
    expected = [
        f"{grant.json_name}.{field.json_name}"
        for grant in fields_of(ClaimGrants)
        if grant.kind == "message" and grant.name != "room_config"
        for field in fields_of(grant.type)
    ]

    assert [right.claim for right in rights()] == expected
    assert len(expected) == 37


def test_every_right_says_what_it_opens_or_limits() -> None:
    for right in rights():
        names = {each.claim for each in rights()}
        grant = right.claim.partition(".")[0]
        for limit in right.limits:
            assert f"{grant}.{limit.claim}" in names
            assert not limit.lifted_by or f"{grant}.{limit.lifted_by}" in names
    assert "limits  |" not in grants_table()


def test_python_names_exist() -> None:
    found = re.findall(r"`((?:auth|agents|livekit)\.[\w.]+)`", NAMES)
    assert len(found) > 80

    for name in found:
        module, *path = name.split(".")
        reduce(getattr, path, MODULES[module])


def test_all_public_names_of_agents_are_on_the_page() -> None:
    ours = set(re.findall(r"`agents\.(\w+)`", NAMES))

    # Names without a counterpart in Go: the pair a function returns, a prefix of guid.
    assert ours | {"JobToken", "AGENT_THREAD_PREFIX"} == set(lkproto.agents.__all__)


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def test_every_claim_says_what_its_documentation_begins_with() -> None:
    source = ast.parse(inspect.getsource(claims_pb))
    (grants,) = (
        each
        for each in source.body
        if isinstance(each, ast.ClassDef) and each.name == "ClaimGrants"
    )
    documented = {
        field.target.id: text.value.value
        for field, text in pairwise(grants.body)
        if isinstance(field, ast.AnnAssign)
        and isinstance(field.target, ast.Name)
        and isinstance(text, ast.Expr)
        and isinstance(text.value, ast.Constant)
    }

    for field in fields_of(ClaimGrants):
        said = words(get_extension(field.options, says) or "")
        assert said, field.name
        assert words(str(documented[field.name]))[: len(said)] == said


def test_rights_of_a_token_are_listed_with_their_limits() -> None:
    claims = ClaimGrants(
        video=VideoGrants(
            room_join=True, room="r", can_publish=False, can_publish_sources=["camera"]
        ),
        agent_endpoint=AgentEndpointGrants(call=True, agent_name="a"),
        agent_thread=AgentThreadGrants(thread_ids=["AT_1"]),
    )

    found = {right.claim: limits for right, limits in held_rights(claims)}

    assert found == {
        "video.roomJoin": {"room": "r"},
        "video.canSubscribe": {},
        "agentEndpoint.call": {"agentName": "a"},
    }
    assert held_rights(ClaimGrants()) == []


def test_rights_have_what_the_schema_says_of_them() -> None:
    by_claim = {right.claim: right for right in rights()}

    assert by_claim["video.canPublishData"] == Right(
        "video.canPublishData",
        "true or false",
        "as `canPublish`",
        "send data to others",
        (),
    )
    assert by_claim["agentThread.create"].limits == (Limit("scope", True, "all"),)
    assert by_claim["video.canPublishSources"] == Right(
        "video.canPublishSources", "texts", "", "", ()
    )
