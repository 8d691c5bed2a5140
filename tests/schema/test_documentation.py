"""The schema is documented: its comments become the docstrings of the generated package."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from lkproto_codegen import ir
from lkproto_codegen.options import Options
from lkproto_codegen.pipeline import lowered

from tests.support import ROOT, write_protos

Named = tuple[str, str, ir.Service | ir.Method | ir.Message | ir.Enum]


def undocumented(protos: Path) -> list[str]:
    """Services, RPCs, messages and enums without a comment, as `file:line: kind name`."""
    schema = lowered(Options(protos=(protos,)))
    named = [
        item for file in schema.files if file.requested for item in declarations(file)
    ]
    return [
        f"{item.location.file}:{item.location.line}: {kind} {name}"
        for kind, name, item in named
        if not item.doc.strip()
    ]


def declarations(file: ir.File) -> Iterator[Named]:
    """All that must have a comment, by kind and full name, in declaration order."""
    for service in file.services:
        yield "service", service.full_name, service
        for method in service.methods:
            yield "rpc", f"{service.full_name}.{method.name}", method
    for enum in file.enums:
        yield "enum", enum.full_name, enum
    for message in file.messages:
        yield from nested(message)


def nested(message: ir.Message) -> Iterator[Named]:
    """A message and the types declared in it, at any depth."""
    yield "message", message.full_name, message
    for enum in message.enums:
        yield "enum", enum.full_name, enum
    for inner in message.messages:
        yield from nested(inner)


def test_every_service_rpc_message_and_enum_has_a_comment() -> None:
    missing = undocumented(ROOT / "protobufs")

    assert not missing, "\n".join(["add comments to", *missing])


def test_a_missing_comment_is_found_at_every_depth(tmp_path: Path) -> None:
    """Trailing comments count; comments of fields and values do not."""
    text = """
        syntax = "proto3";
        package p;
        message A {
          enum B { C = 0; }
          message D {
            int32 x = 1;  // A field's comment is not its message's.
          }
          map<string, D> f = 1;
        }
        enum E { F = 0; }
        service S { rpc R(A) returns (A); }
        // Documented.
        message G {}
        enum H {  // Documented.
          I = 0;
        }
    """
    tree = write_protos(tmp_path, {"t.proto": text})

    assert undocumented(tree) == [
        "t.proto:12: service p.S",
        "t.proto:12: rpc p.S.R",
        "t.proto:11: enum p.E",
        "t.proto:4: message p.A",
        "t.proto:5: enum p.A.B",
        "t.proto:6: message p.A.D",
    ]
