"""Where secrets come from. How the reference reads YAML is in the vectors of keys.load."""

from __future__ import annotations

import json
import os
import warnings
from collections.abc import Iterable
from pathlib import Path
from threading import Event, Thread, current_thread

import pytest
from lkproto.auth import (
    AccessToken,
    FileKeys,
    InvalidArgumentError,
    KeyFileError,
    MappingKeys,
    StaticKeys,
    SuspectKeyWarning,
    TokenVerifier,
    UnknownKeyError,
    WeakSecretWarning,
    environment_keys,
    read_yaml,
)
from lkproto.auth import _yaml_keys as module

STRONG = "a secret of at least thirty-two bytes"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    found = tmp_path / "keys.yaml"
    write(found, f"APIone: {STRONG}\n")
    return found


def write(path: Path, text: str, mode: int = 0o600) -> None:
    """Replace a file by a new one, as a careful editor does."""
    new = path.with_suffix(".new")
    new.write_text(text, "utf-8")
    new.chmod(mode)
    new.replace(path)


def test_a_pair_knows_its_one_key() -> None:
    keys = StaticKeys("APIone", STRONG)

    assert keys.get_secret("APIone") == STRONG
    assert keys.get_secret("apione") == ""
    assert keys.num_keys == 1


def test_a_mapping_is_copied() -> None:
    given = {"APIone": STRONG, "APIempty": ""}
    keys = MappingKeys(given)
    given.clear()

    assert keys.num_keys == 2
    assert keys.verification_key("APIone", {}) == STRONG.encode()
    for key in ("APIempty", "APIother"):
        with pytest.raises(UnknownKeyError):
            keys.verification_key(key, {})


def test_secrets_of_broken_text_are_refused() -> None:
    with pytest.raises(InvalidArgumentError, match="not valid Unicode"):
        MappingKeys({"APIone": "\ud800" * 40})


def test_a_file_is_read_again_when_it_changed(path: Path) -> None:
    keys = FileKeys(path)
    assert keys.get_secret("APIone") == STRONG

    write(path, f"APItwo: {STRONG}\nAPIthree: {STRONG}\n")

    assert keys.get_secret("APIone") == ""
    assert keys.get_secret("APItwo") == STRONG
    assert keys.num_keys == 2


def test_a_change_in_place_that_keeps_the_size_is_seen_by_its_time(path: Path) -> None:
    keys = FileKeys(path)
    path.write_text(f"APItwo: {STRONG}\n", "utf-8")
    os.utime(path, ns=(0, 1))

    assert keys.get_secret("APItwo") == STRONG


def test_a_change_that_keeps_size_and_time_is_seen(path: Path) -> None:
    os.utime(path, ns=(0, 1))
    keys = FileKeys(path)
    other = STRONG.replace("a", "b")
    path.write_text(f"APIone: {other}\n", "utf-8")
    os.utime(path, ns=(0, 1))

    assert keys.get_secret("APIone") == other


def test_a_file_that_is_opened_to_others_is_refused_from_then_on(path: Path) -> None:
    keys = FileKeys(path)
    path.chmod(0o644)

    with pytest.raises(KeyFileError, match="mode 644"):
        keys.get_secret("APIone")
    path.chmod(0o640)
    assert keys.get_secret("APIone") == STRONG


