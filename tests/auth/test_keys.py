"""Where secrets come from. How the reference reads YAML is in the vectors of keys.load."""

from __future__ import annotations

import os
import warnings
from pathlib import Path

import pytest
from lkproto.auth import (
    FileKeys,
    InvalidArgumentError,
    KeyFileError,
    MappingKeys,
    StaticKeys,
    UnknownKeyError,
    WeakSecretWarning,
    environment_keys,
    read_yaml,
)
from lkproto.auth import _keys as module

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
            "LIVEKIT_KEYS": f"APItwo: {STRONG}2\n\n  APIthree :{STRONG}:3 \n",
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


def test_an_environment_without_keys_is_reported() -> None:
    with pytest.raises(InvalidArgumentError, match="LIVEKIT_API_KEY"):
        environment_keys({"LIVEKIT_API_KEY": "APIone"})


def test_short_secrets_warn_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(WeakSecretWarning, "given", False)
    StaticKeys("APIone", STRONG[:32])
    with pytest.warns(WeakSecretWarning, match="fewer than 32 bytes"):
        StaticKeys("APIone", STRONG[:31])
    with warnings.catch_warnings(action="error"):
        StaticKeys("APIone", "short")


def test_no_provider_shows_its_secrets(path: Path) -> None:
    for keys in (FileKeys(path), StaticKeys("a", STRONG), MappingKeys({"a": STRONG})):
        assert repr(keys) == f"<{type(keys).__name__} of 1>"
