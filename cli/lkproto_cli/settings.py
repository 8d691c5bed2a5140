"""Options that subcommands share, and how they override the configuration."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import replace
from pathlib import Path
from typing import Any

from lkproto_codegen.diagnostics import failure
from lkproto_codegen.options import (
    STUBS,
    Options,
    find_config,
    read_config,
    stubs_named,
)

from .main import Parser

_LISTS = ("protos", "files", "exclude", "include")


def tree_parser(
    command: str,
    description: str,
    *,
    output: bool = False,
    roles: bool = False,
    as_json: bool = False,
) -> Parser:
    """A parser with the arguments that name the tree.

    Commands that use them get more: about the package that is written (`output`), about options
    that have a role (`roles`), and `--json`.
    """
    parser = Parser(
        prog=f"lkproto {command}", description=description, allow_abbrev=False
    )
    parser.add_argument(
        "files",
        nargs="*",
        help="files, folders and patterns, from an include directory or from here "
        "(default: all)",
    )
    parser.add_argument(
        "--exclude",
        action="append",
        metavar="PATTERN",
        help="files and folders of the tree to leave out (repeatable)",
    )
    add_tree(
        parser,
        "include directory; the first is the tree (repeatable; default: protobufs)",
    )
    parser.add_argument(
        "--services",
        type=Path,
        metavar="FILE",
        help="the TOML file with the transports of services",
    )
    if output:
        _add_output(parser)
    if roles:
        _add_roles(parser)
    if as_json:
        parser.add_argument(
            "--json", action="store_true", help="print JSON, for programs"
        )
    return parser


def add_tree(parser: Parser, about_include: str) -> None:
    """Add the arguments that say where the .proto files and the settings are."""
    parser.add_argument(
        "-I",
        dest="protos",
        action="append",
        type=Path,
        metavar="DIR",
        help=about_include,
    )
    parser.add_argument(
        "--proto_path",
        dest="protos",
        action="append",
        type=Path,
        metavar="DIR",
        help="the same as -I",
    )
    parser.add_argument(
        "--config",
        type=Path,
        metavar="FILE",
        help="a pyproject.toml (default: the nearest with [tool.lkproto])",
    )


def _add_output(parser: Parser) -> None:
    parser.add_argument(
        "--out",
        type=Path,
        metavar="DIR",
        help="folder of the generated package (default: generated)",
    )
    parser.add_argument(
        "-o", dest="out", type=Path, metavar="DIR", help="the same as --out"
    )
    parser.add_argument(
        "--include",
        action="append",
        type=Path,
        metavar="DIR",
        help="folder of modules to copy into the package (repeatable)",
    )
    parser.add_argument(
        "--schema-version",
        metavar="TEXT",
        help="version of the schema, for SCHEMA_VERSION of the package",
    )
    parser.add_argument(
        "--twirp",
        action="append",
        choices=[*STUBS, "none"],
        metavar="KIND",
        help="what to make of Twirp services: client, async, server, or none of it "
        "(repeatable; default: all three)",
    )
    parser.add_argument(
        "--templates",
        type=Path,
        metavar="DIR",
        help="folder of templates that replace ours of the same name",
    )


def _add_roles(parser: Parser) -> None:
    parser.add_argument(
        "--redact", metavar="OPTION", help="field option that marks sensitive fields"
    )
    parser.add_argument(
        "--redact-format",
        metavar="OPTION",
        help="field option with the text to show instead of a sensitive value",
    )
    parser.add_argument(
        "--redact-field",
        dest="redact_fields",
        action="append",
        metavar="FIELD",
        help="full name of a sensitive field that the schema does not mark (repeatable)",
    )
    parser.add_argument(
        "--unset",
        metavar="OPTION",
        help="field option that says what an optional bool means while it is not set",
    )
    parser.add_argument(
        "--grants",
        metavar="OPTION",
        help="field option that says what a field gives a right to",
    )
    parser.add_argument(
        "--limited-by",
        metavar="OPTION",
        help="field option that says which field limits a right",
    )


def options_from(arguments: Namespace) -> Options:
    """The options of a run: the configuration, then what the command line says.

    Raises GenerationError.
    """
    config = arguments.config or find_config(Path.cwd())
    options = read_config(config) if config else Options()
    own = arguments.config or getattr(arguments, "templates", None)
    if config and options.templates and not own and config.parent != Path.cwd():
        raise failure(
            f"{config}, above the working directory, names templates, which run code",
            hint=f"if they are yours, add --config {config}",
        )
    changes: dict[str, Any] = {
        name: tuple(value) if value.__class__ is list else value
        for name in (
            "protos",
            "files",
            "exclude",
            "out",
            "redact",
            "redact_format",
            "redact_fields",
            "unset",
            "grants",
            "limited_by",
            "services",
            "include",
            "schema_version",
            "templates",
        )
        if (value := getattr(arguments, name, None))
    }
    if words := getattr(arguments, "twirp", None):
        changes["twirp"] = tuple(stubs_named(words))
    return replace(options, **changes)
