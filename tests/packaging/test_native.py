"""lkproto-native: built, installed next to lkproto in fresh environments, and used."""

from __future__ import annotations

import email
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest

from tests.support import ROOT

from .test_distribution import installed, run

pytestmark = [
    pytest.mark.network,
    pytest.mark.skipif(shutil.which("cargo") is None, reason="needs cargo"),
]
NATIVE = ROOT / "native"
MEGABYTE = 1_000_000
# A module of the runtime's table with the version number that messages have.
TABLE = ROOT / "runtime" / "core" / "table.py"
USE = """
import lkproto
from lkproto.livekit import Room
room = Room(sid='a', empty_timeout=7)
assert Room.from_bytes(room.to_bytes()) == Room.from_json(room.to_json()) == room
print(lkproto.codec())
"""


@pytest.fixture(scope="module")
def wheel() -> Path:
    """The wheel for this Python, which the session `native` has made, or which is made now."""
    run(sys.executable, NATIVE / "wheels.py", cwd=ROOT)
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    (found,) = (ROOT / "build" / "native" / version).glob("*.whl")
    return found


@pytest.fixture(scope="module")
def sdist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("sdist")
    run(sys.executable, "-m", "build", "--sdist", "--outdir", out, NATIVE, cwd=out)
    (found,) = out.iterdir()
    return found


