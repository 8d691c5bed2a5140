"""`.proto` files to descriptors, by protoc.

The only module that runs grpc_tools. protoc is started as a process of its own because its
errors come on the file descriptor of stderr, and only there with line and column.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

from google.protobuf.descriptor_pb2 import FileDescriptorSet

from ..diagnostics import Diagnostic, GenerationError, failure
from ..ir import Location

_PLACED = re.compile(
    r"^(?P<file>[^:\s][^:]*):(?P<line>\d+):(?P<column>\d+): (?P<text>.*)"
)
_FILE_ONLY = re.compile(r"^(?P<file>[^:\s][^:]*\.proto): (?P<text>.*)")
# Not errors: warnings, also those of protoc's log, and suggestions that follow an error.
_NO_ERROR = re.compile(
    r": warning: |: Suggested field numbers|^WARNING: |^[IW]\d{4} \d\d:"
)

# What to do about protoc's complaints, by a phrase each of them contains.
_HINTS = (
    (
        "File not found",
        "check the import's spelling, or add the directory that holds it with -I",
    ),
    ("listed twice", "leave one of the two out"),
    (
        "was not found or had errors",
        "check the import's spelling, or add the directory that holds it with -I",
    ),
    ("recursively imports itself", "move what both files share into a third one"),
    ("has already been used", "give one of the fields another number"),
    ("uses reserved number", "use a number outside the message's reserved ranges"),
    ("uses reserved range", "use a number outside the message's reserved ranges"),
    ("is reserved", "use a name that the message does not reserve"),
    ("is not defined", "check the type's spelling and that its file is imported"),
    ("seems to be defined in", "import that file"),
    ("is already defined", "rename one of the two"),
    ("Value must be", "give the option a value of its type"),
    ("Option", "check the option's spelling and that its file is imported"),
    ("Expected", "the text before this place is incomplete or misspelled"),
    ("Unmatched", "there is one bracket too many"),
    ("end of input", "a bracket is opened but not closed"),
    ("Multiline strings", "close the quote on the line that opens it"),
    ("end of string", "close the quote on the line that opens it"),
    ("not allowed in proto3", "leave it out, or write the file in proto2"),
    ("syntax identifier", 'begin the file with syntax = "proto3";'),
    ("Key in map fields", "use an integer type, bool or string"),
    ("Integer out of range", "use a number that its type can hold"),
    ("Field numbers", "use a number from 1 to 536870911"),
    ("does not declare", "add the number to the message's `extensions`"),
    ("overlaps with", "put each number into one range only"),
    ("must be zero", "put a value with the number 0 first"),
    ("same enum value", "give one of the two another number"),
    ("has no value named", "check the value's spelling"),
    ("is not a message type", "methods take and return messages"),
    ("JSON name", "rename one of the two, or give it a json_name"),
    (
        "does not reside within any path",
        "name files relative to a directory given with -I",
    ),
    ("Could not make proto path relative", "check the file's name"),
    ("Missing field number", "give each field a number: string name = 1;"),
    ("Enum value in map", "put a value with the number 0 first"),
    ("is not an open enum", "use an enum of a proto3 file, whose first value is 0"),
    ("Implicit presence enum", "make the field optional, or the enum open"),
    ("Extension range end", "end the range at its first number or a higher one"),
    ("non ascii codepoint", "names and keywords are ASCII; put other text into quotes"),
    ("MessageSet is not supported", "write the file in proto2"),
    ("Multiple package", "keep only one `package` in the file"),
)
_ANY_HINT = "correct this place; https://protobuf.dev/reference/ describes the language"
# An import that is missing or has errors, and what protoc therefore says about its types.
_IMPORT = re.compile(r'Import "(?P<file>.+)" was not found or had errors')
_FOLLOWS = ("is not defined", "seems to be defined in", " unknown. Ensure that")


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
    _require_compiler()
    with tempfile.TemporaryDirectory(prefix="lkproto-") as scratch:
        out = Path(scratch, "set.fds")
        done = _protoc(include, files, out, retain_options)
        if done.returncode == 0:
            return FileDescriptorSet.FromString(out.read_bytes())
        found = _all_diagnostics(done.stderr, include, files, out)
        raise GenerationError(_causes(found))


def _all_diagnostics(
    text: str, include: Sequence[Path], files: Sequence[str], out: Path
) -> list[Diagnostic]:
    """Every mistake in the files: protoc stops at the first file that has one.

    So it is started again without the files that are known to be broken, while that helps.
    """
    found = list(_diagnostics(text, include)) or [Diagnostic(text.strip())]
    rest = list(files)
    while True:
        broken = {each.location.file for each in found if each.location}
        left = [file for file in rest if file not in broken]
        if not left or len(left) == len(rest):
            return found
        rest = left
        found += _diagnostics(_protoc(include, rest, out).stderr, include)


def _causes(found: Sequence[Diagnostic]) -> list[Diagnostic]:
    """The mistakes, without those that only follow from one in an imported file.

    A missing file is reported where it is imported; a file with errors is reported itself.
    """
    missing = {_file(each) for each in found if "File not found" in each.message}
    imports = [
        (each, match[1]) for each in found if (match := _IMPORT.search(str(each)))
    ]
    follow = {each for each, file in imports if file not in missing}
    reported = missing.intersection(file for _, file in imports)
    broken = {_file(each) for each, _ in imports}
    for each in found:
        unknown = any(phrase in each.message for phrase in _FOLLOWS)
        if _file(each) in reported or (unknown and _file(each) in broken):
            follow.add(each)
    return [each for each in found if each not in follow] or list(found)


def _file(problem: Diagnostic) -> str | None:
    return problem.location.file if problem.location else None


def find_protos(root: Path) -> list[str]:
    """The .proto files below a directory: relative names with forward slashes, sorted."""
    found = (path for path in root.rglob("*.proto") if path.is_file())
    return sorted(path.relative_to(root).as_posix() for path in found)


@cache
def protoc_version() -> str:
    """The version of protoc, by the distribution that carries it."""
    try:
        return f"grpcio-tools {version('grpcio-tools')}"
    except PackageNotFoundError:
        return "none"


@cache
def compiler_version() -> str:
    """The version that protoc gives for itself, without its name."""
    _require_compiler()
    command = [sys.executable, "-m", "grpc_tools.protoc", "--version"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return done.stdout.split()[-1]


def bundled_google_files() -> frozenset[str]:
    """The google/protobuf/*.proto files that come with the compiler."""
    found = find_spec("grpc_tools")
    places = found.submodule_search_locations if found else None
    if not places:
        return frozenset()
    root = Path(places[0], "_proto")
    return frozenset(find_protos(root))


def _require_compiler() -> None:
    if find_spec("grpc_tools") is None:
        raise failure(
            "the protobuf compiler is not installed",
            hint="pip install 'lkproto[codegen]'",
        )


def _protoc(
    include: Sequence[Path],
    files: Sequence[str],
    out: Path,
    retain_options: bool = False,
) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "grpc_tools.protoc"]
    command += [f"-I{path}" for path in include]
    command += ["--include_imports", "--include_source_info"]
    command += ["--retain_options"] if retain_options else []
    command += [f"--descriptor_set_out={out}", *files]
    return subprocess.run(
        command, capture_output=True, text=True, errors="replace", check=False
    )


def _diagnostics(text: str, include: Sequence[Path]) -> Iterator[Diagnostic]:
    for line in text.splitlines():
        if line.strip() and not _NO_ERROR.search(line):
            yield _diagnostic(line, include)


def _diagnostic(line: str, include: Sequence[Path]) -> Diagnostic:
    place: Location | None = None
    text = line
    if found := _PLACED.match(line):
        row, column = int(found["line"]), int(found["column"])
        place = Location(_relative(found["file"], include), row, column)
        text = found["text"]
    elif found := _FILE_ONLY.match(line):
        place = Location(_relative(found["file"], include), 1, 1)
        text = found["text"]
    text = text.removeprefix("error: ")
    hint = next((hint for phrase, hint in _HINTS if phrase in text), _ANY_HINT)
    return Diagnostic(text, place, hint)


def _relative(file: str, include: Sequence[Path]) -> str:
    """A file as the user names it: relative to the include directory it is in."""
    for path in include:
        if Path(file).is_relative_to(path):
            return Path(file).relative_to(path).as_posix()
    return file
