"""`python -m vectorgen --testee CONNECTOR`: write the vectors, or with `--check` compare."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from lkproto_conformance.connect import StartError, connect
from lkproto_conformance.vectors import canonical

from . import MODULES, documents, google_runtime
from .documents import ExecutionError

FOLDER = Path(__file__).parents[1] / "vectors"


def main() -> int:
    """Generate. Returns the exit code: 1 if a checked file differs, 3 without a reference."""
    parser = argparse.ArgumentParser(prog="vectorgen", description=__doc__)
    parser.add_argument("--testee", required=True, help="the reference, as a connector")
    parser.add_argument("--check", action="store_true", help="write nothing, compare")
    arguments = parser.parse_args()
    try:
        texts = generate(arguments.testee)
    except (StartError, ExecutionError) as error:
        print(f"vectorgen: {error}", file=sys.stderr)
        return 3
    if arguments.check:
        return compare(texts)
    FOLDER.mkdir(exist_ok=True)
    for name, text in texts.items():
        (FOLDER / name).write_text(text, "utf-8")
    return 0


def generate(connector: str) -> dict[str, str]:
    """The vector files, by name. Raises StartError and ExecutionError."""
    reference = connect(connector)
    reference.start()
    other = (google_runtime.ORACLE, google_runtime.connection())
    made: dict[str, dict[str, Any]] = {}
    try:
        for area in (each for module in MODULES for each in module.areas()):
            document = documents.document(area, reference, other)
            made[area.op] = documents.joined(made.get(area.op), document)
    finally:
        reference.stop()
    return {f"{op}.json": canonical(document) for op, document in made.items()}


def compare(texts: dict[str, str]) -> int:
    """Print which files differ from what is generated. Returns the exit code."""
    there = {path.name: path.read_text("utf-8") for path in FOLDER.glob("*.json")}
    different = sorted(
        name
        for name in texts.keys() | there.keys()
        if texts.get(name) != there.get(name)
    )
    for name in different:
        print(f"vectorgen: {name} is not what it generates; run the session `vectors`")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
