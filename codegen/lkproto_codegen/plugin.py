"""`protoc-gen-lkproto`: the generator as a plugin of protoc and buf.

It runs the same pipeline on the descriptors it is given, so its output is the same, byte for
byte, as that of `lkproto generate`.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from google.protobuf.compiler.plugin_pb2 import (
    CodeGeneratorRequest,
    CodeGeneratorResponse,
)
from google.protobuf.descriptor_pb2 import Edition, FileDescriptorSet
from google.protobuf.message import DecodeError

from .diagnostics import Diagnostic, GenerationError, failure, nearest
from .options import parse_options, stubs_named
from .pipeline import build_from_set, with_our_google
from .read.partial import left_out

_FEATURES = (
    CodeGeneratorResponse.FEATURE_PROTO3_OPTIONAL
    | CodeGeneratorResponse.FEATURE_SUPPORTS_EDITIONS
)
_PARAMETERS = (
    "schema_version",
    "redact",
    "redact_format",
    "redact_fields",
    "unset",
    "grants",
    "limited_by",
    "twirp",
    "services",
    "include",
    "templates",
    "imports",
)
# protoc's own limit for packages; deeper paths are longer than systems take.
_MAX_FOLDERS = 255


def respond(serialized: bytes) -> bytes:
    """Answer a serialized CodeGeneratorRequest; mistakes go into the response's `error`.

    Raises GenerationError only for input that is not a request.
    """
    try:
        request = CodeGeneratorRequest.FromString(serialized)
    except DecodeError:
        raise failure(
            "the input is not a CodeGeneratorRequest",
            hint="the plugin is run by protoc or buf, not by hand",
        ) from None
    response = CodeGeneratorResponse(supported_features=_FEATURES)
    response.minimum_edition = Edition.EDITION_PROTO2
    response.maximum_edition = Edition.EDITION_2024
    try:
        files = _build(request)
    except GenerationError as error:
        response.error = str(error)
    else:
        for path, data in files.items():
            response.file.add(name=path, content=data.decode())
    return response.SerializeToString()


def _build(request: CodeGeneratorRequest) -> Mapping[str, bytes]:
    _check_names(request)
    parameters: dict[str, Any] = dict(_parameters(request.parameter))
    if "redact_fields" in parameters:
        parameters["redact_fields"] = parameters["redact_fields"].split(":")
    if "twirp" in parameters:
        parameters["twirp"] = stubs_named(parameters["twirp"].split(":"))
    if "include" in parameters:
        parameters["include"] = [parameters["include"]]
    if parameters.pop("imports", "") != "allowed":
        _refuse_partial(request)
    options = parse_options(parameters, Path())
    requested = frozenset(request.file_to_generate)
    compiled = FileDescriptorSet(file=with_our_google(request.proto_file, requested))
    return build_from_set(compiled, requested, options)


def _parameters(text: str) -> dict[str, str]:
    """`name=value,name=value`; a name without value is an error."""
    found: dict[str, str] = {}
    for part in filter(None, text.split(",")):
        name, equals, value = part.partition("=")
        if name not in _PARAMETERS:
            hint = nearest(name, _PARAMETERS)
            raise failure(f"unknown plugin parameter {name!r}", hint=hint)
        if not equals:
            raise failure(f"the plugin parameter {name!r} takes a value: {name}=…")
        found[name] = value
    return found


def _refuse_partial(request: CodeGeneratorRequest) -> None:
    """Refuse to generate a part of a package, for its tables list all of its types.

    By default buf calls a plugin once for each directory; in each call the files of the other
    directories look like imports.
    """
    requested = set(request.file_to_generate)
    imported = [
        file.name
        for file in request.proto_file
        if file.name not in requested and not file.name.startswith("google/protobuf/")
    ]
    if imported:
        raise failure(
            f"the request is partial: {imported[0]!r} is imported, but not among the files "
            "to generate",
            hint="generate all files in one call; with buf, set `strategy: all` for this "
            "plugin in buf.gen.yaml. If it is an import from elsewhere, pass the parameter "
            "imports=allowed: the output will include it",
        )
    # protoc, which gives its version, is called with the names of files; buf finds them.
    by_buf = not request.compiler_version.major
    missed = left_out(request.file_to_generate, sorted(requested)) if by_buf else None
    if missed is not None:
        raise failure(
            f"the request is partial: {missed!r} is in the same tree, but not among the files "
            "to generate",
            hint="generate all files in one call, without --path or --exclude-path. If the "
            "package is to have only these files, pass the parameter imports=allowed",
        )


def _check_names(request: CodeGeneratorRequest) -> None:
    """Refuse files that are named as no compiler names one: the output has their paths."""
    wrong = [
        name
        for name in (
            *request.file_to_generate,
            *(each.name for each in request.proto_file),
        )
        if "\\" in name or {"", ".", ".."}.intersection(name.split("/"))
    ]
    if wrong:
        raise GenerationError(
            Diagnostic(
                f"the file name {name!r} is not a path below an include directory",
                hint="name files as imports do, such as a/b.proto",
            )
            for name in wrong
        )
    for file in request.proto_file:
        deepest = max(file.name.count("/"), file.package.count("."))
        if deepest > _MAX_FOLDERS:
            raise failure(
                f"a file is {deepest} folders deep, by its name or package; "
                f"at most {_MAX_FOLDERS} are made",
                hint="use shorter paths; protoc takes no longer packages either",
            )
