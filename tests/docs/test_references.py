"""The documentation only names what exists, and names all that it should."""

from __future__ import annotations

import ast
import inspect
import os
import re
from pathlib import PurePosixPath

import lkproto
import pytest
from lkproto import Message
from lkproto_cli.main import COMMANDS, main
from lkproto_codegen.options import NAMES
from lkproto_codegen.plugin import _PARAMETERS
from lkproto_codegen.resources import runtime_exports

from tests.support import ROOT

from .pages import PAGES, blocks, listed, section, text_of

INDEX = "docs/README.md"
GENERATOR = "docs/generate/generator.md"
TOKENS = "docs/livekit/tokens.md"
WEBHOOK = "docs/livekit/webhook-command.md"
MOCK = "docs/livekit/mock.md"
CALL = "docs/livekit/call-command.md"
SHARED = {
    "Options of all four": {"generate", "check", "list", "ir"},
    "Options of `generate` and `check`": {"generate", "check"},
    "Options of `generate`, `check` and `ir`": {"generate", "check", "ir"},
}
FLAG = re.compile(r"(?<![\w-])--?[A-Za-z][\w-]*")


def slugs(page: str) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", text_of(page), re.MULTILINE)
    return {
        re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
        for heading in headings
    }


def flags(command: str, capsys: pytest.CaptureFixture[str]) -> set[str]:
    """The options that a command's help lists, except --help."""
    with pytest.raises(SystemExit):
        main([*command.split(), "--help"])
    listing = capsys.readouterr().out.partition("\noptions:\n")[2]
    heads = re.findall(r"^  (-.*?)(?:  |$)", listing, re.MULTILINE)
    return {flag for head in heads for flag in FLAG.findall(head)} - {"-h", "--help"}


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page: str) -> None:
    text = re.sub(r"^```.*?^```$", "", text_of(page), flags=re.MULTILINE | re.DOTALL)

    for target, anchor in re.findall(r"\]\(([^)#\s]*)(?:#([\w-]+))?\)", text):
        if target.startswith("https://"):
            continue
        path = os.path.normpath(PurePosixPath(page).parent / target) if target else page
        assert (ROOT / path).exists(), target
        assert not anchor or anchor in slugs(path), f"{target}#{anchor}"


def linked(page: str, heading: str) -> list[str]:
    """The pages a section links, in order."""
    targets = re.findall(r"\]\(([^)#\s]+\.md)\)", section(page, heading))
    return [os.path.normpath(PurePosixPath(page).parent / each) for each in targets]


def test_every_page_is_on_a_shelf_of_the_index_and_of_the_readme() -> None:
    on_shelves = linked(INDEX, "Documentation")

    assert sorted([*on_shelves, "README.md", INDEX]) == PAGES
    assert linked("README.md", "Documentation") == [*on_shelves, INDEX]


def test_shelves_of_the_index_are_the_folders() -> None:
    shelves = {
        "Use": "docs/use/",
        "LiveKit": "docs/livekit/",
        "Call and serve": "docs/twirp/",
        "Generate": "docs/generate/",
        "Judge and build": "docs/judge/",
    }
    for heading, folder in shelves.items():
        pages = {page for page in PAGES if page.startswith(folder)}
        assert pages
        found = {page for page in linked(INDEX, heading) if page.startswith("docs/")}
        assert found == pages


