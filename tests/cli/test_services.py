"""`lkproto services`: for people and for programs."""

from __future__ import annotations

import json

from lkproto import services
from lkproto.livekit import ROOM_SERVICE, RoomServiceClient
from lkproto_cli.call_method import ATTRIBUTES, called_services

from .conftest import Done, Project

INGRESS = """\
livekit.Ingress (twirp, LiveKitAPI.ingress)
  CreateIngress  create_ingress  video.ingressAdmin
  UpdateIngress  update_ingress  video.ingressAdmin  idempotent
  ListIngress    list_ingress    video.ingressAdmin  idempotent
  DeleteIngress  delete_ingress  video.ingressAdmin
"""


def test_a_service_is_a_table_of_its_methods(project: Project) -> None:
    for name in ("livekit.Ingress", "Ingress", "ingress"):
        assert project.run("services", name) == Done(0, INGRESS, "")


def test_without_a_name_all_that_can_be_called_are_listed(project: Project) -> None:
    done = project.run("services")
    everything = project.run("services", "--all")

    heads = [line for line in done.out.splitlines() if not line.startswith(" ")]
    assert [each.partition(" ")[0] for each in heads if each] == called_services()
    assert INGRESS in done.out
    every = [line for line in everything.out.splitlines() if line[:1].strip()]
    assert [each.partition(" ")[0] for each in every] == list(services())
    assert "rpc.Signal (psrpc)" in every


def test_programs_get_types_and_how_the_grant_is_known(project: Project) -> None:
    done = project.run("services", "room", "--json")

    [service] = json.loads(done.out)["services"]
    assert (service["name"], service["transport"]) == (ROOM_SERVICE.name, "twirp")
    assert service["attribute"] == "room"
    first = service["methods"][0]
    assert first == {
        "name": "CreateRoom",
        "path": "livekit.RoomService/CreateRoom",
        "python_name": "create_room",
        "input": "livekit.CreateRoomRequest",
        "output": "livekit.Room",
        "grant": "video.roomCreate",
        "source": "server 1.13.5, executed",
        "idempotent": False,
        "client_streaming": False,
        "server_streaming": False,
        "deprecated": False,
    }
    assert [each["name"] for each in service["methods"]] == [
        each.name for each in ROOM_SERVICE
    ]


def test_a_service_that_is_none_gets_the_nearest(project: Project) -> None:
    assert project.run("services", "RomService") == Done(
        2,
        "",
        "lkproto: error: there is no service 'RomService'\n"
        "  hint: did you mean 'RoomService'?\n",
    )


def test_a_service_has_the_attribute_that_the_api_has() -> None:
    from lkproto.api import LiveKitAPI

    with LiveKitAPI("http://127.0.0.1:9", "APIkey", "0123456789" * 4) as api:
        for name in called_services():
            client = getattr(api, ATTRIBUTES[name])
            assert f"livekit.{client.__class__.__name__.removesuffix('Client')}" == name
        assert isinstance(api.room, RoomServiceClient)
