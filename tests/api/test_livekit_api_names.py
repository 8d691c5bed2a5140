"""The page with the names of livekit-api has all of them, and what it maps them to exists."""

from __future__ import annotations

import re
from importlib import import_module
from typing import Any

import lkproto.livekit
import pytest
from lkproto.api import AsyncLiveKitAPI
from lkproto.call_errors import twirp_error_from_sip_status

from tests.auth.test_coming_from_livekit_api import needs_livekit_api
from tests.docs.pages import section, text_of

from .livekit_api_names import MARK, PAGE, theirs, written

OBJECTS = {
    "lkproto.TwirpError": lkproto.TwirpError("internal", "m", {"a": "b"}, status=500),
    "lkproto.call_errors.SipCallError": twirp_error_from_sip_status(486),
    "lkproto.api.AsyncLiveKitAPI": AsyncLiveKitAPI("http://test", "key", "s" * 32),
}
OF_ERRORS = {"add_note", "args", "with_traceback"}


def rows(heading: str) -> dict[str, str]:
    """What names of theirs become, by a table of the page."""
    lines = re.findall(r"^\| (`.*) \| (.*) \|$", section(PAGE, heading), re.MULTILINE)
    return {name: ours for names, ours in lines for name in ticked(names)}


def ticked(text: str) -> list[str]:
    """Names in backticks, without the arguments after them."""
    return [re.split(r"[( =]", each)[0] for each in re.findall(r"`([^`]+)`", text)]


def paths(theirs: str, ours: str) -> list[str]:
    """The dotted names of ours in a cell."""
    found = [each for each in ticked(ours) if each.startswith("lkproto.")]
    if ours.startswith("the same, of "):
        return [f"{found[0]}.{theirs.rpartition('.')[2]}"]
    return found


def thing(path: str) -> Any:
    """What a dotted name of ours is; the module is imported, attributes are those of an object."""
    parts = path.split(".")
    if ".".join(parts[:-1]) in OBJECTS:
        return getattr(OBJECTS[".".join(parts[:-1])], parts[-1])
    for count in range(len(parts), 0, -1):
        try:
            found: Any = import_module(".".join(parts[:count]))
        except ModuleNotFoundError:
            continue
        for part in parts[count:]:
            found = getattr(found, part)
        return found
    raise AssertionError(path)


@needs_livekit_api
def test_every_public_name_is_on_the_page() -> None:
    listed = set(ticked(text_of(PAGE)))

    assert len(theirs()["names"]) > 500
    assert [name for name in theirs()["names"] if name not in listed] == []


@needs_livekit_api
def test_classes_and_modules_are_those_of_the_table() -> None:
    others = {
        name
        for name, kind in theirs()["names"].items()
        if kind not in ("enum", "message") and not isinstance(kind, list)
    }

    assert set(rows("Classes, functions and modules")) == others


@needs_livekit_api
def test_every_attribute_of_classes_is_on_the_page() -> None:
    members = theirs()["members"]
    classes = [name for name in members if name[0].isupper()]
    expected = {
        f"{name}.{each}" for name in classes for each in {*members[name]} - OF_ERRORS
    }

    assert set(rows("Attributes")) == expected


@needs_livekit_api
def test_every_method_of_services_is_on_the_page() -> None:
    members = theirs()["members"]
    services = [name for name in members if name[0].islower()]
    expected = {f"{name}.{each}" for name in services for each in members[name]}

    assert len(expected) == 66
    assert set(rows("Methods")) == expected


@needs_livekit_api
def test_the_lists_are_those_that_are_written_for_the_pinned_version() -> None:
    assert MARK + text_of(PAGE).partition(MARK)[2] == written()


@pytest.mark.parametrize("heading", ["Classes, functions and modules", "Attributes"])
def test_what_names_become_exists(heading: str) -> None:
    found = {
        name for named, ours in rows(heading).items() for name in paths(named, ours)
    }

    assert len(found) > 5
    for name in found:
        thing(name)  # raises if it does not exist


def test_methods_that_methods_become_exist() -> None:
    api = OBJECTS["lkproto.api.AsyncLiveKitAPI"]

    for name, ours in rows("Methods").items():
        service, _, method = (
            name if ours == "the same" else ticked(ours)[0]
        ).partition(".")
        assert callable(getattr(getattr(api, service), method)), name


def test_messages_and_enums_exist_and_values_are_members_of_their_enum() -> None:
    messages = ticked(section(PAGE, "Messages"))[1:]
    assert len(messages) > 200
    assert [name for name in messages if not hasattr(lkproto.livekit, name)] == []

    table = re.findall(r"^\| `(\w+)` \| (.*) \|$", text_of(PAGE), re.MULTILINE)
    values = [(enum, value) for enum, cell in table for value in ticked(cell)]
    of_enums = [each for each in values if each[0] not in rows("Attributes")]
    of_enums = [each for each in of_enums if "." not in each[1]]
    assert len(of_enums) > 200
    for enum, value in of_enums:
        assert value in getattr(lkproto.livekit, enum).__members__, value


@needs_livekit_api
def test_values_have_the_numbers_of_theirs() -> None:
    for name, kind in theirs()["names"].items():
        if isinstance(kind, list):
            enum, number = kind
            assert getattr(lkproto.livekit, enum)[name] == number
