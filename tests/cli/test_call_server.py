"""Which server `lkproto call` calls, and with which key: options, projects of lk, environment."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import pytest
from lkproto.auth import AccessToken, VideoGrants

from .calls import KEY, NOTHING, NOWHERE, SECRET, dry
from .calls import call as call_with
from .conftest import Done, Project

LIST = "RoomService/ListRooms"
PROJECTS = f"""\
default_project: stage
projects:
    - name: stage
      project_id: p_1
      url: wss://stage.example.com
      api_key: APIstage
      api_secret: {SECRET}
    - name: "live"
      url: wss://live.example.com
      api_key: APIlive
      api_secret: '{SECRET}'
    - name: half
      url: wss://half.example.com
device_name: laptop
theme: ""
"""
STAGE, LIVE = "https://stage.example.com", "https://live.example.com"


def lk(project: Project, text: str = PROJECTS) -> Path:
    """The file of projects where `lk` has it."""
    path = project.write(".livekit/cli-config.yaml", text)
    path.chmod(0o600)
    return path


def shown(project: Project, *words: str, **environment: str) -> tuple[str, Any]:
    """The server and the key of a run."""
    found = dry(project, LIST, *words, **(NOTHING | environment))
    return found["url"].partition("/twirp/")[0], (found["claims"] or {}).get("iss")


def call(project: Project, *words: str, **environment: str) -> Done:
    return call_with(project, LIST, *words, **(NOTHING | environment))


def test_the_default_project_of_lk_is_used_where_nobody_says_anything(
    project: Project,
) -> None:
    lk(project)

    assert shown(project) == (STAGE, "APIstage")


def test_the_environment_beats_the_default_project(project: Project) -> None:
    lk(project)
    url = {"LIVEKIT_URL": "http://127.0.0.1:7880"}
    pair = {"LIVEKIT_API_KEY": KEY, "LIVEKIT_API_SECRET": SECRET}

    assert shown(project, **url, **pair) == (url["LIVEKIT_URL"], KEY)
    # A key of one server is never sent to another one.
    assert call(project, **url).code == 2
    assert "the URL of the server is missing" in call(project, **pair).err


def test_a_project_that_is_named_beats_the_environment(project: Project) -> None:
    lk(project)
    pair = {"LIVEKIT_API_KEY": KEY, "LIVEKIT_API_SECRET": SECRET, **NOWHERE}

    assert shown(project, "--project", "live", **pair) == (LIVE, "APIlive")


def test_options_beat_the_project_that_is_named(project: Project) -> None:
    lk(project)
    secret = project.write("secret", SECRET)
    secret.chmod(0o600)
    key = ("--api-key", KEY, "--secret-file", "secret")

    other = shown(project, "--project", "live", "--url", "http://127.0.0.1:1")
    assert other == ("http://127.0.0.1:1", "APIlive")
    assert shown(project, "--project", "live", *key) == (LIVE, KEY)


def test_a_file_of_projects_may_be_elsewhere(project: Project) -> None:
    path = project.write("projects.yaml", PROJECTS)
    path.chmod(0o600)

    assert shown(project, "--config", "projects.yaml") == (STAGE, "APIstage")


def test_a_token_is_sent_as_it_is(project: Project) -> None:
    token = AccessToken("APIother", SECRET).with_grants(VideoGrants(room_list=True))
    project.write("token", token.to_jwt() + "\n")
    url = {"LIVEKIT_URL": "ws://127.0.0.1:9"}

    assert shown(project, "--token-file", "token", **url)[1] == "APIother"
    assert shown(project, LIVEKIT_TOKEN=token.to_jwt(), **url)[1] == "APIother"


def test_several_keys_come_from_the_environment(project: Project) -> None:
    keys = {"LIVEKIT_KEYS": f"APIone: {SECRET}\nAPItwo: {SECRET}", **NOWHERE}

    assert shown(project, **keys)[1] == "APIone"
    assert shown(project, "--api-key", "APItwo", **keys)[1] == "APItwo"


def test_the_secret_may_come_from_stdin(project: Project) -> None:
    words = (LIST, "--api-key", KEY, "--secret-stdin", "--dry-run")

    done = call_with(project, *words, stdin=SECRET.encode(), **(NOTHING | NOWHERE))

    assert (done.code, done.err) == (0, "")
    assert f'"iss": "{KEY}"' in done.out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            ["--project", "stge"],
            "{}: there is no project 'stge'\n  hint: did you mean 'stage'?\n",
        ),
        (["--project", "half"], "{}:12: the project has no api_key\n"),
    ],
)
def test_a_project_that_is_not_there_or_not_whole_is_named(
    words: list[str], message: str, project: Project
) -> None:
    path = lk(project)

    done = call(project, *words)

    assert done == Done(2, "", "lkproto: error: " + message.format(path))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("projects: [\n", ":2: not YAML\n  hint: lk project add writes it\n"),
        ("a: b: c\n", ":1: not YAML\n  hint: lk project add writes it\n"),
        ("- x\n", ":1: a configuration has members, as in `name: …`\n"),
        ("projects: 1\n", ":1: projects is a list, as in `- name: …`\n"),
        ("projects:\n- 1\n", ":2: a project has members, as in `name: …`\n"),
        ("default_project: x\nprojects:\n- name: []\n", ":3: name is a text\n"),
        (
            "",
            ": there is no default project\n  hint: name one with --project, or run lk "
            "project set-default\n",
        ),
        (
            "default_project: x\n",
            ": there is no project 'x'\n  hint: run lk project add\n",
        ),
    ],
)
def test_a_file_that_is_wrong_is_reported_with_the_line_and_not_repeated(
    text: str, message: str, project: Project
) -> None:
    path = lk(project, text)

    assert call(project) == Done(2, "", f"lkproto: error: {path}{message}")


@pytest.mark.skipif(os.name != "posix", reason="modes of files are those of POSIX")
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o602])
def test_a_file_that_others_can_read_or_write_is_not_read(
    mode: int, project: Project
) -> None:
    path = lk(project)
    path.chmod(mode)

    done = call(project)

    assert done.code == 2
    assert done.err == (
        f"lkproto: error: {path}: others may read or write the file (mode {mode:03o})\n"
        "  hint: forbid that with chmod 600\n"
    )


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes with names")
def test_what_is_not_a_file_is_refused_at_once(project: Project) -> None:
    os.mkfifo(project.folder / "pipe", 0o600)

    done = call(project, "--config", "pipe")
    folder = call(project, "--config", ".")

    assert done == Done(2, "", "lkproto: error: pipe: not a regular file\n")
    assert folder.code == 2


@pytest.mark.skipif(os.name != "posix", reason="owners of files are those of POSIX")
def test_a_file_of_somebody_else_is_not_read(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    lk(project)
    monkeypatch.setattr(os, "geteuid", lambda: 1_234_567)

    assert "somebody else owns the file" in call(project).err


def test_without_pyyaml_one_line_says_what_to_do(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = lk(project)
    monkeypatch.setitem(sys.modules, "yaml", None)

    assert call(project) == Done(
        2,
        "",
        f"lkproto: error: {path}: reading it needs PyYAML\n"
        "  hint: pip install 'lkproto[yaml]', or set LIVEKIT_URL, LIVEKIT_API_KEY and "
        "LIVEKIT_API_SECRET\n",
    )


def test_a_file_that_is_named_has_to_be_there(project: Project) -> None:
    done = call(project, "--config", "missing.yaml")

    assert done == Done(
        2, "", "lkproto: error: missing.yaml: No such file or directory\n"
    )


def test_without_a_server_it_says_how_to_name_one(project: Project) -> None:
    assert call(project) == Done(
        2,
        "",
        "lkproto: error: the URL of the server is missing\n"
        "  hint: use --url, set LIVEKIT_URL, or name a project of lk with --project\n",
    )


def test_a_token_and_a_key_exclude_each_other(project: Project) -> None:
    done = call(project, "--token-file", "x", "--api-key", KEY, **NOWHERE)

    assert "give a token, or an API key with its secret, not both" in done.err


def test_a_folder_in_place_of_the_file_is_named(project: Project) -> None:
    done = call(project, "--config", str(project.folder))

    assert done == Done(2, "", f"lkproto: error: {project.folder}: Is a directory\n")
