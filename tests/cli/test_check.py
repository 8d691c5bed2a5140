"""`lkproto check`: drift, and which records it trusts."""

from __future__ import annotations

import json

import pytest
from lkproto_codegen.write.manifest import digest

from .conftest import COMMAND, Done, Project


def forge(project: Project) -> None:
    """Edit a module, and change MANIFEST and cache so that they match it."""
    out = project.folder / "out"
    (out / "plain_pb.py").write_text("forged\n")
    manifest = json.loads((out / "MANIFEST.json").read_text())
    manifest["files"]["plain_pb.py"] = digest(b"forged\n")
    (out / "MANIFEST.json").write_text(json.dumps(manifest, indent=2) + "\n")
    (note,) = (project.folder / "cache").rglob("*.json")
    content = json.loads(note.read_text())
    content["manifest"] = digest((out / "MANIFEST.json").read_bytes())
    note.write_text(json.dumps(content))


def test_a_package_that_is_up_to_date_passes_in_silence(generated: Project) -> None:
    assert generated.run("check", command=COMMAND) == Done(0, "", "")
    assert generated.run("check", CI="true") == Done(0, "", "")


@pytest.mark.slow
def test_json_of_a_clean_and_a_changed_package(generated: Project) -> None:
    clean = {"missing": [], "extra": [], "changed": [], "tools": [], "diff": ""}
    for words in ((), ("--no-cache",)):
        done = generated.run("check", "--json", *words)
        assert json.loads(done.out) == {"clean": True} | clean
    (generated.folder / "out" / "plain_pb.py").unlink()

    done = generated.run("check", "--json")

    assert done.code == 1
    assert json.loads(done.out) == clean | {"clean": False, "missing": ["plain_pb.py"]}


@pytest.mark.slow
def test_drift_is_listed_with_a_diff_and_what_to_do(generated: Project) -> None:
    out = generated.folder / "out"
    (out / "stray.py").touch()
    (out / "plain_pb.py").unlink()
    init = out / "acme" / "__init__.py"
    init.write_text("# changed\n" + init.read_text())

    done = generated.run("check")

    assert (done.code, done.err) == (1, "")
    assert done.out == (
        "missing: plain_pb.py\n"
        "extra: stray.py\n"
        "changed: acme/__init__.py\n"
        "--- acme/__init__.py (on disk)\n"
        "+++ acme/__init__.py (generated)\n"
        "@@ -1,2 +1 @@\n"
        "-# changed\n"
        f" {init.read_text().splitlines()[1]}\n"
        f"{out} is not up to date; run lkproto generate, and delete or move what is "
        "extra\n"
    )


def test_an_extra_file_alone_is_drift_even_when_the_cache_is_trusted(
    generated: Project,
) -> None:
    (generated.folder / "out" / "stray.py").touch()

    done = generated.run("check")

    assert done.code == 1
    assert done.out == (
        "extra: stray.py\n"
        f"{generated.folder / 'out'} is not up to date; delete or move what is extra\n"
    )


@pytest.mark.slow
def test_a_missing_package_is_drift(project: Project) -> None:
    done = project.run("check")

    assert done.code == 1
    assert done.out.endswith("out does not exist; run lkproto generate\n")
    assert not (project.folder / "out").exists()


@pytest.mark.slow
def test_ci_trusts_neither_cache_nor_manifest(generated: Project) -> None:
    forge(generated)

    assert generated.run("check") == Done(0, "", "")
    for done in (
        generated.run("check", CI="true"),
        generated.run("check", "--no-cache"),
    ):
        assert done.code == 1
        assert "changed: plain_pb.py\n" in done.out


@pytest.mark.slow
@pytest.mark.parametrize("tool", ["generator", "protoc", "formatter"])
def test_a_tool_of_another_version_is_named_before_any_difference(
    tool: str, generated: Project
) -> None:
    path = generated.folder / "out" / "MANIFEST.json"
    manifest = json.loads(path.read_text())
    now = manifest[tool]
    manifest[tool] = then = now.rpartition(" ")[0] + " 0.0.1"
    path.write_text(json.dumps(manifest))
    (generated.folder / "out" / "plain_pb.py").write_text("old\n")

    done = generated.run("check")

    assert done.code == 1
    assert done.out.splitlines()[:3] == [
        f"{tool} differs: the output was written with {then}, this is {now}",
        "changed: MANIFEST.json",
        "changed: plain_pb.py",
    ]


@pytest.mark.slow
def test_the_same_output_of_other_tools_is_up_to_date_and_left_as_it_is(
    generated: Project,
) -> None:
    path = generated.folder / "out" / "MANIFEST.json"
    manifest = json.loads(path.read_text())
    manifest |= {"protoc": "grpcio-tools 1.81.0", "formatter": "ruff 0.9.0"}
    theirs = json.dumps(manifest, indent=2) + "\n"
    path.write_text(theirs)

    assert generated.run("check", "--no-cache") == Done(0, "", "")
    assert generated.run("generate", "--force").code == 0
    assert path.read_text() == theirs


@pytest.mark.slow
def test_a_manifest_of_another_generator_is_written_again(generated: Project) -> None:
    path = generated.folder / "out" / "MANIFEST.json"
    ours = path.read_text()
    path.write_text(ours.replace('"lkproto 0.1.0"', '"lkproto 0.0.1"'))

    assert "changed: MANIFEST.json\n" in generated.run("check", "--no-cache").out
    generated.run("generate")
    assert path.read_text() == ours


@pytest.mark.slow
def test_a_manifest_of_something_else_is_an_error(generated: Project) -> None:
    path = generated.folder / "out" / "MANIFEST.json"
    path.write_text("[]")

    done = generated.run("check")

    assert done.code == 2
    assert done.err.startswith(f"error: {path} is not a manifest of this generator: ")
    assert "\n  hint: delete it, and all that was generated with it" in done.err


def test_a_package_that_is_not_there_is_one_line(project: Project) -> None:
    out = project.folder / "out"

    assert project.run("check") == Done(
        1, f"{out} does not exist; run lkproto generate\n", ""
    )
    assert json.loads(project.run("check", "--json").out)["clean"] is False
