"""The page on webhooks says what events carry as a LiveKit server has sent them."""

from __future__ import annotations

import re

from tests.live.captures import members, recorded

from .pages import section

PAGE = "docs/livekit/webhooks.md"
HEADING = "What events carry"
_ALL = {"all"}


def rows() -> list[list[str]]:
    """The cells of the table."""
    lines = re.findall(r"^\|(.+)\|$", section(PAGE, HEADING), re.MULTILINE)
    return [[cell.strip() for cell in line.split("|")] for line in lines]


def carried(event: dict[str, set[str]]) -> dict[str, set[str]]:
    """What the members of an event have, as the table says it."""
    return {
        re.sub(r"(?=[A-Z])", "_", name).lower(): found if len(found) == 2 else _ALL
        for name, found in event.items()
    }


def test_the_table_says_what_the_server_sends() -> None:
    (_, *names), _, *lines = rows()
    said = {
        kind: {
            name.strip("`"): set(re.findall(r"\w+", cell))
            for name, cell in zip(names, cells, strict=True)
            if cell
        }
        for kinds, *cells in lines
        for kind in re.findall(r"\w+", kinds)
    }

    assert said == {kind: carried(each) for kind, each in members(recorded()).items()}
    assert len(said) == 12


def test_events_have_what_is_said_of_all_and_of_some() -> None:
    events = recorded()
    reasons = {
        (event["event"], participant["disconnectReason"])
        for event in events
        if "disconnectReason" in (participant := event.get("participant", {}))
    }

    assert all({"id", "createdAt"} <= event.keys() for event in events)
    assert reasons == {
        ("participant_left", "CLIENT_INITIATED"),
        ("participant_left", "PARTICIPANT_REMOVED"),
        ("participant_connection_aborted", "SIGNAL_CLOSE"),
    }
    for info in ("egressInfo", "ingressInfo"):
        assert all(event[info]["roomName"] for event in events if info in event)
    assert any(event.get("room", {}).get("turnPassword") for event in events)
    assert any(event.get("ingressInfo", {}).get("streamKey") for event in events)
