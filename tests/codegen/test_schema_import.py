"""Importing an upstream tree: its schema, our comments; all or nothing."""

from __future__ import annotations

import hashlib
import os
import shutil
import tomllib
from collections.abc import Mapping
from pathlib import Path

import pytest
from lkproto_codegen.diagnostics import GenerationError
from lkproto_codegen.read.compile import compile_protos
from lkproto_codegen.read.discover import find_protos
from lkproto_codegen.schema import importer
from lkproto_codegen.schema.importer import Plan, apply, plan_import
from lkproto_codegen.write import output

from tests.support import ROOT, needs_buf, write_protos

PROTOS = ROOT / "protobufs"
HEADER = "// Copyright 2023 Maker\n// Derived from maker/tree v1.0, see NOTICE.\n\n"
OURS = {
    "a.proto": HEADER
    + """syntax = "proto3";

// Our file.
package p;

import "options.proto";

// Our message.
message M {
  // Our field.
  string kept = 1 [(opt.text) = "x"];
  // Our words on what goes.
  string gone = 2; // after
  string b = 3 [
    // inside
    deprecated = true
  ];
}

// Our enum.
enum E {
  // Our value.
  ZERO = 0;
}
""",
    "old.proto": HEADER
    + 'syntax = "proto3";\n\npackage p;\n\n// Our old one.\nmessage Old {}\n',
    "options.proto": """// Of another place, v1.0.
syntax = "proto3";
package opt;
import "google/protobuf/descriptor.proto";
extend google.protobuf.FieldOptions {   string text = 50001;  }
""",
    "lkproto/own.proto": 'syntax = "proto3"; package lkproto; import "a.proto";'
    " message Own { p.M m = 1; }\n",
}
THEIRS = {
    "a.proto": """/* Their licence. */
syntax = "proto3";
// Their file.
package p;
import "options.proto";
import "new.proto";
// Their enum.
enum E {
  ZERO = 0; // theirs
  ONE = 1; // theirs, too
}
// Their message.
message M {
  New new = 4;
  string b = 3;
  // Their field.
  string kept = 1 [deprecated = true, (opt.text) = "x"];
}
""",
    "new.proto": "// Copyright 2026 Maker\n// Their text.\n\n"
    'syntax = "proto3";\npackage p;\n// Their new one.\nmessage New {}\n',
}
UPSTREAM = """# Where it comes from.

[upstream]
origin = "somewhere"
version = "v1.0"

# Digests.
[descriptors]
sha256 = "0"

[files]
"old.proto" = "0"

[more]
version = "v1.0"
"""


@pytest.fixture
def ours(tmp_path: Path) -> Path:
    return write_protos(tmp_path / "ours", OURS | {"UPSTREAM.toml": UPSTREAM})


def imported(
    tmp_path: Path, theirs: Mapping[str, str] = THEIRS, version: str = ""
) -> Plan:
    """The plan of importing inline files."""
    shutil.rmtree(tmp_path / "theirs", ignore_errors=True)
    source = write_protos(tmp_path / "theirs", theirs)
    return plan_import(source, [tmp_path / "ours"], version)


def content(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): path.read_text()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_the_tree_gets_their_schema_and_keeps_our_comments(
    ours: Path, tmp_path: Path
) -> None:
    apply(imported(tmp_path))

    assert (ours / "a.proto").read_text() == (HEADER + """syntax = "proto3";

// Our file.
package p;

import "options.proto";
import "new.proto";

// Our enum.
enum E {
  // Our value.
  ZERO = 0;
  ONE = 1;
}

// Our message.
message M {
  New new = 4;
  string b = 3;
  // Our field.
  string kept = 1 [deprecated = true, (opt.text) = "x"];
}
""")
    assert not (ours / "old.proto").exists()
    for name in ("options.proto", "lkproto/own.proto"):
        assert (ours / name).read_text() == OURS[name]


@pytest.mark.slow
def test_a_new_file_gets_our_header_with_their_copyright(
    ours: Path, tmp_path: Path
) -> None:
    apply(imported(tmp_path, version="v2.0"))

    new, old = (ours / "new.proto").read_text(), (ours / "a.proto").read_text()
    assert new == (
        "// Copyright 2026 Maker\n// Derived from maker/tree v2.0, see NOTICE.\n\n"
        'syntax = "proto3";\n\npackage p;\n\nmessage New {}\n'
    )
    assert old.startswith(HEADER.replace("v1.0", "v2.0"))


