"""Names of what is made of services: as Python writes them, and no two the same in a package."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lkproto_codegen.diagnostics import GenerationError
from lkproto_codegen.plan import names

from tests.support import generate, package_of

P3 = 'syntax = "proto3"; '


@pytest.mark.parametrize(
    ("rpc", "expected"),
    [
        ("SendData", "send_data"),
        ("CreateSIPTrunk", "create_sip_trunk"),
        ("GetHTTPInfo2", "get_http_info2"),
        ("HTTP2Server", "http2_server"),
        ("SIPParticipantV1", "sip_participant_v1"),
        ("doThing", "do_thing"),
        ("make_hat", "make_hat"),
        ("MakeHat_v1", "make_hat_v1"),
        ("A", "a"),
        ("ABc", "a_bc"),
        ("Import", "import_"),
        ("IMPORT_", "import__"),
        ("None", "none"),
        ("self", "self"),
        ("Close", "close"),
        ("_Call", "pb__call"),
        ("pb_Call", "pb_pb_call"),
        ("__init__", "pb___init__"),
    ],
)
def test_methods_have_the_names_of_rpcs_in_snake_case(rpc: str, expected: str) -> None:
    assert names.method_name(rpc) == expected


@pytest.mark.parametrize(
    ("service", "expected"),
    [
        ("RoomService", "ROOM_SERVICE"),
        ("SIP", "SIP_SERVICE"),
        ("IOInfoSIP", "IO_INFO_SIP_SERVICE"),
        ("Service", "SERVICE_SERVICE"),
        ("room_service", "ROOM_SERVICE"),
    ],
)
def test_tables_are_called_after_their_service(service: str, expected: str) -> None:
    assert names.table_name(service) == expected


@given(st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,14}", fullmatch=True))
def test_a_method_is_an_identifier_that_the_generator_does_not_use(rpc: str) -> None:
    name = names.method_name(rpc)

    assert name.isidentifier()
    assert not name.startswith("_")
    assert names.method_name(name) in (name, f"pb_{name}", f"{name}_")


def test_types_keep_their_names_and_what_is_made_of_services_gives_way(
    tmp_path: Path,
) -> None:
    package = package_of(
        tmp_path,
        {
            "a.proto": P3 + "package p; message M {} message EchoClient {}"
            " message ECHO_SERVICE {} service Echo { rpc Echo(M) returns (M); }",
            "b.proto": P3
            + "package p; message AsyncEchoClient { } message EchoClient_ {}"
            " service echo { }",
        },
    )
    __import__(f"{package.__name__}.p")

    for name in ("M", "EchoClient", "ECHO_SERVICE", "AsyncEchoClient", "EchoClient_"):
        assert issubclass(getattr(package.p, name), package.Message)
    assert package.service_of("p.Echo") is package.p.ECHO_SERVICE_
    assert package.service_of("p.echo") is package.p.ECHO_SERVICE__
    assert package.p.EchoClient__.echo.__doc__.startswith("Calls `p.Echo/Echo`.")
    assert package.p.AsyncEchoClient_.__doc__.startswith("A client of `p.Echo`")
    assert package.p.Echo.echo
    assert package.p.echoClient


def test_a_client_called_as_another_service_gives_way(tmp_path: Path) -> None:
    text = P3 + "package p; service Foo {} service FooClient {} service AsyncFoo {}"

    source = generate(tmp_path, {"a.proto": text})["a_twirp.py"]

    for line in (
        "class FooClient(_services.Protocol):",
        "class FooClient_(_twirp.Client):",
        "class FooClientClient(_twirp.Client):",
        "class AsyncFooClient(_twirp.Client):",
        "class AsyncFooClient_(_twirp.AsyncClient):",
        "class AsyncAsyncFooClient(_twirp.AsyncClient):",
    ):
        assert f"\n{line}\n" in source


@pytest.mark.slow
def test_names_do_not_depend_on_what_is_made(tmp_path: Path) -> None:
    protos = {
        "a.proto": P3 + "package p; message FooClient {} service Foo {}",
        "b.proto": P3 + "package p; service FooClient_ {}",
    }

    everything = generate(tmp_path, protos)["p/__init__.py"]
    servers = generate(tmp_path, protos, twirp=("server",))["p/__init__.py"]

    assert "import Foo as Foo" in servers
    assert "import FooClient_ as FooClient_" in servers
    assert "import AsyncFooClient " not in servers
    assert {line for line in servers.splitlines() if "import" in line} < {
        *everything.splitlines()
    }


def test_services_without_a_package_leave_the_names_of_the_root_alone(
    tmp_path: Path,
) -> None:
    text = (
        P3 + "message M {} service replace { rpc Do(M) returns (M); } service twirp {}"
    )

    package = package_of(tmp_path, {"a.proto": text})

    assert package.replace(package.M()) == package.M()
    assert package.service_of("replace")["Do"].path == "replace/Do"
    assert package.replace_.do
    assert package.TwirpError("internal").code == "internal"
    assert package.twirp.__doc__.startswith("What a server of `twirp` implements.")


@pytest.mark.slow
def test_names_of_twirp_are_taken_at_the_root_only_where_it_is(
    tmp_path: Path,
) -> None:
    message = P3 + "message TwirpError { string a = 1; }"
    service = " service S { rpc Do(TwirpError) returns (TwirpError); }"

    alone = package_of(tmp_path / "alone", {"a.proto": message})
    both = package_of(tmp_path / "both", {"a.proto": message + service})

    assert alone.TwirpError(a="x").a == "x"
    assert both.TwirpError_(a="x").a == "x"
    assert issubclass(both.TwirpError, Exception)


def test_a_file_gives_way_to_a_type_called_as_its_module(tmp_path: Path) -> None:
    text = P3 + "message a_twirp { } message M {} service S { rpc Do(M) returns (M); }"

    package = package_of(tmp_path, {"a.proto": text})

    assert package.a_twirp() == package.a_twirp()
    assert package.service_of("S") is package.S_SERVICE


def test_methods_with_one_name_in_python_are_reported_with_both_places(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    protos = {
        "a.proto": P3 + "message M {}\nservice S {\n  rpc GetA(M) returns (M);\n"
        "  rpc get_a(M) returns (M);\n  rpc Other(M) returns (M);\n}\n"
    }

    with pytest.raises(GenerationError) as caught:
        generate(tmp_path, protos)

    hint = "  hint: rename one of them, or set `transport` of S in the services file"
    assert str(caught.value) == (
        "protos/a.proto:3:3: error: S.GetA and get_a would both be 'get_a' in Python\n"
        f"{hint}\n"
        "protos/a.proto:4:3: error: S.get_a and GetA would both be 'get_a' in Python\n"
        f"{hint}"
    )
    assert "class " in generate(tmp_path, protos, twirp=())["a_twirp.py"]
