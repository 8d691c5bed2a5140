"""What lint demands beyond the shape of files: that the vectors cover the protocol, and prove something."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import pytest
from lkproto import fields_of
from lkproto_conformance import miniatures
from lkproto_conformance.lint import coverage, fields, proof
from lkproto_conformance.operations import BY_NAME
from lkproto_conformance.vectors import Vector, load, vectors_folder

Vectors = list[Vector]


@pytest.fixture(scope="module")
def all_vectors() -> Vectors:
    """The vectors of the project."""
    return list(load(vectors_folder()).vectors)


def without(vectors: Vectors, gone: Callable[[Vector], bool]) -> Vectors:
    return [vector for vector in vectors if not gone(vector)]


def test_the_vectors_of_the_project_cover_everything(all_vectors: Vectors) -> None:
    assert list(coverage.gaps(all_vectors)) == []
    assert list(fields.gaps(all_vectors)) == []


def test_an_operation_without_vectors_is_named_with_what_to_add(
    all_vectors: Vectors,
) -> None:
    (found,) = coverage.gaps(without(all_vectors, lambda each: each.op == "guid.check"))

    assert found.startswith("no vector of guid.check; add an area")


def test_what_is_listed_as_without_vectors_has_none(all_vectors: Vectors) -> None:
    assert coverage.WITHOUT_VECTORS.keys() <= BY_NAME.keys()
    planted = dataclasses.replace(all_vectors[0], op="twirp.stop", result="valid")

    (found,) = coverage.gaps([*all_vectors, planted])

    assert found.startswith("twirp.stop has vectors")


@pytest.mark.parametrize("kind", ["too_large", "missing_auth", "twirp:data_loss"])
def test_a_reject_kind_that_no_vector_expects_is_named(
    kind: str, all_vectors: Vectors
) -> None:
    left = without(all_vectors, lambda each: each.expect.get("kind") == kind)

    (found,) = coverage.gaps(left)

    assert found.startswith(f"no vector expects {kind}; add")


def test_every_code_of_twirp_is_a_kind_to_expect() -> None:
    kinds = coverage.reject_kinds()

    assert len([kind for kind in kinds if kind.startswith("twirp:")]) == 18
    assert "twirp:CODE" not in kinds
    assert coverage.WITHOUT_EXPECTATION.keys() <= kinds


def test_a_kind_that_is_listed_as_never_expected_is_not(all_vectors: Vectors) -> None:
    planted = dataclasses.replace(
        all_vectors[0], result="invalid", expect={"kind": "wrong_issuer"}
    )

    assert any(
        "wrong_issuer" in each for each in coverage.gaps([*all_vectors, planted])
    )


@pytest.mark.parametrize("op", ["wire.roundtrip", "json.parse", "json.print"])
def test_a_type_of_message_that_no_vector_has_is_named(
    op: str, all_vectors: Vectors
) -> None:
    def gone(vector: Vector) -> bool:
        return vector.op == op and vector.args["message"] == "rpc.KeepalivePing"

    (found,) = coverage.gaps(without(all_vectors, gone))

    assert found.startswith(f"no vector of {op} has a rpc.KeepalivePing")


def test_fields_of_grants_that_no_vector_mints_are_named(all_vectors: Vectors) -> None:
    def gone(vector: Vector) -> bool:
        return vector.op == "token.mint" and "video" in vector.args["grants"]

    found = list(coverage.gaps(without(all_vectors, gone)))

    video = {
        each for each in coverage.grant_fields() if each.partition(".")[0] == "video"
    }
    assert {each.split()[5].rstrip(";") for each in found} == video
    assert "video.canPublishData" in video


def test_public_messages_are_all_that_users_send_and_receive() -> None:
    public = fields.public_messages()

    assert {
        "livekit.CreateRoomRequest",
        "livekit.S3Upload",  # inside of a request of Egress
        "livekit.SIPMediaConfig",
        "livekit.WebhookEvent",
        "livekit.IngressState",
        "livekit.DataPacket",
    } <= public.keys()
    assert not [name for name in public if name.startswith("rpc.")]


def test_a_field_that_no_valid_vector_sets_is_named(all_vectors: Vectors) -> None:
    def gone(vector: Vector) -> bool:
        return vector.args.get("message") == _MUTE

    found = list(fields.gaps(without(all_vectors, gone)))

    # Its first fields are set where it is inside of another message.
    assert [each.split(";")[0] for each in found] == [
        f"no valid vector sets {_MUTE}.muted"
    ]


_MUTE = "livekit.MuteRoomTrackRequest"


def test_a_member_of_a_oneof_that_no_valid_vector_sets_is_named(
    all_vectors: Vectors,
) -> None:
    packet = fields.public_messages()["livekit.DataPacket"]
    (member,) = (each for each in fields_of(packet) if each.proto_name == "rpc_ack")

    def gone(vector: Vector) -> bool:
        if (
            vector.args.get("message") != "livekit.DataPacket"
            or vector.result != "valid"
        ):
            return False
        return (
            getattr(packet.from_bytes(bytes.fromhex(_wire(vector))), member.name)
            is not None
        )

    found = list(fields.gaps(without(all_vectors, gone)))

    assert [each.split(";")[0] for each in found] == [
        "no valid vector sets livekit.DataPacket.rpc_ack"
    ]


def _wire(vector: Vector) -> str:
    return str(vector.expect.get("output", ""))


def test_a_value_of_an_enum_counts_only_where_it_is_read_by_name(
    all_vectors: Vectors,
) -> None:
    def gone(vector: Vector) -> bool:
        return vector.op == "json.parse" and '"EGRESS_ABORTED"' in vector.args["json"]

    by_number = dataclasses.replace(
        next(each for each in all_vectors if each.op == "json.parse"),
        result="valid",
        args={"message": "livekit.EgressInfo", "json": '{"status":5}'},
        expect={"output": "1805"},
    )
    found = list(fields.gaps([*without(all_vectors, gone), by_number]))

    assert [each.split(";")[0] for each in found] == [
        "no valid vector of json.parse has EGRESS_ABORTED of livekit.EgressStatus"
    ]


def test_vectors_that_are_not_valid_cover_no_field(all_vectors: Vectors) -> None:
    refused = [
        dataclasses.replace(each, result="invalid", expect={"kind": "malformed"})
        for each in all_vectors
    ]

    assert len(list(fields.gaps(refused))) > 1000


def test_a_vector_that_no_broken_testee_fails_is_named(
    all_vectors: Vectors, monkeypatch: pytest.MonkeyPatch
) -> None:
    refusal = next(
        each for each in all_vectors if each.id == "token.verify/two-segments"
    )

    assert list(proof.unproven([refusal])) == []
    monkeypatch.setattr(miniatures, "ALL", (miniatures.reject_all,))
    (found,) = proof.unproven([refusal])
    assert found.startswith("token.verify/two-segments: no broken testee fails it")


def test_what_is_unspecified_proves_nothing_and_need_not(all_vectors: Vectors) -> None:
    free = [each for each in all_vectors if each.result == "unspecified"]

    assert len(free) > 10
    assert list(proof.unproven(free)) == []