@pytest.mark.slow
@needs_buf
def test_the_report_lists_the_changes(ours: Path, tmp_path: Path) -> None:
    plan = imported(tmp_path)
    report = plan.report

    assert report.written == ("UPSTREAM.toml", "a.proto", "new.proto")
    assert (report.deleted, report.kept) == (("old.proto",), ("options.proto",))
    assert report.needs_documentation == ("p.New", "p.M.new", "p.E.ONE")
    difference = report.difference
    assert {str(each) for each in difference.removed} == {
        "file old.proto",
        "message p.Old (old.proto)",
        "field p.M.gone (a.proto)",
    }
    assert {str(each) for each in difference.changed} == {
        "file a.proto: imports options.proto → options.proto, new.proto",
        'field p.M.kept (a.proto): options (opt.text) = "x" → '
        'deprecated = true, (opt.text) = "x"',
        "field p.M.b (a.proto): options deprecated = true → none",
    }
    assert [each.level for each in report.breaks][:1] == ["wire"]
    assert report.breaks_found_by == "buf"
    assert content(ours) == OURS | {"UPSTREAM.toml": UPSTREAM}


@pytest.mark.slow
def test_no_comment_of_ours_is_lost_silently(ours: Path, tmp_path: Path) -> None:
    lost = {each.about: each.text for each in imported(tmp_path).report.lost_comments}

    assert lost == {
        "p.M.gone": " Our words on what goes.\n\n after\n",
        "a.proto:18:5": "inside",
        "old.proto syntax": HEADER.replace("//", "").strip("\n") + "\n",
        "p.Old": " Our old one.\n",
    }


@pytest.mark.slow
def test_upstream_toml_records_version_and_digests(ours: Path, tmp_path: Path) -> None:
    apply(imported(tmp_path, version="v2.0"))

    text = (ours / "UPSTREAM.toml").read_text()
    tables = tomllib.loads(text)
    found = compile_protos([ours], ["a.proto", "new.proto"])
    for file in found.file:
        file.ClearField("source_code_info")
    digests = {
        file.name: hashlib.sha256(file.SerializeToString()).hexdigest()
        for file in found.file
    }
    del digests["google/protobuf/descriptor.proto"]
    assert tables["files"] == digests
    whole = hashlib.sha256(found.SerializeToString()).hexdigest()
    assert tables["descriptors"]["sha256"] == whole
    assert tables["descriptors"]["compiler"].startswith("protoc ")
    assert tables["upstream"] == {"origin": "somewhere", "version": "v2.0"}
    assert tables["more"] == {"version": "v1.0"}
    assert text.startswith("# Where it comes from.\n\n[upstream]\n")
    assert "\n\n# Digests.\n[descriptors]\n" in text


@pytest.mark.slow
def test_without_version_the_recorded_one_stays(ours: Path, tmp_path: Path) -> None:
    plan = imported(tmp_path)
    apply(plan)

    assert (
        tomllib.loads((ours / "UPSTREAM.toml").read_text())["upstream"]["version"]
        == "v1.0"
    )
    note = "the recorded version stays v1.0; --version records another"
    assert note in plan.report.notes


@pytest.mark.slow
def test_any_text_can_be_a_version(ours: Path, tmp_path: Path) -> None:
    version = 'v"2\\é'
    apply(imported(tmp_path, version=version))

    tables = tomllib.loads((ours / "UPSTREAM.toml").read_text())
    assert tables["upstream"]["version"] == version


@pytest.mark.slow
def test_tables_that_upstream_toml_lacks_are_made(ours: Path, tmp_path: Path) -> None:
    (ours / "UPSTREAM.toml").write_text("")

    apply(imported(tmp_path, version="v2.0"))

    tables = tomllib.loads((ours / "UPSTREAM.toml").read_text())
    assert tables["upstream"] == {"version": "v2.0"}
    assert tables.keys() == {"upstream", "descriptors", "files"}


@pytest.mark.slow
def test_a_tree_without_upstream_toml_gets_none(ours: Path, tmp_path: Path) -> None:
    (ours / "UPSTREAM.toml").unlink()

    plan = imported(tmp_path)
    apply(plan)

    assert not (ours / "UPSTREAM.toml").exists()
    assert plan.report.notes[0].startswith("there is no UPSTREAM.toml in ")


@pytest.mark.slow
def test_a_second_import_changes_nothing(ours: Path, tmp_path: Path) -> None:
    apply(imported(tmp_path, version="v2.0"))
    before = content(ours)

    plan = imported(tmp_path, version="v2.0")
    apply(plan)

    assert plan.empty
    assert plan.report.needs_documentation == ()
    assert content(ours) == before


def test_an_empty_tree_takes_everything_in(tmp_path: Path) -> None:
    (tmp_path / "ours").mkdir()
    theirs = THEIRS | {"options.proto": OURS["options.proto"]}

    apply(imported(tmp_path, theirs))

    assert find_protos(tmp_path / "ours") == ["a.proto", "new.proto", "options.proto"]
    assert "heir" not in "".join(content(tmp_path / "ours").values())


