"""A plan to text: one function per template."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, StrictUndefined
from jinja2.exceptions import TemplateError

from .diagnostics import failure
from .literal import docstring, literal
from .plan_types import DescriptorPlan, ModulePlan, PackagePlan, Plan, TypesPlan


def render(plan: Plan, template_dirs: Sequence[Path]) -> dict[str, str]:
    """The text files of a package by relative path.

    A template is taken from the first directory that has it, so users override single ones.
    Raises GenerationError for a template that does not render.
    """
    environment = _environment(template_dirs)
    try:
        files = {"__init__.py": root_init(environment, plan.root, plan.schema_version)}
        files["_types.py"] = types_module(environment, plan.types)
        files[".gitattributes"] = gitattributes(environment)
        for module in plan.modules:
            files[module.path] = message_module(environment, module)
        for package in plan.packages:
            files[package.path] = package_init(environment, package)
        for descriptor in plan.descriptors:
            files[descriptor.path] = descriptor_module(environment, descriptor)
            for path in _package_folders(descriptor.path):
                files.setdefault(path, plain_init(environment))
    except TemplateError as error:
        raise _template_failure(error) from error
    return files


def message_module(environment: Environment, module: ModulePlan) -> str:
    """The classes of one .proto file."""
    return environment.get_template("message_module.py.j2").render(module=module)


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
    """The `__init__.py` of a directory that is no proto package."""
    return environment.get_template("plain_init.py.j2").render()


def types_module(environment: Environment, types: TypesPlan) -> str:
    """The name tables."""
    return environment.get_template("types.py.j2").render(types=types)


def descriptor_module(environment: Environment, descriptor: DescriptorPlan) -> str:
    """One file's serialized descriptor."""
    template = environment.get_template("descriptor.py.j2")
    return template.render(descriptor=descriptor)


def gitattributes(environment: Environment) -> str:
    """What git should know of generated files."""
    return environment.get_template("gitattributes.j2").render()


def _environment(template_dirs: Sequence[Path]) -> Environment:
    environment = Environment(
        loader=ChoiceLoader([FileSystemLoader(path) for path in template_dirs]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 - Python, not HTML; `literal` escapes
    )
    filters: dict[str, Any] = environment.filters
    filters |= {"literal": literal, "docstring": docstring}
    return environment


def _package_folders(path: str) -> list[str]:
    parts = path.split("/")[:-1]
    return ["/".join([*parts[: n + 1], "__init__.py"]) for n in range(len(parts))]


def _template_failure(error: TemplateError) -> Exception:
    name = getattr(error, "name", None) or getattr(error, "filename", None)
    line = getattr(error, "lineno", None)
    place = f"{name}:{line}: " if name and line else ""
    return failure(
        f"{place}a template does not render: {error.message}",
        hint="templates see only what templates/README.md lists",
    )
