"""`.proto` files to descriptors, by protoc."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from google.protobuf.descriptor_pb2 import FileDescriptorSet

from ..diagnostics import Diagnostic, GenerationError, failure
from .complaints import mistakes
from .discover import nearest_file
from .protoc import bundled_google_files, installed, run_protoc


def compile_protos(
    include: Sequence[Path], files: Sequence[str], *, retain_options: bool = False
) -> FileDescriptorSet:
    """Compile files, named relative to an include directory, with all they import.

    The set is in dependency order and carries source info; with `retain_options`, also the
    options that are declared to be kept in source only. Raises GenerationError with every error
    protoc finds.
    """
    if not files:
        raise failure(
            "there are no .proto files to compile",
            hint=f"looked in {', '.join(map(str, include)) or 'no directory'}",
        )
    installed()  # or else it raises
    wanted = list(dict.fromkeys(files))
    _check_presence(include, wanted)
    done = run_protoc(include, wanted, retain_options)
    if done.compiled is None:
        raise GenerationError(mistakes(done.errors, done.roots, include))
    return done.compiled


def _check_presence(include: Sequence[Path], files: Sequence[str]) -> None:
    bundled = bundled_google_files()
    missing = [
        file
        for file in files
        if file not in bundled and not any((root / file).is_file() for root in include)
    ]
    if missing:
        places = ", ".join(map(str, include)) or "google's own files"
        raise GenerationError(
            Diagnostic(
                f"there is no file {file} in {places}",
                hint=nearest_file(file, include) or "check the file's name",
            )
            for file in missing
        )