@pytest.mark.slow
def test_importing_the_livekit_tree_without_comments_changes_nothing(
    tmp_path: Path,
) -> None:
    """As upstream distributes it: without options.proto, which is of another module, and our own files."""
    for name in find_protos(PROTOS):
        if name != "options.proto" and not name.startswith("lkproto/"):
            lines = (PROTOS / name).read_text().splitlines()
            bare = [line for line in lines if not line.lstrip().startswith("//")]
            write_protos(tmp_path, {name: "\n".join(bare)})

    plan = plan_import(tmp_path, [PROTOS])

    assert (plan.news, plan.stale) == ({}, ())
    assert plan.report.kept == ("options.proto",)
    assert plan.report.lost_comments == ()
    assert plan.report.breaks == ()


@pytest.mark.slow
def test_a_difference_in_the_livekit_tree_is_brought_in_and_back(
    tmp_path: Path,
) -> None:
    shutil.copytree(PROTOS, tmp_path / "ours")
    shutil.copytree(PROTOS, tmp_path / "theirs")
    (tmp_path / "theirs" / "options.proto").unlink()
    shutil.rmtree(tmp_path / "theirs" / "lkproto")
    room = tmp_path / "theirs" / "livekit_room.proto"
    new = "message Sent { int32 n = 1; }\nmessage PerformRpcResponse {"
    text = room.read_text()
    room.write_text(text.replace("message PerformRpcResponse {", new))

    first = plan_import(tmp_path / "theirs", [tmp_path / "ours"])
    apply(first)
    changed = (tmp_path / "ours" / "livekit_room.proto").read_text()
    room.write_text(text)
    second = plan_import(tmp_path / "theirs", [tmp_path / "ours"])
    apply(second)

    assert "\n\nmessage Sent {\n  int32 n = 1;\n}\n\n" in changed
    assert first.report.needs_documentation == ("livekit.Sent", "livekit.Sent.n")
    assert second.report.written == ("UPSTREAM.toml", "livekit_room.proto")
    assert [str(each) for each in second.report.difference.removed] == [
        "message livekit.Sent (livekit_room.proto)",
        "field livekit.Sent.n (livekit_room.proto)",
    ]
    assert content(tmp_path / "ours") == content(PROTOS)


# Imports that fail change nothing.


def refused(tmp_path: Path, theirs: Mapping[str, str] = THEIRS) -> str:
    """The message of a refused import, after a check that it changed nothing."""
    before = content(tmp_path / "ours")
    with pytest.raises(GenerationError) as caught:
        apply(imported(tmp_path, theirs))
    assert content(tmp_path / "ours") == before
    assert [path for path in tmp_path.iterdir() if path.name.startswith(".")] == []
    return str(caught.value)


def test_a_broken_upstream_is_refused_with_every_place(
    ours: Path, tmp_path: Path
) -> None:
    theirs = THEIRS | {
        "new.proto": 'syntax = "proto3"; package p; message New { X x = 1; }'
    }

    message = refused(tmp_path, theirs)

    assert f'{tmp_path}/theirs/new.proto:1:45: error: "X" is not defined.' in message
    assert "a.proto" not in message  # it imports new.proto, and has no other mistake


def test_a_broken_tree_of_ours_is_refused(ours: Path, tmp_path: Path) -> None:
    (ours / "old.proto").write_text('syntax = "proto3"; message Old { X x = 1; }')

    assert f'{ours}/old.proto:1:34: error: "X" is not defined.' in refused(tmp_path)


@pytest.mark.slow
def test_protos_of_our_own_must_still_compile(ours: Path, tmp_path: Path) -> None:
    theirs = {"a.proto": 'syntax = "proto3"; package p; message Else {}'}

    message = refused(tmp_path, theirs)

    assert "the new tree does not compile; nothing was changed" in message
    assert f'{ours}/lkproto/own.proto:1:69: error: "p.M" is not defined.' in message


