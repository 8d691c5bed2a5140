"""How large our modules are: `python -m tests.house.report`."""

from __future__ import annotations

from statistics import median

from .tree import ROOT, python

LIMIT = 600
_NOT_OURS = ("generated/", "tests/golden/expected/")


def sizes() -> dict[str, int]:
    """Lines of each module people edit, largest first."""
    found = {
        path: len((ROOT / path).read_text("utf-8").splitlines())
        for path in python("")
        if not path.startswith(_NOT_OURS)
    }
    return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))


def main() -> None:
    """Print the median and the ten largest."""
    found = sizes()
    print(f"{len(found)} modules, median {median(found.values()):.0f} lines")
    for path, lines in list(found.items())[:10]:
        print(f"{lines:5} {path}")


if __name__ == "__main__":
    main()
