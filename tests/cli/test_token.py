"""`lkproto token`: its exact output and its exit codes."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import re
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support import said

from .conftest import COMMAND, SOURCES, Done, Project

KEY, SECRET = "APIkey", "0123456789abcdef0123456789abcdef"
PAIR = {"LIVEKIT_API_KEY": KEY, "LIVEKIT_API_SECRET": SECRET}
NO_PAIR = {"LIVEKIT_API_KEY": "", "LIVEKIT_API_SECRET": "", "LIVEKIT_KEYS": ""}
NOW = 1_800_000_000
AT = ("--now", str(NOW))
COMPARE = "if it is fresh, compare the clocks of both sides"
NO_KEY = """\
lkproto: error: an API key and its secret are needed
  hint: set LIVEKIT_API_KEY and LIVEKIT_API_SECRET, or use --api-key with --secret-file or --secret-stdin
"""


def encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def signed(payload: str | dict[str, Any], secret: str = SECRET) -> str:
    """A token made by the standard library alone."""
    text = payload if isinstance(payload, str) else json.dumps(payload)
    header = b'{"alg":"HS256","typ":"JWT"}'
    body = f"{encoded(header)}.{encoded(text.encode())}"
    signature = hmac.digest(secret.encode(), body.encode(), hashlib.sha256)
    return f"{body}.{encoded(signature)}"


def payload_of(token: str) -> str:
    """The payload of a token, after a check of its signature."""
    _, payload, _ = token.rstrip("\n").split(".")
    text = base64.urlsafe_b64decode(payload + "==").decode()
    assert token == signed(text) + "\n"
    return text


GOOD = signed({"iss": KEY, "sub": "alice", "exp": NOW + 21_540})


def token(
    project: Project, *words: str, stdin: bytes = b"", **environment: str
) -> Done:
    return project.run("token", *words, stdin=stdin, **(NO_PAIR | PAIR | environment))


def test_mint_prints_the_token_and_nothing_else(project: Project) -> None:
    done = token(project, "mint", "--identity", "alice", *AT)

    assert (done.code, done.err) == (0, "")
    assert payload_of(done.out) == (
        '{"iss":"APIkey","sub":"alice","exp":1800021600,"nbf":1800000000,'
        '"iat":1800000000,"identity":"alice"}'
    )


def test_every_flag_of_mint_sets_its_claim(project: Project) -> None:
    project.write("room.json", '{"emptyTimeout": 60, "agents": [{"agentName": "x"}]}')
    flags = """
        --name Alice --room demo --ttl 1h30m --kind agent --kind-detail cloud_agent
        --grant roomJoin --grant canPublish=false --grant canPublishSources=camera,microphone
        --grant sip.call --grant agentEndpoint.agentName=greeter --metadata m
        --attribute b=2 --attribute a=1=1 --room-preset p --room-config room.json
        --agent first --agent second --sha256 h
    """

    done = token(project, "mint", "--identity", "alice", *flags.split(), *AT)

    assert (done.code, done.err) == (0, "")
    assert payload_of(done.out) == (
        '{"iss":"APIkey","sub":"alice","exp":1800005400,"nbf":1800000000,'
        '"iat":1800000000,"identity":"alice","name":"Alice","kind":"agent",'
        '"kindDetails":["cloud_agent"],"video":{"roomJoin":true,"room":"demo",'
        '"canPublish":false,"canPublishSources":["camera","microphone"]},'
        '"sip":{"call":true},"agentEndpoint":{"agentName":"greeter"},'
        '"roomConfig":{"emptyTimeout":60,"agents":[{"agentName":"first"},'
        '{"agentName":"second"}]},"roomPreset":"p","sha256":"h","metadata":"m",'
        '"attributes":{"a":"1=1","b":"2"}}'
    )


def test_flags_win_over_claims_from_a_file(project: Project) -> None:
    claims = {
        "identity": "a",
        "metadata": "m",
        "video": {"roomJoin": True, "room": "x"},
    }
    project.write("claims.json", json.dumps(claims))

    done = token(
        project,
        "mint",
        "--grants-json",
        "claims.json",
        "--identity",
        "b",
        "--room",
        "y",
    )

    found = json.loads(payload_of(done.out))
    assert (found["identity"], found["metadata"]) == ("b", "m")
    assert found["video"] == {"roomJoin": True, "room": "y"}


def test_a_token_to_join_without_an_identity_is_warned_about(project: Project) -> None:
    done = token(project, "mint", "--grant", "roomJoin")

    assert done.code == 0
    assert payload_of(done.out)
    assert done.err == "lkproto: warning: without --identity nobody can join a room\n"


def test_secrets_come_from_files_and_stdin(project: Project) -> None:
    path = project.write("secret", SECRET + "\n")
    path.chmod(0o600)
    words = ["mint", "--api-key", KEY, *AT]

    from_file = token(project, *words, "--secret-file", "secret", **NO_PAIR)
    from_stdin = token(
        project, *words, "--secret-stdin", stdin=f"{SECRET}\r\n".encode(), **NO_PAIR
    )

    assert from_file == from_stdin == Done(0, from_file.out, "")
    assert json.loads(payload_of(from_file.out))["iss"] == KEY


@pytest.mark.skipif(os.name != "posix", reason="needs modes of files")
def test_a_secret_file_that_others_can_read_is_refused(project: Project) -> None:
    project.write("secret", SECRET).chmod(0o644)

    done = token(project, "mint", "--secret-file", "secret")

    assert done == Done(
        2,
        "",
        "lkproto: error: secret: others may read or write the file\n"
        "  hint: forbid that with chmod o-rwx\n",
    )


@pytest.mark.parametrize("word", ["--secret", "--api-secret", "--secret=hunter2"])
def test_secrets_on_the_command_line_are_refused_and_not_repeated(
    word: str, project: Project
) -> None:
    assert token(project, "mint", word, "hunter2") == Done(
        2,
        "",
        "lkproto: error: secrets are not accepted on the command line, where others can see "
        "them; set LIVEKIT_API_SECRET, or use --secret-file or --secret-stdin\n"
        "  hint: see lkproto token --help\n",
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            ["--grant", "roomJion"],
            "video has no grant 'roomJion'\n  hint: did you mean 'roomJoin'?",
        ),
        (
            ["--grant", "room_join"],
            "video has no grant 'room_join'\n  hint: did you mean 'roomJoin'?",
        ),
        (
            ["--grant", "call"],
            "video has no grant 'call'\n"
            "  hint: did you mean 'sip.call' or 'agentEndpoint.call'?",
        ),
        (
            ["--grant", "sib.call"],
            "there are no grants 'sib'\n  hint: did you mean 'sip'?",
        ),
        (
            ["--grant", "sip.zzz"],
            "sip has no grant 'zzz'\n  hint: there are admin, call",
        ),
        (
            ["--grant", "roomJoin=yes"],
            "roomJoin takes true or false, not 'yes'",
        ),
        (["--grant", "room"], "room takes a value\n  hint: write room=…"),
        (
            ["--grant", "canPublishSources=camara"],
            "canPublishSources has no 'camara'\n  hint: did you mean 'camera'?",
        ),
        (
            ["--ttl", "5"],
            "'5' is not a duration\n  hint: write it like 90s, 10m, 2h, 1h30m or 7d",
        ),
        (
            ["--ttl", "0m"],
            "'0m' is not a duration\n  hint: write it like 90s, 10m, 2h, 1h30m or 7d",
        ),
        (["--attribute", "a"], "'a' is not a pair\n  hint: write key=value"),
        (
            ["--kind", "robot"],
            "'robot' is not one of standard, ingress, egress, sip, agent, connector, bridge",
        ),
        (["--grants-json", "nowhere.json"], "nowhere.json: No such file or directory"),
        (
            ["--grants-json", "bad.json"],
            "bad.json: video: there is no 'roomJion'\n  hint: did you mean 'roomJoin'?",
        ),
        (
            ["--grants-json", "broken.json"],
            f"broken.json: not JSON: {said(lambda: json.loads('zzz'))}",
        ),
        (
            ["--grants-json", "type.json"],
            "type.json: $.video.room_join: bool takes true or false, not a number "
            "(line 1, column 24)",
        ),
        (
            ["--room-config", "egress.json"],
            "the room configuration contains sensitive credentials at "
            "$.egress.room.file_outputs[0].s3.secret; anyone who has the token can read them. "
            "Leave them to the server, or allow them with allow_sensitive_credentials if "
            "the token stays on servers",
        ),
    ],
)
def test_mistakes_in_claims_are_explained(
    words: list[str], message: str, project: Project
) -> None:
    project.write("bad.json", '{"video": {"roomJion": true}}')
    project.write("broken.json", "zzz")
    project.write("type.json", '{"video": {"roomJoin": 1}}')
    project.write("egress.json", json.dumps(EGRESS))

    assert token(project, "mint", *words) == Done(2, "", f"lkproto: error: {message}\n")


EGRESS = {"egress": {"room": {"fileOutputs": [{"s3": {"secret": "hunter2"}}]}}}


@pytest.mark.slow
def test_secrets_of_a_room_can_be_allowed_and_are_not_shown(project: Project) -> None:
    project.write("egress.json", json.dumps(EGRESS))

    minted = token(
        project,
        *("mint", "--room-config", "egress.json", "--allow-sensitive-credentials"),
    ).out
    shown = [token(project, *words, minted.strip()) for words in SHOWING]

    assert json.loads(payload_of(minted))["roomConfig"] == EGRESS
    for done in shown:
        assert (done.code, done.err) == (0, "")
        assert "hunter2" not in done.out
        assert '"secret": "<redacted>"' in done.out


SHOWING = [("inspect",), ("inspect", "--json"), ("verify", "--json")]


@pytest.mark.parametrize(
    "words", [["mint"], ["verify", GOOD], ["mint", "--secret-stdin"]]
)
def test_without_a_key_it_says_where_keys_come_from(
    words: list[str], project: Project
) -> None:
    done = token(project, *words, stdin=b"s\n", **NO_PAIR)

    assert done == Done(2, "", NO_KEY)


def test_a_valid_token_exits_with_0_however_it_is_given(project: Project) -> None:
    project.write("token", GOOD + "\n")
    expected = Done(0, "valid: expires 2027-01-15 13:59:00 UTC, in 5 h 59 min\n", "")

    assert token(project, "verify", GOOD, *AT) == expected
    assert token(project, "verify", "--token-file", "token", *AT) == expected
    assert token(project, "verify", "-", *AT, stdin=GOOD.encode()) == expected
    keys = NO_PAIR | {"LIVEKIT_KEYS": f"other: {SECRET}\n{KEY}: {SECRET}\n"}
    assert token(project, "verify", GOOD, *AT, **keys) == expected


@pytest.mark.slow
@pytest.mark.parametrize(
    ("refused", "words", "line"),
    [
        (
            GOOD,
            ["--now", str(NOW + 90_000)],
            f"expired: the token has expired, 68460 s ago; {COMPARE}",
        ),
        (
            signed(
                {"iss": KEY, "exp": NOW + 9}, "another secret, as long as the other one"
            ),
            AT,
            "bad_signature: the signature does not match the token and the key",
        ),
        ("a.b", AT, "malformed: a token has three segments with a dot between each"),
        (
            signed({"iss": "other", "exp": NOW + 9}),
            AT,
            "wrong_issuer: the token was made with another API key, 'other', not 'APIkey'",
        ),
        (
            signed({"iss": KEY}),
            AT,
            "missing_claim: the token never expires: it has no `exp`",
        ),
        (
            signed({"iss": KEY, "exp": NOW + 9, "iat": NOW + 99}),
            AT,
            f"not_yet_valid: the token was made in the future, by its `iat`, in 99 s; {COMPARE}",
        ),
    ],
)
def test_a_refused_token_exits_with_1_and_one_line(
    refused: str, words: tuple[str, ...], line: str, project: Project
) -> None:
    done = token(project, "verify", refused, *words)

    assert done == Done(1, f"refused: {line}\n", "")
    kind, _, message = line.partition(": ")
    as_json = token(project, "verify", "--json", refused, *words)
    assert (as_json.code, json.loads(as_json.out)) == (
        1,
        {"valid": False, "refusal": {"kind": kind, "message": message}},
    )


def test_the_profile_go_takes_what_strict_refuses(project: Project) -> None:
    future = signed({"iss": KEY, "exp": NOW + 9000, "iat": NOW + 99})

    assert token(project, "verify", future, *AT).code == 1
    assert token(project, "verify", "--profile", "go", future, *AT).code == 0


def test_verify_prints_claims_as_json(project: Project) -> None:
    done = token(project, "verify", "--json", GOOD, *AT)

    claims = {"iss": KEY, "sub": "alice", "exp": NOW + 21_540, "identity": "alice"}
    assert json.loads(done.out) == {"valid": True, "claims": claims}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["verify"], "give a token, - to read it from stdin, or --token-file"),
        (
            ["verify", GOOD, "--token-file", "x"],
            "give a token, - to read it from stdin, or --token-file",
        ),
        (
            ["inspect", "-", "--secret-stdin"],
            "stdin gives the secret or the token, not both",
        ),
        (["verify", "-"], "stdin: expected one line"),
        (
            ["verify", GOOD, "--jsn"],
            "unknown argument '--jsn'; did you mean --json?\n"
            "  hint: see lkproto token verify --help",
        ),
    ],
)
def test_mistakes_of_use_exit_with_2(
    words: list[str], message: str, project: Project
) -> None:
    assert token(project, *words) == Done(2, "", f"lkproto: error: {message}\n")


def test_without_an_action_the_help_is_named(project: Project) -> None:
    done = token(project)

    assert (done.code, done.out) == (2, "")
    assert re.search(r"action.*\n  hint: see lkproto token --help\n$", done.err)


FULL = {
    "iss": KEY,
    "sub": "alice",
    "exp": NOW + 21_540,
    "nbf": NOW - 60,
    "video": {"roomJoin": True, "room": "demo", "canPublish": False, "new": 1},
    "agentEndpoint": {"call": True, "agentName": "greeter"},
    "agentThread": {"list": True, "read": True},
    "metadata": "\x1b[31mred\u202e\U000e0001",
    "later": [1],
}
EXPLAINED = """\
NOT VERIFIED: without a key, anyone may have written this