@pytest.mark.parametrize("command", ["generate", "check", "list", "ir"])
def test_the_options_of_commands_are_those_documented(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    found = listed(section(GENERATOR, f"`lkproto {command}`"))
    for title, commands in SHARED.items():
        found |= listed(section(GENERATOR, title)) if command in commands else set()

    assert found == flags(command, capsys)


def test_the_options_of_schema_import_are_those_documented(
    capsys: pytest.CaptureFixture[str],
) -> None:
    documented = listed(section("docs/generate/schema-import.md", "Options"))

    assert documented == flags("schema import", capsys)


@pytest.mark.parametrize("action", ["mint", "verify", "inspect"])
def test_the_options_of_token_are_those_documented(
    action: str, capsys: pytest.CaptureFixture[str]
) -> None:
    shared, _, _ = section(TOKENS, "`lkproto token`").partition("\n### ")
    documented = listed(shared)
    documented |= listed(section(TOKENS, "Mint" if action == "mint" else "Inspect"))

    options = {name for name in documented if name.startswith("--")}
    assert options == flags(f"token {action}", capsys)


@pytest.mark.parametrize("action", ["Listen", "Sign", "Verify", "Send"])
def test_the_options_of_webhook_are_those_documented(
    action: str, capsys: pytest.CaptureFixture[str]
) -> None:
    shared, _, _ = section(WEBHOOK, "`lkproto webhook`").partition("\n### ")
    documented = listed(shared) | listed(section(WEBHOOK, action))

    options = {name for name in documented if name.startswith("--")}
    assert options == flags(f"webhook {action.lower()}", capsys)


def test_the_options_of_dead_letters_are_those_documented(
    capsys: pytest.CaptureFixture[str],
) -> None:
    found: set[str] = set()
    for action in ("list", "show", "replay", "forget"):
        found |= flags(f"webhook dead-letters {action}", capsys)

    documented = listed(section(WEBHOOK, "Dead letters"))
    assert {name for name in documented if name.startswith("--")} == found


def test_the_options_of_call_and_services_are_those_documented(
    capsys: pytest.CaptureFixture[str],
) -> None:
    documented = listed(section(CALL, "`lkproto call`"))
    services = section(CALL, "`lkproto services`")

    options = {name for name in documented if name.startswith("--")}
    fields = {"--names", "--sync-streams", "--media-encryption", "--tags", "--egress"}
    fields |= {"--egress.room.layout", "--ringing-timeout"}
    own = flags("call RoomService/ListRooms", capsys)
    assert options - fields == own - fields
    assert flags("services", capsys) == set(re.findall(r"`(--[a-z]+)`", services))


def test_the_options_of_the_mock_server_are_those_documented(
    capsys: pytest.CaptureFixture[str],
) -> None:
    documented = listed(section(MOCK, "`lkproto mock-server`"))

    options = {name for name in documented if name.startswith("--")}
    assert options == flags("mock-server", capsys)


def test_all_commands_are_documented() -> None:
    documented = [
        name
        for page in PAGES
        for name in re.findall(
            r"^## `(?:lkproto |protoc-gen-)([a-z-]+)`", text_of(page), re.MULTILINE
        )
    ]

    assert {"plugin" if name == "lkproto" else name for name in documented} == set(
        COMMANDS
    )


def test_command_lines_use_existing_options(
    capsys: pytest.CaptureFixture[str],
) -> None:
    lines = [
        line
        for page in PAGES
        for block in blocks(text_of(page))
        for line in re.findall(r"\blkproto [a-z][^|\n]*", block.code)
    ]

    assert len(lines) > 10
    for line in lines:
        _, command, *_ = line.split()
        if command in COMMANDS:
            if not FLAG.search(line):
                continue  # such as one that shows what a wrong name gets
            if command in ("schema", "token", "webhook", "call"):
                words = 4 if "dead-letters" in line else 3
                command = " ".join(line.split()[1:words])
            assert set(FLAG.findall(line)) <= flags(command, capsys), line


def test_settings_and_plugin_parameters_are_those_documented() -> None:
    assert listed(section(GENERATOR, "`[tool.lkproto]`")) == set(NAMES)
    assert listed(section(GENERATOR, "`protoc-gen-lkproto`")) == set(_PARAMETERS)


@pytest.mark.parametrize(
    ("page", "heading", "methods"),
    [
        ("docs/use/json.md", "Printing", ["to_json", "to_dict"]),
        ("docs/use/json.md", "Parsing", ["from_json", "from_dict"]),
        ("docs/use/binary.md", "Encoding", ["to_bytes"]),
        ("docs/use/binary.md", "Decoding", ["from_bytes"]),
        ("docs/use/binary.md", "Streams", []),
        ("docs/use/text.md", "Printing", ["to_text"]),
        ("docs/use/text.md", "Parsing", ["from_text"]),
    ],
)
def test_the_keywords_of_methods_are_those_documented(
    page: str, heading: str, methods: list[str]
) -> None:
    functions = [getattr(Message, name) for name in methods]
    if heading == "Streams":
        functions = [lkproto.read_delimited, lkproto.aiter_delimited]

    keywords = {
        name
        for function in functions
        for name, parameter in inspect.signature(function).parameters.items()
        if parameter.kind is parameter.KEYWORD_ONLY
    }

    assert listed(section(page, heading)) & keywords == keywords
    assert keywords


def test_the_public_names_are_those_documented() -> None:
    page = "docs/use/api-stability.md"
    of_all = listed(section(page, "Functions and classes"))
    of_twirp = listed(section(page, "Of packages with Twirp"))

    assert of_all == {*runtime_exports(), "SCHEMA_VERSION"}
    assert of_all | of_twirp == {*runtime_exports(["twirp"]), "SCHEMA_VERSION"}
    assert of_all | of_twirp == set(lkproto.__all__)


def test_nox_sessions_are_those_documented() -> None:
    sessions = {
        node.name
        for node in ast.parse((ROOT / "noxfile.py").read_text("utf-8")).body
        if isinstance(node, ast.FunctionDef)
        and any(
            ast.unparse(each).startswith("nox.session") for each in node.decorator_list
        )
    }

    assert listed(section("CONTRIBUTING.md", "Sessions")) == sessions
    named = {
        name
        for page in PAGES
        for name in re.findall(r"noxfile\.py -s (\w+)", text_of(page))
    }
    assert named <= sessions


def test_hooks_of_pre_commit_run_existing_commands_and_are_documented() -> None:
    text = (ROOT / ".pre-commit-hooks.yaml").read_text("utf-8")
    commands = re.findall(r"^  entry: lkproto (\w+)$", text, re.MULTILINE)
    hooks = re.findall(r"^- id: (\S+)$", text, re.MULTILINE)

    assert hooks == [f"lkproto-{command}" for command in commands] != []
    assert set(commands) <= set(COMMANDS)
    assert listed(section("docs/generate/ci.md", "pre-commit")) == set(hooks)