@pytest.mark.slow
def test_descriptors_that_are_not_upstreams_are_refused(
    ours: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = importer.print_file

    def wrong(*arguments: object) -> str:
        return real(*arguments).replace("string b = 3", "string b = 33")

    monkeypatch.setattr(importer, "print_file", wrong)

    assert "a.proto: what was printed does not compile to upstream's" in refused(
        tmp_path
    )


def test_a_missing_import_of_upstream_is_refused(ours: Path, tmp_path: Path) -> None:
    (ours / "options.proto").unlink()
    (ours / "a.proto").unlink()
    (ours / "lkproto" / "own.proto").unlink()

    message = refused(tmp_path)

    assert "a.proto:5:1: error: Import" in message
    assert 'Import "options.proto" was not found' in message


@pytest.mark.slow
def test_a_failure_in_the_middle_changes_nothing(
    ours: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Any of the moves may fail: three files are added, two are replaced, one is deleted."""
    plan = imported(tmp_path)
    before = content(ours)
    real, calls, limit = os.replace, [], [0]

    def replace(source: Path, target: Path) -> None:
        calls.append(target)
        if len(calls) == limit[-1]:
            raise OSError(28, "No space left on device", str(target))
        real(source, target)

    monkeypatch.setattr(output.os, "replace", replace)
    for failing in range(1, 7):
        limit.append(failing)
        calls.clear()
        with pytest.raises(
            GenerationError, match="No space left on device; nothing was"
        ):
            apply(plan)
        assert content(ours) == before

    limit.append(0)
    calls.clear()
    apply(plan)
    assert len(calls) == 6
    assert content(ours) != before


@pytest.mark.slow
def test_an_unwritable_target_is_refused(
    ours: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*arguments: object, **options: object) -> str:
        raise PermissionError(13, "Permission denied")

    before = content(ours)
    plan = imported(tmp_path)
    monkeypatch.setattr(Path, "mkdir", refuse)

    with pytest.raises(GenerationError, match="cannot write .*Permission denied"):
        apply(plan)
    assert content(ours) == before


@pytest.mark.slow
def test_links_and_directories_in_the_way_are_refused(
    ours: Path, tmp_path: Path
) -> None:
    (ours / "new.proto").mkdir()
    assert "new.proto is a directory" in refused(tmp_path)

    (ours / "new.proto").rmdir()
    (ours / "new.proto").symlink_to(tmp_path / "elsewhere")
    assert "new.proto is a link" in refused(tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("[upstream\n", "UPSTREAM.toml is not TOML: "),
        (None, "cannot read .*UPSTREAM.toml: Is a directory"),
    ],
)
def test_an_upstream_toml_that_cannot_be_read_is_refused(
    name: str | None, message: str, ours: Path, tmp_path: Path
) -> None:
    (ours / "UPSTREAM.toml").unlink()
    if name is None:
        (ours / "UPSTREAM.toml").mkdir()
    else:
        (ours / "UPSTREAM.toml").write_text(name)

    with pytest.raises(GenerationError, match=message):
        imported(tmp_path)


def test_folders_without_a_tree_are_refused(ours: Path, tmp_path: Path) -> None:
    missing, empty = tmp_path / "missing", tmp_path / "empty"
    empty.mkdir()

    with pytest.raises(GenerationError, match="there is no directory .*missing"):
        plan_import(missing, [ours])
    with pytest.raises(GenerationError, match="there is no directory .*missing"):
        plan_import(ours, [missing])
    with pytest.raises(GenerationError, match="no .proto files below .*empty"):
        plan_import(empty, [ours])
    with pytest.raises(GenerationError, match="no directory to import into"):
        plan_import(ours, [])


def test_a_folder_above_the_tree_is_named(ours: Path, tmp_path: Path) -> None:
    theirs = {f"protobufs/{name}": text for name, text in THEIRS.items()}

    assert f"did you mean {tmp_path}/theirs/protobufs?" in refused(tmp_path, theirs)


def test_upstream_cannot_change_our_own_folder(ours: Path, tmp_path: Path) -> None:
    theirs = THEIRS | {"lkproto/own.proto": 'syntax = "proto3";'}

    assert "lkproto/ is reserved for protos of this tree's own" in refused(
        tmp_path, theirs
    )


@pytest.mark.slow
def test_googles_files_in_upstreams_tree_stay_out(ours: Path, tmp_path: Path) -> None:
    vendored = 'syntax = "proto3"; package google.protobuf; message Empty {}'

    apply(imported(tmp_path, THEIRS | {"google/protobuf/empty.proto": vendored}))

    assert not (ours / "google").exists()


@pytest.mark.slow
def test_files_of_other_include_directories_stay_where_they_are(
    ours: Path, tmp_path: Path
) -> None:
    (tmp_path / "more").mkdir()
    (ours / "options.proto").rename(tmp_path / "more" / "options.proto")
    source = write_protos(tmp_path / "theirs", THEIRS)

    plan = plan_import(source, [ours, tmp_path / "more"])
    apply(plan)

    assert plan.report.kept == ()
    assert not (ours / "options.proto").exists()


# Without buf.


@pytest.mark.slow
def test_without_buf_our_comparison_is_used(
    ours: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importer, "find_buf", lambda: None)

    report = imported(tmp_path).report

    assert report.breaks_found_by == "lkproto"
    assert report.notes[-1].startswith("buf was not found")
    assert ("wire", "field p.M.gone was removed, its number not reserved") in [
        (each.level, each.message) for each in report.breaks
    ]


@pytest.mark.slow
def test_a_buf_that_fails_does_not_stop_the_import(
    ours: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importer, "find_buf", lambda: str(tmp_path / "no-such-buf"))

    report = imported(tmp_path).report

    assert report.breaks_found_by == "lkproto"
    assert report.notes[-1].startswith("buf failed: ")
