"""Which files a tree has, and which of them a word names."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from lkproto_codegen.diagnostics import GenerationError
from lkproto_codegen.options import Options
from lkproto_codegen.pipeline import lowered
from lkproto_codegen.read.discover import excluded, find_protos, named_files

from tests.support import write_protos

P3 = 'syntax = "proto3";\n'


def tree_of(folder: Path, *names: str) -> Path:
    return write_protos(folder, dict.fromkeys(names, P3))


def test_files_of_others_are_left_out(tmp_path: Path) -> None:
    tree = tree_of(
        tmp_path,
        "a.proto",
        ".venv/x.proto",
        "env/lib/x.proto",
        "b/node_modules/x.proto",
        ".git/x.proto",
        ".hidden/h.proto",
    )
    (tree / "env" / "pyvenv.cfg").touch()

    assert find_protos(tree) == [".hidden/h.proto", "a.proto"]
    assert find_protos(tree / ".venv") == ["x.proto"]
    assert find_protos(tree / "env") == ["lib/x.proto"]


@pytest.mark.parametrize(
    ("pattern", "hit"),
    [
        ("third_party", True),
        ("third_party/", True),
        ("./x/third_party", True),
        ("third*", True),
        ("a.proto", True),
        ("*.proto", True),
        ("x/*/a.proto", True),
        ("third_party/a.proto", False),
        ("party", False),
        ("/x", False),
    ],
)
def test_a_pattern_names_files_and_folders(pattern: str, hit: bool) -> None:
    assert excluded("x/third_party/a.proto", [pattern]) is hit


def test_excluded_files_are_generated_where_they_are_imported(tmp_path: Path) -> None:
    protos = {
        "a.proto": P3 + 'import "out/b.proto"; message A { B b = 1; }',
        "out/b.proto": P3 + "message B {}",
        "out/broken.proto": "?",
    }
    tree = write_protos(tmp_path, protos)

    schema = lowered(Options(protos=(tree,), exclude=("out",)))

    assert {file.path: file.requested for file in schema.files} == {
        "out/b.proto": False,
        "a.proto": True,
    }


def test_links_to_folders_are_followed_once(tmp_path: Path) -> None:
    tree = tree_of(tmp_path / "protos", "a.proto", "real/b.proto")
    tree_of(tmp_path / "elsewhere", "c.proto")
    (tree / "lib").symlink_to(tmp_path / "elsewhere")
    (tree / "again").symlink_to(tree / "real")
    (tree / "circle").symlink_to(tree)
    (tree / "above").symlink_to(tmp_path / "elsewhere" / "gone")
    (tree / "self").symlink_to("self")

    assert find_protos(tree) == ["a.proto", "lib/c.proto", "real/b.proto"]


def test_a_name_that_is_not_utf8_is_an_error_with_the_file(tmp_path: Path) -> None:
    name = os.fsdecode(b"\xe4.proto")
    try:
        (tmp_path / name).touch()
    except OSError:
        pytest.skip("this file system takes UTF-8 only")

    with pytest.raises(GenerationError) as caught:
        find_protos(tmp_path)

    assert str(caught.value) == (
        f"error: {tmp_path}/\\udce4.proto: the name of a .proto file has to be UTF-8\n"
        "  hint: rename it, or leave it out with `exclude`"
    )
    assert find_protos(tmp_path, ["*.proto"]) == []


def test_a_folder_that_cannot_be_read_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(folder: str) -> object:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "scandir", refuse)
    with pytest.raises(GenerationError, match="cannot read the folder .*Permission"):
        find_protos(tmp_path)


@pytest.mark.parametrize(
    ("word", "names"),
    [
        ("a/x.proto", ["a/x.proto"]),
        ("protos/a/x.proto", ["a/x.proto"]),
        ("./protos/../protos/a/x.proto", ["a/x.proto"]),
        ("linked/a/x.proto", ["a/x.proto"]),
        ("a", ["a/b/z.proto", "a/x.proto", "a/y.proto"]),
        ("protos", ["a/b/z.proto", "a/x.proto", "a/y.proto", "c.proto"]),
        (".", ["a/b/z.proto", "a/x.proto", "a/y.proto", "c.proto"]),
        ("a/*.proto", ["a/x.proto", "a/y.proto"]),
        ("protos/a/*.proto", ["a/x.proto", "a/y.proto"]),
        ("**/*.proto", ["a/b/z.proto", "a/x.proto", "a/y.proto", "c.proto"]),
        ("[ab]/x.proto", ["a/x.proto"]),
    ],
)
@pytest.mark.parametrize("absolute", [False, True])
def test_a_word_is_a_file_a_folder_or_a_pattern(
    word: str,
    names: list[str],
    absolute: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tree = tree_of(
        tmp_path / "protos", "a/x.proto", "a/y.proto", "a/b/z.proto", "c.proto"
    )
    (tmp_path / "linked").symlink_to(tree)
    monkeypatch.chdir(tmp_path)

    assert named_files([word], [tree if absolute else Path("protos")]) == names


@pytest.mark.parametrize(
    ("word", "message"),
    [
        (
            "x.proto",
            "there is no file x.proto in protos\n  hint: did you mean 'a/x.proto'?",
        ),
        (
            "a/xx.proto",
            "no file a/xx.proto in protos\n  hint: did you mean 'a/x.proto'?",
        ),
        ("qqq", "there is no file qqq in protos\n  hint: check the file's name"),
        ("q/*.proto", "there is no file q/*.proto in protos"),
        (
            "other/o.proto",
            "other/o.proto is not below an include directory\n"
            "  hint: is it the root of the imports? -I other",
        ),
        ("empty", "there are no .proto files below empty"),
    ],
)
def test_a_word_that_names_nothing_is_reported_with_the_nearest_file(
    word: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tree_of(tmp_path, "protos/a/x.proto", "other/o.proto")
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path)

    with pytest.raises(GenerationError) as caught:
        named_files([word], [Path("protos")])

    assert message in str(caught.value)


def test_the_include_directory_that_imports_ask_for_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_protos(
        tmp_path,
        {
            "protos/acme/a.proto": P3
            + 'import "acme/b.proto";\nimport "acme/c.proto";',
            "protos/acme/b.proto": P3 + 'import "acme/c.proto";',
            "protos/acme/c.proto": P3,
        },
    )
    monkeypatch.chdir(tmp_path)

    for wrong in (".", "protos/acme"):
        with pytest.raises(GenerationError) as caught:
            lowered(Options(protos=(Path(wrong),)))

        assert str(caught.value) == (
            "protos/acme/a.proto:2:1: error: 3 imports were not found, such as this one\n"
            "  hint: these imports begin at protos: give it with -I protos"
        )
