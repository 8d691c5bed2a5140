"""NOTICE of lkproto-native names the crates that are in the binary."""

from __future__ import annotations

import importlib.util
import shutil
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.support import ROOT

NATIVE = ROOT / "native"


@pytest.fixture(scope="module")
def licences() -> ModuleType:
    """The script, which is in no package."""
    spec = importlib.util.spec_from_file_location("licences", NATIVE / "licences.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def crate(folder: Path, **changes: Any) -> dict[str, Any]:
    """A package as cargo describes it."""
    known = {
        "id": folder.name,
        "name": folder.name,
        "version": "1.2.3",
        "license": "MIT OR Apache-2.0",
        "repository": "https://example.org",
        "manifest_path": str(folder / "Cargo.toml"),
        "targets": [{"kind": ["lib"]}],
    }
    return known | changes


def needs(name: str, kind: str | None = None) -> dict[str, Any]:
    """That a package needs another one, when it runs or as `kind` says."""
    return {"pkg": name, "dep_kinds": [{"kind": kind}]}


@pytest.mark.network
@pytest.mark.skipif(shutil.which("cargo") is None, reason="needs cargo")
def test_the_notice_is_that_of_the_crates_in_cargo_lock(licences: ModuleType) -> None:
    assert (
        licences.NOTICE.read_text("utf-8") == licences.notice()
    ), "run: python native/licences.py"


def test_the_licence_is_that_of_the_project() -> None:
    ours = (NATIVE / "LICENSE").read_text("utf-8")

    assert ours == (ROOT / "LICENSE").read_text("utf-8")


def test_what_runs_at_build_time_is_not_in_the_binary(
    licences: ModuleType, tmp_path: Path
) -> None:
    macro = crate(tmp_path / "macro", targets=[{"kind": ["proc-macro"]}])
    names = ("lkproto-native", "used", "deep", "script", "macro_help")
    packages = [macro, *(crate(tmp_path / each) for each in names)]
    edges = {
        "lkproto-native": [needs("used"), needs("macro"), needs("script", "build")],
        "used": [needs("deep"), needs("script", "dev")],
        "macro": [needs("macro_help")],
    }
    nodes = [{"id": each["id"], "deps": edges.get(each["id"], [])} for each in packages]
    known = {
        "packages": packages,
        "resolve": {"root": "lkproto-native", "nodes": nodes},
    }

    assert [each["name"] for each in licences.linked(known)] == ["used", "deep"]


def test_an_entry_has_the_version_the_licence_and_each_copyright_once(
    licences: ModuleType, tmp_path: Path
) -> None:
    (tmp_path / "LICENSE-MIT").write_text("Copyright (c) 2019 Someone\n\nPermission\n")
    (tmp_path / "LICENSE-APACHE").write_text(
        "   Copyright (c) 2019 Someone\n   Copyright [yyyy] [name of copyright owner]\n"
    )

    assert licences.entry(crate(tmp_path)).splitlines() == [
        f"{tmp_path.name} 1.2.3 (https://example.org)",
        "    MIT OR Apache-2.0",
        "    Copyright (c) 2019 Someone",
    ]


@pytest.mark.parametrize(
    "licence", [None, "MIT", "MPL-2.0 OR MIT", "MIT AND Apache-2.0"]
)
def test_a_crate_under_other_licences_is_refused(
    licence: str | None, licences: ModuleType, tmp_path: Path
) -> None:
    with pytest.raises(licences.LicenceError, match="cannot be used under Apache-2.0"):
        licences.entry(crate(tmp_path, license=licence))


def test_a_crate_with_a_notice_is_refused(licences: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "NOTICE.txt").touch()

    with pytest.raises(licences.LicenceError, match="has a notice to be passed on"):
        licences.entry(crate(tmp_path))
