"""`python -m mutants run|list|show|page`: plant faults in our code, and see the suite fail them."""

from __future__ import annotations

import argparse
import ast
import difflib
import gc
import sys
from collections.abc import Mapping, Sequence
from functools import partial
from importlib import import_module

from lkproto_conformance.vectors import VectorError, load, vectors_folder

from .cases import all_cases
from .judge import Outcome, judged
from .laws import Trial, trials
from .page import update
from .pool import Lost, WorkerError, in_workers
from .population import Source, chosen, matching, population, sources
from .reach import Reach, measure
from .report import (
    Judged,
    ListError,
    Survivor,
    annotated,
    document,
    read_result,
    read_survivors,
    renewed,
    stale,
    unlisted,
    unmatched,
    write,
)
from .sites import Mutant, mutated
from .testees import TESTEE

MUTANT_SECONDS = 900.0


def main(given: Sequence[str] | None = None) -> int:
    """Run a command. Returns 0, 1 for survivors or a stale list, 2 for a mistake."""
    arguments = _parser().parse_args(given)
    try:
        code: int = arguments.execute(arguments)
    except (ListError, VectorError, WorkerError) as error:
        print(f"mutants: {error}", file=sys.stderr)
        return 2
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="mutants", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    run = commands.add_parser("run", help="judge mutants of the population")
    run.add_argument("--seed", help="with --count: what chooses the sample")
    run.add_argument("--count", type=_positive, help="judge only so many, by the seed")
    run.add_argument(
        "--vectors-only", action="store_true", help="do not try the property suites"
    )
    run.add_argument("--jobs", type=_positive, default=2, help="workers at a time")
    run.add_argument(
        "--survivors", action="store_true", help="only those of result.json, again"
    )
    run.add_argument("--write", action="store_true", help="write result.json")
    run.set_defaults(execute=_run)
    listing = commands.add_parser("list", help="the ids of the population")
    listing.set_defaults(execute=_list)
    show = commands.add_parser("show", help="the change of a mutant, as a difference")
    show.add_argument("id")
    show.set_defaults(execute=_show)
    page = commands.add_parser(
        "page", help="write the reasons into the result, and it into the documentation"
    )
    page.set_defaults(execute=_page)
    for each in (run, listing):
        each.add_argument("--module", default="*", help="only ids like this pattern")
        each.add_argument(
            "--everywhere", action="store_true", help="all mutants, not the population"
        )
    return parser


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is not at least 1")
    return number


def _selected(given: Sequence[Source], arguments: argparse.Namespace) -> list[Mutant]:
    found = (
        [each for source in given for each in source.mutants]
        if arguments.everywhere
        else population(given)
    )
    selected = matching(found, arguments.module)
    if not selected:
        raise ListError(f"no mutant is called {arguments.module}; see `mutants list`")
    return selected


def _list(arguments: argparse.Namespace) -> int:
    for mutant in _selected(sources(), arguments):
        print(f"{mutant.id}  {mutant.was} => {mutant.becomes}")
    return 0


def _show(arguments: argparse.Namespace) -> int:
    for source in sources():
        for mutant in source.mutants:
            if mutant.id == arguments.id:
                before = ast.unparse(source.tree).splitlines()
                after = ast.unparse(mutated(source.tree, mutant)).splitlines()
                name = source.module.path
                lines = difflib.unified_diff(before, after, name, name, lineterm="")
                print("\n".join(lines))
                return 0
    raise ListError(f"no mutant is called {arguments.id}; see `mutants list`")


def _page(_: argparse.Namespace) -> int:
    write(annotated(read_result(), read_survivors()))
    update()
    return 0


def _run(arguments: argparse.Namespace) -> int:
    if (arguments.seed is None) is not (arguments.count is None):
        raise ListError("--seed and --count go together")
    given = sources()
    mutants = _selected(given, arguments)
    whole = not (arguments.count or arguments.everywhere or arguments.module != "*")
    if arguments.write and not whole:
        raise ListError("--write goes with the whole population")
    before = read_result() if arguments.survivors else None
    if before is not None:
        again = {each["id"] for each in before["survivors"]}
        mutants = [each for each in mutants if each.id in again]
    elif arguments.count is not None:
        mutants = chosen(mutants, arguments.seed, arguments.count)
    listed = read_survivors()
    results = _judged(given, mutants, listed, arguments)
    if arguments.write:
        found = document(results, listed)
        write(found if before is None else renewed(before, found))
    lost = unmatched(mutants, listed) if whole and before is None else []
    return _reported(results, unlisted(results, listed), stale(results, listed), lost)


def _judged(
    given: Sequence[Source],
    mutants: list[Mutant],
    listed: Mapping[str, Survivor],
    arguments: argparse.Namespace,
) -> Judged:
    jobs: int = arguments.jobs
    import_module(TESTEE)  # once, for all workers
    cases = list(all_cases(load(vectors_folder()).vectors))
    reach = measure([source.module for source in given], cases, jobs)
    for line in reach.failed:
        print(f"fails as it is: {line}", file=sys.stderr)
    if reach.failed:
        raise WorkerError("our code fails the suite as it is; mutants prove nothing")
    gc.collect()
    gc.freeze()  # what workers never change they need not copy
    by_path = {source.module.path: source for source in given}
    aside = frozenset(name for name, each in listed.items() if not each.is_gap)
    laws = [] if arguments.vectors_only else trials()
    work = partial(_outcome, by_path, reach, laws, aside)
    results: dict[str, Outcome] = {}
    done = in_workers(mutants, work, jobs=jobs, seconds=MUTANT_SECONDS)
    for mutant, outcome in done:
        lost = Outcome("time", "", f"no end within {MUTANT_SECONDS:.0f} s")
        end = results[mutant.id] = lost if isinstance(outcome, Lost) else outcome
        if not end.killed:
            reached = f"{end.reached} cases reach it"
            change = f"{mutant.was} => {mutant.becomes}"
            print(f"survives: {mutant.id}  {change}  ({reached})", flush=True)
    return [(mutant, results[mutant.id]) for mutant in mutants]


def _outcome(
    by_path: dict[str, Source],
    reach: Reach,
    laws: list[Trial],
    aside: frozenset[str],
    mutant: Mutant,
) -> Outcome:
    """The outcome of a mutant; of one that is set aside, laws are not tried."""
    tried = [] if mutant.id in aside else laws
    return judged(by_path[mutant.path], mutant, reach, tried)


def _reported(
    results: Judged, new: list[Mutant], killed: list[Mutant], lost: list[str]
) -> int:
    for mutant in new:
        print(f"not in survivors.toml: {mutant.id}")
    for mutant in killed:
        print(f"in survivors.toml, but killed: {mutant.id}; remove it")
    for name in lost:
        print(f"in survivors.toml, but not in the population: {name}; remove it")
    total = sum(end.killed for _, end in results)
    print(f"{total} of {len(results)} killed ({100 * total / len(results):.1f} %)")
    return 1 if new or killed or lost else 0


if __name__ == "__main__":
    sys.exit(main())
