"""A plan to text: one function per template."""

from __future__ import annotations

import traceback
from collections.abc import Collection, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, StrictUndefined
from jinja2.exceptions import TemplateError, TemplateSyntaxError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from ..diagnostics import Diagnostic, GenerationError, failure, nearest, shown
from ..ir import Location
from ..plan.types import (
    DescriptorPlan,
    IndexPlan,
    ModulePlan,
    PackagePlan,
    Plan,
    ServicesPlan,
)
from .literal import comment, docstring, literal


def render(
    plan: Plan, template_dirs: Sequence[Path], known: Collection[str] = ()
) -> dict[str, str]:
    """The text files of a package by relative path, without the modules that are `known`.

    A template is taken from the first directory that has it, so users override single ones.
    Raises GenerationError for a template that does not render.
    """
    environment = _environment(*template_dirs)
    _check_names(template_dirs)
    try:
        files = {"__init__.py": root_init(environment, plan.root, plan.schema_version)}
        files["_index.py"] = index_module(environment, plan.index)
        files[".gitattributes"] = gitattributes(environment)
        for module in plan.modules:
            if module.path not in known:
                files[module.path] = message_module(environment, module)
        for services in plan.services:
            if services.path not in known:
                files[services.path] = twirp_module(environment, services)
        for package in plan.packages:
            files[package.path] = package_init(environment, package)
        for descriptor in plan.descriptors:
            if descriptor.path not in known:
                files[descriptor.path] = descriptor_module(environment, descriptor)
            for path in _package_folders(descriptor.path):
                files.setdefault(path, plain_init(environment))
    except Exception as error:  # a template can raise anything
        raise _template_failure(error, template_dirs) from error
    return files


def _check_names(template_dirs: Sequence[Path]) -> None:
    """Refuse files that override none of our templates (in the last directory), or are not text.

    Names that begin with `_` are left to what users' templates include.
    """
    *own, ours = template_dirs
    known = sorted(path.name for path in ours.glob("*.j2"))
    problems: list[Diagnostic] = []
    for folder in own:
        for path in sorted(folder.rglob("*.j2")):
            if not path.name.startswith("_") and path.name not in known:
                hint = nearest(path.name, known)
                problems.append(
                    Diagnostic(f"{shown(path)} replaces no template", None, hint)
                )
            try:
                path.read_bytes().decode()
            except UnicodeDecodeError as error:
                line = error.object.count(b"\n", 0, error.start) + 1
                where = Location(shown(path), line, 1)
                problems.append(
                    Diagnostic(
                        f"a template is not UTF-8: {error}", where, "save it as UTF-8"
                    )
                )
    if problems:
        raise GenerationError(problems)


def message_module(environment: Environment, module: ModulePlan) -> str:
    """The classes of one .proto file."""
    return environment.get_template("message_module.py.j2").render(module=module)


def twirp_module(environment: Environment, module: ServicesPlan) -> str:
    """The services of one .proto file: their tables, and stubs of those that are Twirp's."""
    return environment.get_template("twirp_module.py.j2").render(module=module)


def root_init(environment: Environment, root: PackagePlan, version: str) -> str:
    """The lazy root of the package."""
    template = environment.get_template("root_init.py.j2")
    return template.render(package=root, schema_version=version)


def package_init(environment: Environment, package: PackagePlan) -> str:
    """The lazy `__init__.py` of a proto package, or that of a plain directory."""
    if not package.exports:
        return plain_init(environment)
    return environment.get_template("package_init.py.j2").render(package=package)


def plain_init(environment: Environment) -> str:
    """The `__init__.py` of a directory that is not a proto package."""
    return environment.get_template("plain_init.py.j2").render()


def index_module(environment: Environment, index: IndexPlan) -> str:
    """The tables of names."""
    return environment.get_template("index.py.j2").render(index=index)


def descriptor_module(environment: Environment, descriptor: DescriptorPlan) -> str:
    """One file's serialized descriptor."""
    template = environment.get_template("descriptor.py.j2")
    return template.render(descriptor=descriptor)


def gitattributes(environment: Environment) -> str:
    """What git should know about generated files."""
    return environment.get_template("gitattributes.j2").render()


def _environment(*template_dirs: Path) -> Environment:
    # Our own templates need no sandbox, which makes rendering half as slow again.
    if len(template_dirs) > 1:
        return _made(ImmutableSandboxedEnvironment, *template_dirs)
    return _ours(*template_dirs)


@cache
def _ours(templates: Path) -> Environment:
    """The environment of our templates, kept for the next run in this process.

    Compiling them takes as long as rendering a small package. One that has changed is read again.
    """
    return _made(Environment, templates)


def _made(kind: type[Environment], *template_dirs: Path) -> Environment:
    environment = kind(
        loader=ChoiceLoader([FileSystemLoader(path) for path in template_dirs]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,
    )
    filters: dict[str, Any] = environment.filters
    filters |= {"literal": literal, "docstring": docstring, "comment": comment}
    return environment


def _package_folders(path: str) -> list[str]:
    parts = path.split("/")[:-1]
    return ["/".join([*parts[: n + 1], "__init__.py"]) for n in range(len(parts))]


def _template_failure(error: Exception, template_dirs: Sequence[Path]) -> Exception:
    """What went wrong, at the innermost line of a template that had a part in it."""
    frames = traceback.extract_tb(error.__traceback__)
    places = [
        (frame.filename, frame.lineno or 1)
        for frame in frames
        if any(Path(frame.filename).is_relative_to(each) for each in template_dirs)
    ]
    if isinstance(error, TemplateSyntaxError) and error.filename:
        places.append((error.filename, error.lineno))
    if not places:
        return error
    what = str(error) if isinstance(error, TemplateError) else repr(error)
    return failure(
        f"a template does not render: {what}",
        Location(shown(Path(places[-1][0])), places[-1][1], 1),
        "templates see only what templates/README.md lists",
    )
