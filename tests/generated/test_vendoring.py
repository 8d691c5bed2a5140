"""The package is a plain folder: a copy works anywhere, without anything installed."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import ROOT

PACKAGE = ROOT / "generated" / "lkproto"

SCRIPT = """
import sys
from service.vendored.livekit import Room, Codec
from second_copy.livekit import Codec as OtherCodec
import service.vendored as ours

room = Room(sid="RM_1", enabled_codecs=[Codec(mime="video/vp8")])
assert Room.from_bytes(room.to_bytes()) == room
assert Room.from_json(room.to_json()) == room
assert ours.find_message("livekit.Room") is Room
assert len(ours.services()) == 30
assert ours.descriptor_of(Room).name == "Room"
try:
    Room(enabled_codecs=[OtherCodec()]).to_bytes()
except ours.ForeignMessageError as error:
    print(error)
from_site = [name for name, module in sys.modules.items()
             if "site-packages" in (getattr(module, "__file__", None) or "")]
assert not from_site, from_site
"""


@pytest.fixture
def two_copies(tmp_path: Path) -> Path:
    """The package inside another package, and a second, renamed copy next to it."""
    (tmp_path / "service").mkdir()
    (tmp_path / "service" / "__init__.py").touch()
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(PACKAGE, tmp_path / "service" / "vendored", ignore=ignored)
    shutil.copytree(PACKAGE, tmp_path / "second_copy", ignore=ignored)
    return tmp_path


def test_two_copies_work_without_site_packages(two_copies: Path) -> None:
    done = subprocess.run(
        [
            sys.executable,
            "-I",
            "-S",
            "-c",
            f"import sys; sys.path[:0] = ['.']\n{SCRIPT}",
        ],
        cwd=two_copies,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert "the livekit.Codec of service.vendored.livekit_models_pb" in done.stdout
    assert "not the one of second_copy.livekit_models_pb" in done.stdout


def test_it_works_next_to_googles_own_output(tmp_path: Path) -> None:
    protos = ROOT / "protobufs"
    command = [
        sys.executable,
        "-m",
        "grpc_tools.protoc",
        f"-I{protos}",
        f"--python_out={tmp_path}",
    ]
    files = ["livekit_metrics.proto", "livekit_models.proto", "logger/options.proto"]
    subprocess.run([*command, *files], check=True)
    script = (
        "import livekit_models_pb2 as pb2\n"
        "from lkproto.livekit import Room\n"
        "assert pb2.Room.FromString(Room(sid='a').to_bytes()).sid == 'a'\n"
    )
    paths = [str(tmp_path), str(ROOT / "generated")]
    code = f"import sys; sys.path[:0] = {paths!r}\n{script}"

    subprocess.run([sys.executable, "-c", code], check=True)