iss            "APIkey"
                 API key whose secret signs the token
sub            "alice"
                 who the token is for: the identity in a room
exp            2027-01-15 13:59:00 UTC, in 5 h 59 min
                 when the token expires
nbf            2027-01-15 07:59:00 UTC, 1 min ago
                 when the token begins to be valid
identity       "alice"
                 who the holder is in a room
video          {"roomJoin": true, "room": "demo", "canPublish": false, "new": 1}
                 rights on rooms, and inside one
agentEndpoint  {"call": true, "agentName": "greeter"}
                 rights on HTTP endpoints of agents
agentThread    {"list": true, "read": true}
                 rights on conversations with agents
metadata       "\\u001b[31mred\\u202e\\udb40\\udc01"
                 free-form text for the application, visible to every participant
later          [1]
                 unknown to this version

The holder may
  join a room as a participant (video.roomJoin; room: "demo")
  subscribe to tracks of others (video.canSubscribe, by default)
  call endpoints of agents (agentEndpoint.call; agentName: "greeter"; deployment: any)

The holder may not
  publish tracks (video.canPublish)
  send data to others (video.canPublishData, as canPublish)
  change one's own name, metadata and attributes (video.canUpdateOwnMetadata, by default)
  subscribe to metrics of the room (video.canSubscribeMetrics, by default)
  manage an agent's session from outside (video.canManageAgentSession, by default)
  list threads (agentThread.list; scope: needed)
  read threads (agentThread.read; threadIds: needed)

