"""The services file: transports and needs of methods, and mistakes with their places."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from lkproto_codegen.cache import inputs_digest
from lkproto_codegen.diagnostics import GenerationError
from lkproto_codegen.options import Options
from lkproto_codegen.pipeline import lowered

from tests.support import package_of, write_protos

PROTOS = {
    "a.proto": 'syntax = "proto3";\npackage p;\nmessage M {}\n'
    "service Room {\n  rpc Get(M) returns (M);\n  rpc Put(M) returns (M);\n}\n"
    "service Other {\n  rpc Watch(M) returns (stream M);\n}\n"
}
GOOD = """
["p.Room"]
["p.Room".methods]
Get = { idempotent = true, grant = "video + room", source = "asked" }
Put = {}
["p.Other"]
transport = "grpc"
"""


@pytest.fixture(autouse=True)
def in_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def options(text: str) -> Options:
    tree = write_protos(Path("protos"), PROTOS)
    file = Path("services.toml")
    file.write_text(text)
    return Options(protos=(tree,), services=file)


def error(text: str) -> str:
    with pytest.raises(GenerationError) as caught:
        lowered(options(text))
    return str(caught.value)


def test_it_says_transports_and_what_methods_need(tmp_path: Path) -> None:
    (file,) = lowered(options(GOOD)).files
    room, other = file.services
    get, put = room.methods

    assert (room.transport, other.transport) == ("twirp", "grpc")
    assert (get.idempotent, get.grant, get.source) == (True, "video + room", "asked")
    assert (put.idempotent, put.grant, put.source) == (False, "", "")
    package: Any = package_of(tmp_path, PROTOS, services=Path("services.toml"))
    found = package.service_of("p.Room")["Get"]
    assert (found.idempotent, found.grant, found.source) == (
        True,
        "video + room",
        "asked",
    )


def test_without_it_services_that_stream_are_not_called_by_twirp() -> None:
    tree = write_protos(Path("protos"), PROTOS)

    (file,) = lowered(Options(protos=(tree,))).files

    assert [each.transport for each in file.services] == ["twirp", "other"]


@pytest.mark.parametrize("level", ["NO_SIDE_EFFECTS", "IDEMPOTENT"])
def test_without_it_the_standard_option_says_what_is_idempotent(level: str) -> None:
    text = PROTOS["a.proto"].replace(
        "Get(M) returns (M);",
        f"Get(M) returns (M) {{ option idempotency_level = {level}; }}",
    )
    tree = write_protos(Path("protos"), {"a.proto": text})

    (file,) = lowered(Options(protos=(tree,))).files

    assert [each.idempotent for each in file.services[0].methods] == [True, False]


def test_unknown_names_are_reported_with_the_nearest() -> None:
    text = GOOD.replace("grant =", "grants =").replace("Put =", "Pot =")

    assert error(text + '["p.Rom"]\ntransprt = 3\n') == (
        "services.toml:3:2: error: Put of p.Room is not listed\n"
        "  hint: list all methods of a service, or none; what is not known of one is left out: "
        "Put = {}\n"
        "services.toml:4:28: error: unknown name 'grants'\n"
        "  hint: did you mean 'grant'?\n"
        "services.toml:5:1: error: p.Room has no method 'Pot'\n"
        "  hint: did you mean 'Put'?\n"
        "services.toml:8:2: error: the schema has no service 'p.Rom'\n"
        "  hint: did you mean 'p.Room'?"
    )


def test_wrong_types_and_transports_are_reported() -> None:
    assert error(
        '["p.Room"]\ntransport = "twrip"\nmethods = { Get = 3, Put = { grant = true,'
        ' idempotent = "no" } }\n["p.Other"]\ntransport = "grpc"\n'
    ) == (
        "services.toml:2:1: error: p.Room has the transport 'twrip', which is not known\n"
        "  hint: did you mean 'twirp'?\n"
        "services.toml:3:13: error: 'Get' is not a table\n"
        "services.toml:3:30: error: 'grant' takes a string\n"
        "services.toml:3:44: error: 'idempotent' takes true or false"
    )
    assert error('"p.Room" = 3\n["p.Other"]\nmethods = []\ntransport = 1\n') == (
        "services.toml:1:1: error: 'p.Room' is not a table\n"
        "services.toml:3:1: error: 'methods' takes a table\n"
        "services.toml:4:1: error: 'transport' takes a string"
    )


def test_names_of_services_have_to_be_in_quotes() -> None:
    assert error(GOOD.replace('["p.Other"]', "[p.Other]")) == (
        "protos/a.proto:8:1: error: the service p.Other is not in services.toml\n"
        '  hint: add it there: ["p.Other"]\n'
        "services.toml:6:2: error: the schema has no service 'p'\n"
        '  hint: write names of services in quotes: ["p.Other"]'
    )


def test_a_service_that_is_not_listed_is_reported_where_it_is_declared() -> None:
    assert error(GOOD.partition('["p.Other"]')[0]) == (
        "protos/a.proto:8:1: error: the service p.Other is not in services.toml\n"
        '  hint: add it there: ["p.Other"]'
    )


def test_a_method_of_twirp_that_streams_is_reported_where_it_is_declared() -> None:
    assert error(GOOD.replace('transport = "grpc"', "")) == (
        "protos/a.proto:9:3: error: p.Other.Watch streams, which Twirp cannot\n"
        "  hint: set `transport` of p.Other in services.toml: grpc, psrpc, connect, in-room, other"
    )


def test_a_file_that_cannot_be_read_is_reported() -> None:
    assert error("[").startswith("services.toml:1:2: error: not TOML: ")
    given = options(GOOD)
    Path("services.toml").unlink()
    with pytest.raises(GenerationError, match="cannot read services.toml: No such"):
        lowered(given)
    with pytest.raises(GenerationError, match="cannot read services.toml: No such"):
        inputs_digest(given)


def test_services_that_are_only_imported_need_not_be_listed() -> None:
    tree = write_protos(
        Path("protos"),
        {"b.proto": 'syntax = "proto3"; import "a.proto"; message B { p.M m = 1; }'},
    )
    given = options("")
    assert lowered(Options(protos=(tree,), files=("b.proto",), services=given.services))


def test_a_change_of_it_is_seen() -> None:
    given = options(GOOD)
    before = inputs_digest(given)
    assert inputs_digest(given) == before

    Path("services.toml").write_text(GOOD.replace("video", "sip"))

    assert inputs_digest(given) != before
    assert inputs_digest(Options(protos=given.protos)) != before