def test_a_thread_that_is_late_does_not_bring_old_keys_back(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It reads the old file, the keys are revoked and loaded, and only then it is done."""
    keys = FileKeys(path)
    read, revoked = Event(), Event()
    real = module.read_yaml

    def slow(data: bytes) -> dict[str, str]:
        if current_thread().name == "late":
            read.set()
            assert revoked.wait(60)
        return real(data)

    monkeypatch.setattr(module, "read_yaml", slow)
    write(path, f"APIone: {STRONG} of old\n")
    late = Thread(target=keys.get_secret, args=("APIone",), name="late")
    late.start()
    assert read.wait(60)
    write(path, f"APIone: {STRONG} of new\n")
    assert keys.get_secret("APIone") == f"{STRONG} of new"
    revoked.set()
    late.join()

    assert keys.get_secret("APIone") == f"{STRONG} of new"


def test_a_file_that_did_not_change_is_not_read_again(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = FileKeys(path)
    monkeypatch.setattr(module, "read_yaml", lambda data: pytest.fail("read again"))

    assert keys.get_secret("APIone") == STRONG


@pytest.mark.parametrize("mode", [0o604, 0o602, 0o601, 0o644])
def test_a_file_that_others_can_open_is_refused(path: Path, mode: int) -> None:
    write(path, f"APIone: {STRONG}\n", mode)

    with pytest.raises(KeyFileError, match=f"mode {mode:03o}.*chmod o-rwx") as caught:
        FileKeys(path)
    assert str(path) in str(caught.value)


def test_a_file_may_be_open_to_its_group(path: Path) -> None:
    write(path, f"APIone: {STRONG}\n", 0o640)

    assert FileKeys(path).num_keys == 1


def test_a_broken_file_verifies_nothing_until_it_is_repaired(path: Path) -> None:
    keys = FileKeys(path)
    for broken in ("APIone: [", "", "APIone: {a: b}"):
        write(path, broken)
        for _ in range(2):
            with pytest.raises(KeyFileError, match=r"keys\.yaml: "):
                keys.get_secret("APIone")
    path.unlink()
    with pytest.raises(KeyFileError, match="No such file"):
        keys.get_secret("APIone")

    write(path, f"APIone: {STRONG}\n")

    assert keys.get_secret("APIone") == STRONG


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a: b\na: c\n", "line 2: duplicate key"),
        ("a: b\nc: [d]\n", "line 2: expected `key: secret`"),
        ("a: b\n? [c]\n: d\n", "line 2: expected `key: secret`"),
        ("- a\n", "expected a mapping"),
        ("just text", "expected a mapping"),
        ("# nothing\n", "no keys"),
        ("a: 'hidden\n", "not YAML"),
        ("a: &x b\nc: *y\n", "not YAML"),
    ],
)
def test_errors_of_key_files_do_not_show_secrets(text: str, problem: str) -> None:
    with pytest.raises(KeyFileError, match=problem) as caught:
        read_yaml(text)

    assert "hidden" not in str(caught.value)
    assert caught.value.kind == "malformed"


def test_bytes_that_are_not_text_are_not_yaml() -> None:
    for data in (b"\xff\xfea", b"a: \xc3(", b"a: \x00"):
        with pytest.raises(KeyFileError, match="not YAML"):
            read_yaml(data)


def test_without_pyyaml_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "yaml", None)

    with pytest.raises(KeyFileError, match=r"pip install lkproto\[yaml\]"):
        read_yaml("a: b")


def test_the_environment_has_a_pair_and_lines_of_pairs() -> None:
    keys = environment_keys(
        {
            "LIVEKIT_API_KEY": "APIone",
            "LIVEKIT_API_SECRET": STRONG,
            "LIVEKIT_KEYS": f"APItwo: {STRONG}2\n\nAPIthree : {STRONG}:3 \n",
        }
    )

    assert keys.num_keys == 3
    assert keys.get_secret("APIone") == STRONG
    assert keys.get_secret("APItwo") == STRONG + "2"
    assert keys.get_secret("APIthree") == STRONG + ":3"


@pytest.mark.parametrize("text", ["APIone", "APIone:", ": secret", "a: b\na: c"])
def test_wrong_lines_of_the_environment_are_reported(text: str) -> None:
    with pytest.raises(
        InvalidArgumentError, match=r"LIVEKIT_KEYS, line [12]"
    ) as caught:
        environment_keys({"LIVEKIT_KEYS": text})
    assert "secret`, each" in str(caught.value)


# Texts of LIVEKIT_KEYS, and the keys that livekit-server has of them, or None for an error.
SERVER: list[tuple[str, dict[str, str] | None]] = json.loads(
    Path(__file__).with_name("livekit_keys.json").read_text("utf-8")
)["texts"]
# Those that must not be refused.
VARIABLE: list[tuple[str, dict[str, str]]] = [
    ("APIone: sec-aaaa", {"APIone": "sec-aaaa"}),
    ('APIone: "sec-aaaa"', {"APIone": "sec-aaaa"}),
    ("APIone: 'sec-aaaa'", {"APIone": "sec-aaaa"}),
    ("APIone: sec-aaaa\r\nAPItwo: b", {"APIone": "sec-aaaa", "APItwo": "b"}),
    ("{APIone: sec-a, APItwo: sec-b}", {"APIone": "sec-a", "APItwo": "sec-b"}),
    ("# prod: keys\nAPIone: sec-aaaa", {"APIone": "sec-aaaa"}),
    ("APIone: sec-aaaa # primary", {"APIone": "sec-aaaa"}),
    ("APIone: sec-aaaa#1", {"APIone": "sec-aaaa#1"}),
    ('{"APIone":"sec-aaaa"}', {"APIone": "sec-aaaa"}),
    ("---\nAPIone: sec-aaaa\n", {"APIone": "sec-aaaa"}),
    ("APIone: sec-aaaa\t\n", {"APIone": "sec-aaaa"}),
    ("APIone:\tsec-aaaa", {"APIone": "sec-aaaa"}),
    ("  APIone: sec-aaaa\n  APItwo: b", {"APIone": "sec-aaaa", "APItwo": "b"}),
    ('APIone: "12345"', {"APIone": "12345"}),
    ("APIone: 2026x", {"APIone": "2026x"}),
    ("APIone: a:b", {"APIone": "a:b"}),
]
# The server refuses these, or ignores the secret.
NOT_KEYS = """APIone:sec-aaaa|APIone: sec: aa|APIone: 12345|APIone: 0x1F|APIone: 1e3|APIone: true
APIone: ~|APIone: null|APIone: 2026-01-01|APIone: [a]|APIone: {a: b}|- APIone: a|APIone: 'a
APIone: .5|APIone: .inf|APIone: -7|APIone: ''"""


@pytest.mark.parametrize(("text", "expected"), VARIABLE)
def test_the_variable_of_keys_is_read_as_the_server_reads_it(
    text: str, expected: dict[str, str]
) -> None:
    keys = environment_keys({"LIVEKIT_KEYS": text})

    assert {key: keys.get_secret(key) for key in expected} == expected
    assert keys.num_keys == len(expected)


@pytest.mark.parametrize("text", NOT_KEYS.replace("\n", "|").split("|"))
def test_what_the_server_would_not_use_is_refused(text: str) -> None:
    with pytest.raises(InvalidArgumentError, match="LIVEKIT_KEYS, line 1: "):
        environment_keys({"LIVEKIT_KEYS": text})


@pytest.mark.parametrize(("text", "expected"), VARIABLE)
def test_without_pyyaml_plain_lines_mean_the_same_and_others_are_refused(
    text: str, expected: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "yaml", None)
    found = of_variable(text, expected)

    assert found == expected or "pip install lkproto[yaml]" in str(found)
    assert of_variable("APIone: a", {"APIone": ""}) == {"APIone": "a"}


@pytest.mark.parametrize("library", [True, False], ids=["PyYAML", "no PyYAML"])
def test_the_variable_never_means_anything_but_to_the_server(
    library: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not library:
        monkeypatch.setitem(__import__("sys").modules, "yaml", None)
    others = {
        text: (found, expected)
        for text, expected in SERVER
        if not isinstance(found := of_variable(text, expected or ()), str)
        and (
            found != expected
            or environment_keys({"LIVEKIT_KEYS": text}).num_keys != len(found)
        )
    }

    assert others == {}
    assert len(SERVER) > 280


def test_the_expectations_above_are_the_servers() -> None:
    found = dict(SERVER)

    assert {text: found[text] for text, _ in VARIABLE} == dict(VARIABLE)
    for text in NOT_KEYS.replace("\n", "|").split("|"):
        assert not any((found[text] or {}).values())


def of_variable(text: str, names: Iterable[str]) -> dict[str, str] | str:
    """The secrets of these names, or the error."""
    try:
        keys = environment_keys({"LIVEKIT_KEYS": text})
    except InvalidArgumentError as error:
        return str(error)
    return {name: keys.get_secret(name) for name in names}


def test_a_lone_key_or_secret_finds_the_other_in_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    other = STRONG + "2"
    for key, secret in (("APIone", STRONG), ("APItwo", other)):
        token = AccessToken(key, secret).to_jwt()
        monkeypatch.setenv("LIVEKIT_KEYS", f"APItwo: {other}")
        monkeypatch.setenv("LIVEKIT_API_SECRET", STRONG)
        monkeypatch.setenv("LIVEKIT_API_KEY", key)

        assert TokenVerifier(key).verify(token).api_key == key
        assert TokenVerifier(api_secret=secret).verify(token).api_key == key
        assert TokenVerifier(keys={key: secret}).verify(token).api_key == key
    monkeypatch.delenv("LIVEKIT_API_SECRET")
    with pytest.raises(InvalidArgumentError, match="LIVEKIT_API_SECRET"):
        TokenVerifier("APIone")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("APIone: secret\t\n", {"APIone": "secret"}),
        ("APIone:\tsecret\t# mine\nAPItwo: b", {"APIone": "secret", "APItwo": "b"}),
        ("APIone: a\tb", {"APIone": "a\tb"}),
        ("!!binary QVBJb25l: !!binary c2VjcmV0", {"APIone": "secret"}),
    ],
)
def test_tabs_and_bytes_in_yaml_are_read_as_go_reads_them(
    text: str, expected: dict[str, str]
) -> None:
    assert read_yaml(text) == expected


def test_an_environment_without_keys_is_reported() -> None:
    with pytest.raises(InvalidArgumentError, match="LIVEKIT_API_KEY"):
        environment_keys({"LIVEKIT_API_KEY": "APIone"})


def test_short_secrets_are_warned_of_at_the_line_of_the_caller() -> None:
    with warnings.catch_warnings(action="error"):
        StaticKeys("APIone", "x" * 32)
        AccessToken("APIone", "x" * 32)
    for make in (StaticKeys, AccessToken, TokenVerifier):
        for _ in range(2):
            with pytest.warns(WeakSecretWarning, match="fewer than 32 bytes") as caught:
                make("APIone", "x" * 31)
            assert caught[0].filename == __file__


@pytest.mark.parametrize("around", ["{}\r", "{}\n", " {}", "\t{}", '"{}"', "'{}'"])
def test_keys_and_secrets_with_something_around_them_are_warned_of(around: str) -> None:
    for key, secret, name in (
        (around.format("APIone"), STRONG, "an API key"),
        ("APIone", around.format(STRONG), "an API secret"),
    ):
        for make in (StaticKeys, AccessToken):
            with pytest.warns(SuspectKeyWarning, match=name) as caught:
                make(key, secret)
            assert caught[0].filename == __file__
            assert STRONG not in str(caught[0].message)


def test_no_provider_shows_its_secrets(path: Path) -> None:
    for keys in (FileKeys(path), StaticKeys("a", STRONG), MappingKeys({"a": STRONG})):
        assert repr(keys) == f"<{type(keys).__name__} of 1>"
