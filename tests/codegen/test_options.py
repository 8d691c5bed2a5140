"""Configuration in pyproject.toml: read, checked, and mistakes reported with their place."""

from __future__ import annotations

from pathlib import Path

import pytest
from lkproto_codegen.diagnostics import GenerationError
from lkproto_codegen.options import (
    Options,
    check_out,
    find_config,
    parse_options,
    read_config,
)


@pytest.fixture(autouse=True)
def in_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run in the folder, because paths in errors are relative to the current directory."""
    monkeypatch.chdir(tmp_path)


def test_options_are_read_relative_to_their_file(tmp_path: Path) -> None:
    config = tmp_path / "pyproject.toml"
    config.write_text(
        '[tool.lkproto]\nprotos = ["p", "q"]\nout = "o"\nfiles = ["a.proto"]\n'
        'redact = "x.y"\ntemplates = "t"\nschema_version = "v1"\n'
    )

    assert read_config(config) == Options(
        protos=(tmp_path / "p", tmp_path / "q"),
        files=("a.proto",),
        out=tmp_path / "o",
        redact="x.y",
        templates=tmp_path / "t",
        schema_version="v1",
    )
    assert Options(redact="a", redact_format=None).roles == {"redact": "a"}


def test_the_nearest_config_with_a_section_is_used(tmp_path: Path) -> None:
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    (tmp_path / "pyproject.toml").write_text("[tool.lkproto]\n")
    (inner / "pyproject.toml").write_text("[tool.other]\n")

    assert find_config(inner) == tmp_path / "pyproject.toml"


def test_all_mistakes_are_reported_with_their_line(tmp_path: Path) -> None:
    config = tmp_path / "pyproject.toml"
    config.write_text(
        '[project]\nname = "redct"\n\n[tool.lkproto]\nredct = "x"\nout = 3\nprotos = "p"\n'
        "files = [1]\n"
    )

    with pytest.raises(GenerationError) as caught:
        read_config(config)

    assert str(caught.value) == (
        "pyproject.toml:5:1: error: unknown option 'redct'\n"
        "  hint: did you mean 'redact'?\n"
        "pyproject.toml:6:1: error: option 'out' takes a string\n"
        "pyproject.toml:7:1: error: option 'protos' takes a list of strings\n"
        "pyproject.toml:8:1: error: option 'files' takes a list of strings"
    )


def test_broken_and_missing_files_are_reported(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.lkproto\n")

    with pytest.raises(GenerationError, match="^pyproject.toml:1:14: error: not TOML"):
        read_config(tmp_path / "pyproject.toml")
    with pytest.raises(GenerationError, match="cannot read .*nope.toml: No such file"):
        read_config(tmp_path / "nope.toml")


def test_the_kinds_of_stubs_are_checked(tmp_path: Path) -> None:
    config = tmp_path / "pyproject.toml"
    config.write_text('[tool.lkproto]\ntwirp = []\nservices = "s.toml"\n')
    assert read_config(config) == Options(twirp=(), services=tmp_path / "s.toml")
    assert Options().twirp == ("client", "async", "server")

    config.write_text('[tool.lkproto]\ntwirp = ["client", "servers"]\nservices = []\n')
    with pytest.raises(GenerationError) as caught:
        read_config(config)
    assert str(caught.value) == (
        "pyproject.toml:2:1: error: option 'twirp' takes a list of 'client', 'async' and "
        "'server'\npyproject.toml:3:1: error: option 'services' takes a string"
    )
    config.write_text('[tool.lkproto]\ntwirp = [["client"], {}]\n')
    with pytest.raises(GenerationError, match="'twirp' takes a list of"):
        read_config(config)


def test_options_without_a_file_have_no_place() -> None:
    with pytest.raises(GenerationError, match="^error: unknown option 'x'"):
        parse_options({"x": 1}, Path())


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("[tool.lkproto]\n  out = 3\n", "2:3"),
        ("[ tool . 'lkproto' ] # a comment\n\"out\" = 3\n", "2:1"),
        ("[tool]\nlkproto.out = 3\n", "2:1"),
        ("tool.lkproto.out = 3\n", "1:1"),
        ('[tool]\nlkproto = { protos = ["p"], "out" = 3 }\n', "2:29"),
        ("tool = { lkproto = { out = 3 } }\n", "1:22"),
        ("[tool.other]\nout = 1\n[tool.lkproto]\nout = 3\n", "4:1"),
        ("[tool.lkproto]\n'\\u006fut' = 3\n".replace("'", '"'), "1:1"),
    ],
)
def test_a_section_is_found_however_it_is_written(
    text: str, place: str, tmp_path: Path
) -> None:
    config = tmp_path / "pyproject.toml"
    config.write_text(text)

    assert find_config(tmp_path) == config
    with pytest.raises(
        GenerationError, match=rf"^pyproject.toml:{place}: error: option 'out'"
    ):
        read_config(config)


@pytest.mark.parametrize(
    "text", ["# not [tool.lkproto]\n", 'x = "[tool.lkproto]"\n', "tool = 3 # lkproto\n"]
)
def test_a_file_that_only_mentions_a_section_has_none(
    text: str, tmp_path: Path
) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.lkproto]\n")
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "pyproject.toml").write_text(text)

    assert find_config(tmp_path / "in") == tmp_path / "pyproject.toml"


def test_a_broken_file_counts_if_it_mentions_us(tmp_path: Path) -> None:
    config = tmp_path / "pyproject.toml"
    config.write_text("[tool.lkproto]\nout = \n")
    with pytest.raises(GenerationError, match="^pyproject.toml:2:7: error: not TOML"):
        find_config(tmp_path)

    config.write_text("[tool.other]\nout = \n")
    assert find_config(tmp_path) is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("tool = 3\n", "1:1: error: 'tool' is not a table"),
        ("[tool]\nlkproto = 3\n", "1:1: error: 'lkproto' is not a table"),
        ("[tool.lkproto]\n\nout = \n", "3:7: error: not TOML: Invalid value"),
        ("x = 1\nout = [", "2:8: error: not TOML: Invalid value"),
        ('x = 1\nx = "\\uD800"\n', "2:12: error: not TOML: "),
        (
            # The longer name comes first, and is not an occurrence of the shorter.
            '[tool.lkproto]\nredact_format = "x"\nredact = 3\n',
            "3:1: error: option 'redact' takes a string",
        ),
    ],
)
def test_places_are_exact(text: str, message: str, tmp_path: Path) -> None:
    config = tmp_path / "pyproject.toml"
    config.write_text(text)

    with pytest.raises(GenerationError, match=f"^pyproject.toml:{message}"):
        read_config(config)


@pytest.mark.parametrize("name", ["o-hyphen", "class", "1st", "a.b"])
def test_a_folder_that_python_cannot_import_is_refused(
    name: str, tmp_path: Path
) -> None:
    with pytest.raises(GenerationError) as caught:
        check_out(tmp_path / name)

    better = str(caught.value).rpartition("--out ")[2]
    assert repr(name) in str(caught.value)
    check_out(Path(better))


def test_the_working_directory_is_judged_by_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "good").mkdir()
    (tmp_path / "not-good").mkdir()
    monkeypatch.chdir(tmp_path / "good")
    check_out(Path())
    monkeypatch.chdir(tmp_path / "not-good")
    with pytest.raises(GenerationError, match="a package called 'not-good'"):
        check_out(Path())