@pytest.fixture(scope="module")
def pure(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of lkproto."""
    out = tmp_path_factory.mktemp("pure")
    run(sys.executable, "-m", "build", "--wheel", "--outdir", out, ROOT, cwd=out)
    (found,) = out.iterdir()
    return found


def vendored(folder: Path) -> Path:
    """A project with a copy of the generated folder, and nothing else of ours."""
    project = folder / "project"
    left_out = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "generated/lkproto", project / "lkproto", ignore=left_out)
    return project


def contract() -> int:
    """The contract between messages and codecs."""
    (found,) = re.findall(r"^CONTRACT = (\d+)$", TABLE.read_text("utf-8"), re.MULTILINE)
    return int(found)


def test_the_version_begins_with_the_contract_and_the_extra_takes_all_that_do() -> None:
    crate = tomllib.loads((NATIVE / "Cargo.toml").read_text("utf-8"))["package"]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]

    assert crate["version"].partition(".")[0] == str(contract())
    assert project["optional-dependencies"]["native"] == [
        f"lkproto-native=={contract()}.*"
    ]


def test_maturin_is_the_same_in_a_checkout_and_for_users() -> None:
    ours = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    theirs = tomllib.loads((NATIVE / "pyproject.toml").read_text("utf-8"))

    assert ours["dependency-groups"]["native"] == theirs["build-system"]["requires"]


def test_a_wheel_has_one_small_binary_its_licences_and_complete_metadata(
    wheel: Path,
) -> None:
    archive = zipfile.ZipFile(wheel)
    names = archive.namelist()
    (info,) = {each.partition("/")[0] for each in names if ".dist-info/" in each}
    (binary,) = (each for each in archive.infolist() if each.filename.endswith(".so"))
    metadata = email.message_from_bytes(archive.read(f"{info}/METADATA"))
    classifiers = metadata.get_all("Classifier", [])

    assert {each.partition("/")[0] for each in names} == {"lkproto_native", info}
    assert binary.file_size <= MEGABYTE
    assert metadata["Name"] == "lkproto-native"
    assert metadata["Requires-Python"] == ">=3.11"
    assert metadata["License-Expression"] == "Apache-2.0"
    for licence in ("LICENSE", "NOTICE"):
        text = (NATIVE / licence).read_bytes()
        assert archive.read(f"{info}/licenses/{licence}") == text
    for field in ("Summary", "Author", "Keywords", "Version"):
        assert metadata[field]
    assert metadata.get_all("Requires-Dist") is None
    assert "Programming Language :: Rust" in classifiers
    assert metadata.get_payload().startswith("# lkproto-native\n")


def test_nothing_in_a_wheel_names_folders_of_this_machine(wheel: Path) -> None:
    archive = zipfile.ZipFile(wheel)
    content = b"\n".join(map(archive.read, archive.namelist()))

    for folder in (ROOT, Path.home()):
        assert os.fsencode(folder) + b"/" not in content


def test_an_sdist_has_what_is_compiled_and_the_versions_of_its_crates(
    sdist: Path,
) -> None:
    paths = (name.partition("/")[2] for name in tarfile.open(sdist).getnames())
    files = {each for each in paths if not each.startswith("src/")}

    assert files == {
        *("Cargo.lock", "Cargo.toml", "build.rs", "backend.py", "pyproject.toml"),
        *("LICENSE", "NOTICE", "PKG-INFO", "README.md"),
    }


def test_both_wheels_in_a_fresh_environment_give_the_native_codec(
    wheel: Path, pure: Path, tmp_path: Path
) -> None:
    links = ("--find-links", str(wheel.parent))
    python = installed(tmp_path, *links, f"{pure}[native]") / "python"

    assert run(python, "-c", USE, cwd=tmp_path).stdout == "native\n"
    chosen = run(python, "-c", USE, cwd=tmp_path, LKPROTO_CODEC="python")
    assert (chosen.stdout, chosen.stderr) == ("python\n", "")
    code = "from importlib.metadata import version as v; import lkproto_native as n; "
    code += "print(n.__version__ == v('lkproto-native'), n.TABLE_CONTRACT)"
    assert run(python, "-c", code, cwd=tmp_path).stdout == f"True {contract()}\n"


def test_it_is_imported_in_a_millisecond(wheel: Path, tmp_path: Path) -> None:
    """Some of a machine's milliseconds are longer than others: the best of ten, and three."""
    python = installed(tmp_path, str(wheel)) / "python"
    code = "import time; a = time.perf_counter(); import lkproto_native; "
    code += "print(time.perf_counter() - a)"

    took = [float(run(python, "-c", code, cwd=tmp_path).stdout) for _ in range(10)]

    assert min(took) <= 0.003


def test_a_copied_folder_uses_it_where_it_is_installed_and_works_without(
    wheel: Path, tmp_path: Path
) -> None:
    project = vendored(tmp_path)
    python = installed(tmp_path, str(wheel)) / "python"

    assert run(python, "-c", USE, cwd=project).stdout == "native\n"
    run(python, "-m", "pip", "uninstall", "--yes", "lkproto-native", cwd=tmp_path)
    without = run(python, "-c", USE, cwd=project)
    assert (without.stdout, without.stderr) == ("python\n", "")
    asked = run(python, "-c", USE, cwd=project, LKPROTO_CODEC="native")
    assert asked.stdout == "python\n"
    assert "RuntimeWarning" in asked.stderr


def test_an_sdist_is_installed_where_rust_is(sdist: Path, tmp_path: Path) -> None:
    project = vendored(tmp_path)
    python = installed(tmp_path, str(sdist)) / "python"

    assert run(python, "-c", USE, cwd=project).stdout == "native\n"


@pytest.mark.parametrize("words", ["", "--no-build-isolation"])
def test_without_rust_an_sdist_says_in_one_line_what_is_missing(
    words: str, sdist: Path, tmp_path: Path
) -> None:
    binaries = installed(tmp_path, "maturin")
    command = (binaries / "pip", "install", *words.split(), sdist)

    done = run(*command, cwd=tmp_path, check=False, PATH=str(without_cargo(tmp_path)))

    assert done.returncode == 1
    output = done.stdout + done.stderr
    assert "[1 lines of output]" in output
    assert output.count("lkproto-native is compiled, and cargo is not on the PATH") == 1
    assert "Traceback" not in output


def without_cargo(folder: Path) -> Path:
    """A folder for the PATH, in which there is no program at all."""
    empty = folder / "bin"
    empty.mkdir()
    return empty


def test_a_mismatched_pair_warns_once_and_works_in_python(tmp_path: Path) -> None:
    project = vendored(tmp_path)
    python = installed(tmp_path, str(of_another_contract(tmp_path))) / "python"
    twice = USE + "from lkproto.livekit import TrackInfo; TrackInfo().to_json()\n"

    done = run(python, "-c", twice, cwd=project)

    assert done.stdout == "python\n"
    assert done.stderr.count("RuntimeWarning") == 1
    assert "99" in done.stderr
    assert str(contract()) in done.stderr
    quiet = run(python, "-c", USE, cwd=project, LKPROTO_CODEC="python")
    assert (quiet.stdout, quiet.stderr) == ("python\n", "")


def of_another_contract(folder: Path) -> Path:
    """A wheel that is like ours but for its contract, 99; compiled without optimisation."""
    source = folder / "native"
    shutil.copytree(NATIVE, source, ignore=shutil.ignore_patterns("target"))
    changed = 0
    for path in source.rglob("*.rs"):
        text = path.read_text("utf-8")
        new = re.sub(r"(const TABLE_CONTRACT: \w+ =) \d+;", r"\1 99;", text)
        changed += new != text
        path.write_text(new, "utf-8")
    assert changed == 1
    maturin = (sys.executable, "-m", "maturin", "build", "--profile", "fast")
    flags = ("--interpreter", sys.executable, "--out", folder / "other")
    target = str(ROOT / "build" / "native" / "target-mismatch")
    run(*maturin, *flags, cwd=source, CARGO_TARGET_DIR=target)
    (found,) = (folder / "other").glob("*.whl")
    return found


def test_a_run_that_asks_for_the_native_codec_does_not_begin_without_it(
    tmp_path: Path,
) -> None:
    (tmp_path / "lkproto_native.py").write_text("TABLE_CONTRACT = 0\n")
    paths = os.pathsep.join([str(tmp_path), *sys.path])
    command = (sys.executable, "-m", "pytest", "-n", "0", "tests/house")
    environment = {"LKPROTO_CODEC": "native", "PYTHONPATH": paths}

    done = subprocess.run(
        command,
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert "the codec is python, not native" in done.stderr
