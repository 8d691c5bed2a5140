"""What editors, linters and formatters of users make of a generated package."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import lkproto
import pytest
from lkproto import ProtoError

from tests.support import generate, package_of

PROTO = """
syntax = "proto3";
package shop;
import "google/protobuf/timestamp.proto";
message Cart {
  string name = 1;
  google.protobuf.Timestamp made = 2;
  oneof owner { string user = 3; int32 guest = 4; }
}
message Order { Cart cart = 1; repeated string lines = 2; Kind kind = 3; }
enum Kind { KIND_NONE = 0; KIND_GIFT = 1; }
"""
# A message called `bool`, and a oneof, so that the module has a part for checkers.
SHADOWED = """
syntax = "proto3";
package odd;
message bool { int32 x = 1; oneof pick { string str = 2; bytes bytes = 3; } }
"""


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project of a user with a package that was generated into it."""
    folder = tmp_path_factory.mktemp("tree")
    files = generate(folder, {"shop.proto": PROTO, "odd.proto": SHADOWED})
    for path, data in files.items():
        target = folder / "made" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(data, "utf-8", newline="\n")
    return folder


def checked(tree: Path, *command: str) -> None:
    """A tool, run on a package by its defaults, has nothing to say."""
    if find_spec(command[0]) is None:
        pytest.skip(f"{command[0]} is not installed: it was not asked")
    done = subprocess.run(
        [sys.executable, "-m", *command, "made"],
        cwd=tree,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    "command",
    [
        "ruff check --isolated --no-cache",
        "ruff check --isolated --no-cache --select ALL",
        "ruff format --isolated --no-cache --check",
        "ruff format --isolated --no-cache --check --line-length 120",
        pytest.param("black --check --quiet", marks=pytest.mark.slow),
        pytest.param("black --check --quiet --line-length 70", marks=pytest.mark.slow),
        "isort --check",
        "isort --check --profile black",
    ],
)
def test_linters_and_formatters_leave_a_package_alone(tree: Path, command: str) -> None:
    checked(tree, *command.split())


@pytest.mark.slow
@pytest.mark.parametrize(
    ("source", "name"),
    {
        "from made.shop import Ord": "Order",
        "from made.shop import Cart\nCart(na": "name=",
        "from made.shop import Cart\nCart().na": "name",
        "from made.shop import Cart\nCart().to_js": "to_json",
        "from made.shop import Cart\nCart().whi": "which",
        "from made.shop import Order\nOrder().cart.na": "name",
        "from made.shop import Kind\nKind.KIND_G": "KIND_GIFT",
        "from made.odd import bool\nbool().whi": "which",
        "import made\nmade.redac": "redacted",
    }.items(),
)
def test_editors_complete(tree: Path, source: str, name: str) -> None:
    jedi: Any = pytest.importorskip("jedi")
    project = jedi.Project(str(tree), smart_sys_path=False, added_sys_path=[str(tree)])
    script = jedi.Script(source, path=str(tree / "user.py"), project=project)

    assert name in [each.name for each in script.complete()]


def test_the_root_says_which_module_has_a_name() -> None:
    with pytest.raises(ImportError, match="; use from lkproto.livekit import Room$"):
        from lkproto import Room  # type: ignore[attr-defined] # noqa: F401
    with pytest.raises(ImportError, match="livekit import AsyncSIPClient$"):
        from lkproto import AsyncSIPClient  # type: ignore[attr-defined] # noqa: F401
    with pytest.raises(
        ImportError, match="; use from lkproto.rpc import WHIP_SERVICE$"
    ):
        from lkproto import WHIP_SERVICE  # type: ignore[attr-defined] # noqa: F401
    with pytest.raises(
        AttributeError, match="; use from lkproto.google.protobuf import Timestamp$"
    ):
        lkproto.Timestamp  # type: ignore[attr-defined] # noqa: B018
    with pytest.raises(ImportError, match="did you mean 'ProtoError'"):
        from lkproto import ProtError  # type: ignore[attr-defined] # noqa: F401
    with pytest.raises(AttributeError, match="has no attribute 'nothing'$"):
        lkproto.nothing  # type: ignore[attr-defined] # noqa: B018
    assert not hasattr(lkproto, "Room")
    assert ProtoError is lkproto.ProtoError


def test_the_root_knows_types_of_packages_with_other_names_in_python(
    tmp_path: Path,
) -> None:
    protos = {
        "a.proto": 'syntax = "proto3"; package class; message Thing {}',
        "b.proto": 'syntax = "proto3"; package Upper; message Upper {}',
    }
    package: Any = package_of(tmp_path, protos)

    with pytest.raises(
        AttributeError, match=rf"from {package.__name__}.a_pb import Th"
    ):
        package.Thing  # noqa: B018
    with pytest.raises(AttributeError, match="has no attribute 'Upper'$"):
        package.Upper  # noqa: B018


def test_a_wrong_keyword_names_the_nearest(tmp_path: Path) -> None:
    package: Any = package_of(tmp_path, {"shop.proto": PROTO})
    cart = package.find_message("shop.Cart")

    with pytest.raises(TypeError, match="no field 'zzz'$"):
        package.find_message("shop.Order")(zzz=1)
    for _ in "the first construction of the class", "a later one":
        with pytest.raises(TypeError, match="no field 'nmae'; did you mean 'name'"):
            cart(nmae="x")
        cart(name="x")
    with pytest.raises(TypeError, match="no field 'nmae'; did you mean 'name'"):
        package.replace(cart(), nmae="x")