To be checked
  video.new: unknown to this version
"""


def test_inspect_points_at_what_is_probably_a_mistake(project: Project) -> None:
    video = {
        "roomJoin": True,
        "canPublishSources": ["camera", "CAMERA", "cam"],
        "room_admin": True,
        "zzz": 1,
    }
    config = {"agents": [{"agentNames": "x"}]}
    made = signed({"video": video, "roomConfig": config, "room_config": {}})
    done = token(project, "inspect", made, "--json", *AT, **NO_PAIR)
    text = token(project, "inspect", made, *AT, **NO_PAIR)

    notes = json.loads(done.out)["notes"]
    assert sorted(notes) == [
        "roomConfig.agents.agentNames: unknown to this version; did you mean 'agentName'?",
        "room_config: unknown to this version; did you mean 'roomConfig'?",
        "video.canPublishSources: \"CAMERA\" grants nothing; did you mean 'camera'?",
        "video.canPublishSources: \"cam\" grants nothing; did you mean 'camera'?",
        "video.roomJoin: without an identity (`sub`) nobody can join a room",
        "video.room_admin: unknown to this version; did you mean 'roomAdmin'?",
        "video.zzz: unknown to this version",
    ]
    assert text.out.endswith(
        "\n".join(["To be checked", *(f"  {n}" for n in notes), ""])
    )


def test_inspect_explains_each_claim_and_what_the_holder_may_do(
    project: Project,
) -> None:
    assert token(project, "inspect", signed(FULL), *AT, **NO_PAIR) == Done(
        0, EXPLAINED, ""
    )


def test_inspect_with_a_key_says_that_the_token_is_verified(project: Project) -> None:
    done = token(project, "inspect", signed(FULL), *AT)

    _, _, rest = EXPLAINED.partition("\n")
    heading = "VERIFIED: the signature is right and the token is valid now"
    assert done == Done(0, f"{heading}\n{rest}", "")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("expiry", "words"),
    [
        (NOW - 3 * 86_400, "2027-01-12 08:00:00 UTC, expired 3 days ago"),
        (NOW - 86_400, "2027-01-14 08:00:00 UTC, expired 1 day ago"),
        (NOW - 5, "2027-01-15 07:59:55 UTC, expired 5 s ago"),
        (NOW + 3600, "2027-01-15 09:00:00 UTC, in 1 h"),
        (NOW + 60, "2027-01-15 08:01:00 UTC, in 1 min"),
        (NOW + 800 * 86_400, "2029-03-25 08:00:00 UTC, in 2 years"),
    ],
)
def test_inspect_says_in_words_when_the_token_expires(
    expiry: int, words: str, project: Project
) -> None:
    done = token(project, "inspect", signed({"iss": KEY, "exp": expiry}), *AT)

    assert f"\nexp  {words}\n" in done.out


@pytest.mark.slow
def test_inspect_shows_what_it_refuses_under_its_heading(project: Project) -> None:
    late = token(project, "inspect", GOOD, "--now", str(NOW + 90_000))
    endless = token(project, "inspect", signed({"iss": KEY}), **NO_PAIR)
    beyond = signed({"iss": KEY, "exp": 10**18})

    assert late.code == 1
    assert late.out.startswith(
        f"NOT VERIFIED: expired: the token has expired, 68460 s ago; {COMPARE}\n\niss "
    )
    assert "It never expires, so no server accepts it." in endless.out
    assert "The holder may\n  do nothing\n" in endless.out
    assert token(project, "inspect", beyond).code == 1
    lenient = token(project, "inspect", "--profile", "go", beyond, **NO_PAIR)
    assert f"exp  {10**18}, which is beyond the calendar\n" in lenient.out


def test_inspect_as_json_has_rights_and_no_character_that_terminals_act_on(
    project: Project,
) -> None:
    full = FULL | {"name": "\x7f\x9b"}
    done = token(project, "inspect", "--json", signed(full), *AT, **NO_PAIR)

    found = json.loads(done.out)
    assert done.out.isascii()
    assert done.out.replace("\n", "").isprintable()
    assert found["claims"] == full | {"identity": "alice"}
    assert (found["verified"], found["refusal"]) == (False, None)
    assert found["expires_in"] == 21_540
    assert {each["claim"]: each for each in found["rights"]}["agentEndpoint.call"] == {
        "claim": "agentEndpoint.call",
        "what": "call endpoints of agents",
        "allowed": True,
        "because": "",
        "limits": {"agentName": "greeter", "deployment": None},
    }


def test_names_of_claims_are_escaped_too(project: Project) -> None:
    done = token(project, "inspect", signed({"iss": KEY, "\x1b[2J": 1, "exp": NOW}))

    assert "\n\\u001b[2J  1\n" in done.out


def test_a_terminal_without_unicode_gets_escapes(project: Project) -> None:
    claims = signed({"iss": KEY, "name": "Zoë", "exp": NOW})
    ascii_only = {"PYTHONIOENCODING": "ascii"}
    done = project.run("token", "inspect", claims, command=COMMAND, **ascii_only)

    assert '\nname  "Zo\\xeb"\n' in done.out


def test_a_short_secret_warns(project: Project) -> None:
    short = {"LIVEKIT_API_SECRET": "short"}
    weak = signed({"iss": KEY, "exp": NOW + 9}, "short")

    done = token(project, "verify", weak, *AT, **short)

    assert (done.code, done.out[:5]) == (0, "valid")
    assert done.err.startswith("lkproto: warning: an API secret has fewer than 32")
    assert done.err.count("\n") == 1


def test_all_of_it_runs_on_the_standard_library_alone(project: Project) -> None:
    bare = (sys.executable, "-S", "-m", "lkproto_cli", "token")
    minted = project.run("mint", "--grant", "roomList", command=bare, **PAIR)

    verified = project.run("verify", minted.out.strip(), command=bare, **PAIR)
    inspected = project.run("inspect", minted.out.strip(), command=bare, **PAIR)

    assert (minted.code, verified.code, inspected.code) == (0, 0, 0)
    assert "list rooms (video.roomList)" in inspected.out
    assert all(Path(path).is_dir() for path in SOURCES)
