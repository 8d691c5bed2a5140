"""Whose the parts of an output are, and on which terms: said in the files themselves."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from lkproto_codegen.options import Options
from lkproto_codegen.pipeline import build
from lkproto_codegen.write.literal import comment
from lkproto_codegen.write.output import write

from tests.support import ROOT, write_protos

CLAIMS = ("Copyright", "SPDX-", "License", "\N{COPYRIGHT SIGN}")
FOREIGN = """
// Copyright 2020 Acme
// type: ignore
// SPDX-License-Identifier: MIT

// not for the public

/* Licensed to you,
 * \u202e for ever. */
edition = "2023";

// About orders; needs no License.
package acme;
message Order { string id = 1; }
"""
TREE = {
    "foreign.proto": FOREIGN,
    "plain.proto": 'syntax = "proto3"; import "google/protobuf/any.proto";\n'
    "message Plain { google.protobuf.Any any = 1; }\n",
    "no_syntax.proto": "// (c) Copyright Acme\n\n// About no_syntax.\npackage acme.old;\n",
}


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What is generated from the tree."""
    tree = write_protos(tmp_path_factory.mktemp("protos"), TREE)
    files = build(Options(protos=(tree,)))
    return {path: data.decode() for path, data in files.items()}


def head(text: str) -> list[str]:
    """The comments before the docstring, without those for linters and formatters."""
    return text.partition('"""')[0].splitlines()[4:]


@pytest.mark.parametrize("path", ["foreign_pb.py", "_descriptors/foreign_desc.py"])
def test_notices_of_a_proto_file_are_kept_and_give_no_orders(
    path: str, output: dict[str, str]
) -> None:
    assert head(output[path]) == [
        "# Copyright 2020 Acme",
        "# | type: ignore",
        "# SPDX-License-Identifier: MIT",
        "",
        "# Licensed to you,",
        "# \\u202e for ever.",
        "",
    ]


def test_notices_are_found_where_a_file_does_not_name_its_syntax(
    output: dict[str, str],
) -> None:
    assert head(output["no_syntax_pb.py"]) == ["# (c) Copyright Acme", ""]


def test_nothing_is_claimed_on_what_is_made_of_a_schema(output: dict[str, str]) -> None:
    made = [
        path
        for path in output
        if not path.startswith(("_runtime/", "google/", "_descriptors/google/"))
        and "foreign" not in path
        and "no_syntax" not in path
    ]

    assert {"plain_pb.py", "__init__.py", "_index.py"} < set(made)
    assert [p for p in made for word in CLAIMS if word in head_of(output[p])] == []


def head_of(text: str) -> str:
    """The beginning of a file, where claims are made."""
    return text[:1000].replace("_runtime/LICENSE", "")


def test_the_runtime_is_under_apache_and_brings_the_licence(
    output: dict[str, str],
) -> None:
    modules = [path for path in output if path.startswith("_runtime/")]
    modules.remove("_runtime/LICENSE")

    for path in modules:
        assert head(output[path])[:2] == [
            "# SPDX-FileCopyrightText: 2026 the lkproto authors",
            "# SPDX-License-Identifier: Apache-2.0",
        ]
    assert output["_runtime/LICENSE"] == (ROOT / "LICENSE").read_text("utf-8")


def test_what_is_made_of_files_of_google_has_the_notice_that_bsd_wants(
    output: dict[str, str],
) -> None:
    made = [path for path in output if "google/protobuf/" in path and "__" not in path]
    made.remove("google/protobuf/LICENSE")
    licence = output["google/protobuf/LICENSE"]

    assert "google/protobuf/any_pb.py" in made
    for path in made:
        notice = " ".join(head(output[path]))
        assert re.search(r"Copyright 20\d\d Google (Inc|LLC)\.  All rights", notice)
        assert "Redistributions of source code" in notice or "LICENSE file" in notice
    assert licence.startswith("Copyright 2008 Google Inc.  All rights reserved.\n\n")
    notice = (ROOT / "NOTICE").read_text("utf-8")
    assert "".join(licence.split()) in "".join(notice.split())


def test_every_module_of_lkproto_that_is_not_an_index_names_its_licence() -> None:
    package = ROOT / "generated" / "lkproto"
    modules = [
        path
        for path in package.rglob("*.py")
        if path.name not in ("__init__.py", "_index.py")
    ]
    modules += (package / "_runtime").rglob("*.py")
    modules += (package / "auth").rglob("*.py")

    assert len(modules) > 100
    for path in modules:
        text = path.read_text("utf-8")
        assert any(claim in text[:400] for claim in CLAIMS), path


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("pyright: basic", "# | pyright: basic"),
        ("  mypy:ignore-errors", "# |   mypy:ignore-errors"),
        ("see https://example.org", "# see https://example.org"),
        ("https://example.org", "# https://example.org"),
        ("conditions are met:", "# conditions are met:"),
        ("SPDX-License-Identifier: MIT", "# SPDX-License-Identifier: MIT"),
        ("a\n\nb", "# a\n#\n# b"),
        ("a\0b", "# a\\x00b"),
    ],
)
def test_comments_are_text_alone(line: str, shown: str) -> None:
    assert comment(line) == shown


def test_git_changes_line_ends_of_generated_text_alone(tmp_path: Path) -> None:
    """Bytecode, and whatever users put next to it, stay as they are."""
    tree = write_protos(tmp_path / "protos", {"a.proto": TREE["plain.proto"]})
    files = build(Options(protos=(tree,)))
    write(tmp_path / "out", files)
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    others = ["__pycache__/a_pb.cpython-311.pyc", "x.png", "_runtime/x.so", "notes.md"]

    text = attribute(tmp_path / "out", "text", [*files, *others])

    assert {path for path, value in text.items() if value == "set"} == set(files)
    assert {text[path] for path in others} == {"unspecified"}


def test_git_leaves_bytecode_and_binary_files_of_this_project_alone() -> None:
    binary = ["x.pyc", "__pycache__/x.cpython-311.pyc", "x.png", "x.fds", "x.so"]
    folders = (
        "protobufs/",
        "generated/lkproto/",
        "tests/golden/expected/",
        "tests/schema/",
    )
    paths = [f"{folder}{name}" for folder in folders for name in binary]

    assert {*attribute(ROOT, "text", paths).values()} <= {"unspecified", "unset"}
    kept = ["protobufs/livekit_models.proto", "protobufs/UPSTREAM.toml"]
    assert {*attribute(ROOT, "text", kept).values()} == {"set"}


def attribute(folder: Path, name: str, paths: list[str]) -> dict[str, str]:
    """An attribute of paths, as git sees it."""
    done = subprocess.run(
        ["git", "check-attr", "--stdin", name],
        cwd=folder,
        input="\n".join(paths),
        capture_output=True,
        text=True,
        check=True,
    )
    lines = (line.split(": ") for line in done.stdout.splitlines())
    return {path: value for path, _, value in lines}
