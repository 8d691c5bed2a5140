"""`lkproto list`: what a tree contains."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from lkproto_codegen.diagnostics import in_line

from .settings import options_from, tree_parser


def run(words: Sequence[str]) -> int:
    """Run the subcommand; returns its exit code."""
    parser = tree_parser("list", "List what a .proto tree contains.", as_json=True)
    arguments = parser.read(words)
    from lkproto_codegen.pipeline import lowered

    schema = lowered(options_from(arguments))
    files = [_file(each) for each in schema.files if each.requested]
    if arguments.json:
        print(json.dumps({"files": files}, indent=2))
        return 0
    for file in files:
        print(f"{in_line(file['path'])} (package {file['package'] or '-'})")
        for kind in ("messages", "enums"):
            for name in file[kind]:
                print(f"  {kind[:-1]} {name}")
        for service in file["services"]:
            count = _counted(len(service["methods"]), "methods")
            print(f"  service {service['name']} ({service['transport']}, {count})")
    totals = {
        kind: sum(len(file[kind]) for file in files)
        for kind in ("messages", "enums", "services")
    }
    text = ", ".join(_counted(count, kind) for kind, count in totals.items())
    print(f"{_counted(len(files), 'files')}: {text}")
    return 0


def _counted(count: int, kind: str) -> str:
    return f"{count} {kind[:-1] if count == 1 else kind}"


def _file(file: Any) -> dict[str, Any]:
    messages = list(_messages(file.messages))
    enums = [each.full_name for each in file.enums]
    enums += [enum.full_name for message in messages for enum in message.enums]
    return {
        "path": file.path,
        "package": file.package,
        "messages": [message.full_name for message in messages],
        "enums": enums,
        "services": [_service(each) for each in file.services],
    }


def _service(service: Any) -> dict[str, Any]:
    return {
        "name": service.full_name,
        "transport": service.transport,
        "methods": [
            {
                "name": method.name,
                "input": method.input,
                "output": method.output,
                "client_streaming": method.client_streaming,
                "server_streaming": method.server_streaming,
            }
            for method in service.methods
        ],
    }


def _messages(messages: Any) -> Iterator[Any]:
    for message in messages:
        yield message
        yield from _messages(message.messages)
