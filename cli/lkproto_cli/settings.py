"""Options that subcommands share, and how they override the configuration."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import replace
from pathlib import Path
from typing import Any

from lkproto_codegen.options import Options, find_config, read_config

from .main import Parser


def tree_parser(command: str, description: str) -> Parser:
    """A parser with the arguments that say which tree is meant."""
    parser = Parser(
        prog=f"lkproto {command}", description=description, allow_abbrev=False
    )
    parser.add_argument(
        "files", nargs="*", help="files relative to an include directory (default: all)"
    )
    parser.add_argument(
        "-I",
        dest="protos",
        action="append",
        type=Path,
        metavar="DIR",
        help="include directory; the first is the tree (repeatable)",
    )
    parser.add_argument("--out", type=Path, metavar="DIR", help="the package's folder")
    parser.add_argument(
        "--config",
        type=Path,
        metavar="FILE",
        help="a pyproject.toml (default: nearest)",
    )
    parser.add_argument("--redact", metavar="OPTION", help="marks sensitive fields")
    parser.add_argument("--redact-format", metavar="OPTION", help="text shown instead")
    parser.add_argument(
        "--unset", metavar="OPTION", help="gives optional bools getters"
    )
    parser.add_argument(
        "--include",
        action="append",
        type=Path,
        metavar="DIR",
        help="modules to copy into the package (repeatable)",
    )
    parser.add_argument("--schema-version", metavar="TEXT", help="SCHEMA_VERSION")
    parser.add_argument(
        "--templates", type=Path, metavar="DIR", help="templates that override ours"
    )
    parser.add_argument("--json", action="store_true", help="print JSON for machines")
    return parser


def options_from(arguments: Namespace) -> Options:
    """The options of a run: the configuration, then what the command line says.

    Raises GenerationError.
    """
    config = arguments.config or find_config(Path.cwd())
    options = read_config(config) if config else Options()
    changes: dict[str, Any] = {
        name: tuple(value) if name in ("protos", "files", "include") else value
        for name in (
            "protos",
            "files",
            "out",
            "redact",
            "redact_format",
            "unset",
            "include",
            "schema_version",
            "templates",
        )
        if (value := getattr(arguments, name))
    }
    return replace(options, **changes)
