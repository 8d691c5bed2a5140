"""The stages joined: the same for the command line and for the plugin."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from . import __version__, resources
from .diagnostics import failure, found_in
from .options import Options
from .read.include import included_files, runtime_parts
from .write.manifest import NAME, Manifest, digest

if TYPE_CHECKING:
    from google.protobuf.descriptor_pb2 import (
        FileDescriptorProto,
        FileDescriptorSet,
    )

    from .ir import Schema
    from .write.parts import Parts

# What is reported, step by step, what a run does.
Say = Callable[[str], None]


def _nothing(_text: str) -> None: ...


# Every output can read its own descriptors, so it needs their types.
DESCRIPTOR_PROTO = "google/protobuf/descriptor.proto"


def build(
    options: Options, parts: Parts | None = None, say: Say = _nothing
) -> dict[str, bytes]:
    """All files of the package of a proto tree, MANIFEST included, by relative path.

    `parts` has those that need not be rendered; `say` is called with each step that begins. Raises
    GenerationError.
    """
    from .read.compile import compile_protos

    files = proto_files(options)
    say(f"compiling {len(files)} .proto files")
    with found_in(options.protos):
        compiled = compile_protos(options.protos, [*files, DESCRIPTOR_PROTO])
        if any(Path(root, "google", "protobuf").is_dir() for root in options.protos):
            google = with_our_google(compiled.file, frozenset(files))
            compiled = compiled.__class__(file=google)
        return build_from_set(compiled, files, options, parts, say)


def with_our_google(
    files: Iterable[FileDescriptorProto], requested: Collection[str]
) -> list[FileDescriptorProto]:
    """Files with google's as we have them, and descriptor.proto.

    Compilers and trees bring different editions of the well-known types, and the output should
    not depend on whose are found first. Those that are to be generated are the tree's own.
    """
    from .read.compile import compile_protos
    from .read.protoc import bundled_google_files

    given = list(files)
    names = {file.name for file in given} & bundled_google_files() | {DESCRIPTOR_PROTO}
    wanted = sorted(names.difference(requested))
    ours: list[FileDescriptorProto] = []
    if wanted:
        google = compile_protos([], wanted).file
        ours += (file for file in google if file.name not in requested)
    taken = {file.name for file in ours}
    return [*ours, *(file for file in given if file.name not in taken)]


def lowered(options: Options) -> Schema:
    """The intermediate form of a proto tree. Raises GenerationError."""
    from .read.compile import compile_protos
    from .read.lower import lower
    from .read.services import with_services

    files = proto_files(options)
    with found_in(options.protos):
        schema = lower(compile_protos(options.protos, files), files, options.roles)
        return with_services(schema, options.services)


def build_from_set(
    compiled: FileDescriptorSet,
    requested: Iterable[str],
    options: Options,
    parts: Parts | None = None,
    say: Say = _nothing,
) -> dict[str, bytes]:
    """The same from a compiled set with source info, in dependency order."""
    from .plan.plan import make_plan
    from .read.lower import lower
    from .read.protoc import protoc_version
    from .read.services import with_services
    from .write.format import format_sources, formatter_version, left_alone
    from .write.paths import check_path
    from .write.render import render

    schema = lower(compiled, frozenset(requested), options.roles)
    schema = with_services(schema, options.services)
    used = parts_of_runtime(schema, options)
    exports, faces = resources.runtime_exports(used), resources.root_modules(used)
    plan = make_plan(schema, options.schema_version, exports, faces, options.twirp)
    modules = [each.path for each in plan.modules]
    modules += [each.path for each in plan.services]
    modules += [each.path for each in plan.descriptors]
    for path in (*modules, *(each.path for each in plan.packages)):
        check_path(path)  # before anything is made of it, in the plugin, too
    known = parts.known(plan) if parts else {}
    say(f"rendering {len(modules) - len(known)} of {len(modules)} modules")
    sources = render(plan, template_dirs(options), known.keys())
    say(f"formatting {len(sources)} files")
    runtime = resources.runtime_files(used)
    texts = left_alone(format_sources(sources) | runtime) | known
    texts["py.typed"] = ""
    for module in plan.modules:
        if module.proto_path == DESCRIPTOR_PROTO:
            folder = module.path.rpartition("/")[0]
            texts[f"{folder}/LICENSE"] = resources.google_license_text()
    files = {path: text.encode() for path, text in texts.items()}
    files |= included_files(options, files)
    files = dict(sorted(files.items()))
    manifest = Manifest(
        generator=f"lkproto {__version__}",
        protoc=protoc_version(),
        formatter=formatter_version(),
        files={path: digest(data) for path, data in files.items()},
    )
    return files | {NAME: manifest.to_json().encode()}


def parts_of_runtime(schema: Schema, options: Options) -> list[str]:
    """The optional parts of the runtime that modules of an output import.

    Raises GenerationError for a missing directory of `include`.
    """
    from .plan.services import has_stubs

    services = [service for file in schema.files for service in file.services]
    stubs = any(has_stubs(each, options.twirp) for each in services)
    parts = {*runtime_parts(options), *(("twirp",) if stubs else ())}
    return resources.with_needed(parts)


def proto_files(options: Options) -> list[str]:
    """The files to generate: those named, or all of the first include directory.

    Raises GenerationError where there are none, or an include directory is missing.
    """
    missing = [root for root in options.protos if not root.is_dir()]
    if missing or not options.protos:
        raise failure(
            f"there is no directory {missing[0]}" if missing else "`protos` is empty",
            hint="name the directory of your .proto files with -I, or set `protos` in "
            "[tool.lkproto] of pyproject.toml",
        )
    from .read.discover import find_protos, named_files

    if options.files:
        return named_files(options.files, options.protos, options.exclude)
    found = find_protos(options.protos[0], options.exclude)
    if not found:
        raise failure(f"there are no .proto files below {options.protos[0]}")
    return found


def template_dirs(options: Options) -> list[Path]:
    """Where templates are looked for, the user's first. Raises GenerationError."""
    own = [] if options.templates is None else [options.templates]
    if own and not own[0].is_dir():
        raise failure(f"there is no directory {own[0]} for `templates`")
    return [*own, resources.templates_dir()]
