"""`lkproto webhook dead-letters`: lists, shows, replays and deletes what was given up."""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from lkproto.webhook.stores import DeadLetter, RedisStore, SQLiteStore, StoreError

from .main import Parser
from .output import complain, json_line, printable
from .token_input import secret_line
from .usage import UsageError
from .webhook_text import date, shown_url

_ENVIRONMENT = "LKPROTO_WEBHOOK_STORE"
_SQLITE = "sqlite:"
_REDIS = ("redis://", "rediss://", "unix://")
_PAGE = 1000

DurableStore = SQLiteStore | RedisStore


def run(words: Sequence[str]) -> int:
    """Run an action on dead letters; returns its exit code."""
    actions: dict[str, Callable[[Sequence[str]], int]] = {
        "list": _list,
        "show": _show,
        "replay": _replay,
        "forget": _forget,
    }
    parser = Parser(
        prog="lkproto webhook dead-letters",
        description="Deliveries that were given up; see lkproto webhook dead-letters "
        "list --help and so on.",
        allow_abbrev=False,
    )
    parser.add_argument("action", choices=actions, help="what to do")
    action = parser.read(words[:1]).action
    try:
        return actions[action](words[1:])
    except StoreError as error:
        raise UsageError(str(error)) from None


def _list(words: Sequence[str]) -> int:
    """Print a page of dead letters."""
    parser = _parser("list", "List dead letters, oldest first, without their bodies.")
    parser.add_argument(
        "--after",
        type=int,
        default=0,
        metavar="SEQ",
        help="those after this one; how a page is followed by the next (default: 0)",
    )
    parser.add_argument(
        "--limit",
        type=int,
        default=100,
        metavar="NUMBER",
        help="how many (default: 100)",
    )
    parser.add_argument(
        "--json", action="store_true", help="print JSON, one object a line"
    )
    arguments = parser.read(words)
    if arguments.limit < 1:
        raise UsageError("--limit takes a number, at least 1")
    with closing(_store(arguments)) as store:
        found = store.dead_letters(arguments.after, arguments.limit + 1)
    letters = found[: arguments.limit]
    for each in letters:
        print(json_line(_record(each)) if arguments.json else _words(each))
    if len(found) > len(letters):
        complain(f"there are more: --after {letters[-1].seq}")
    elif not letters:
        complain("there are no dead letters" + (" after it" if arguments.after else ""))
    return 0


def _show(words: Sequence[str]) -> int:
    """Print the body of a dead letter: on a terminal escaped, otherwise byte for byte."""
    parser = _parser("show", "Print the body of a dead letter, byte for byte.")
    parser.add_argument("seq", type=int, metavar="SEQ", help="its number in the list")
    arguments = parser.read(words)
    with closing(_store(arguments)) as store:
        found = store.dead_letters(arguments.seq - 1, 1)
    if not found or found[0].seq != arguments.seq:
        raise UsageError(f"there is no dead letter {arguments.seq}")
    body = found[0].delivery.body
    if sys.stdout.isatty():
        print(printable(body.decode("utf-8", "backslashreplace")))
    else:
        sys.stdout.flush()
        sys.stdout.buffer.write(body)
    return 0


def _replay(words: Sequence[str]) -> int:
    """Queue dead letters again; exit code 1 if some are not there."""
    does = (
        "Queue dead letters again, with no attempt counted; a notifier with this store "
        "sends them."
    )
    return _change(words, "replay", does, "queued again")


def _forget(words: Sequence[str]) -> int:
    """Delete dead letters; exit code 1 if some are not there."""
    return _change(words, "forget", "Delete dead letters for ever.", "deleted")


def _change(words: Sequence[str], action: str, does: str, done: str) -> int:
    """Have the store do something with dead letters, page by page."""
    parser = _parser(action, f"{does} Exit code 1: some are not there.")
    parser.add_argument(
        "seqs", nargs="*", type=int, metavar="SEQ", help="their numbers in the list"
    )
    parser.add_argument(
        "--all", action="store_true", help=f"{action} all there are now"
    )
    arguments = parser.read(words)
    if bool(arguments.seqs) == arguments.all:
        raise UsageError("give the numbers of dead letters, or --all")
    with closing(_store(arguments)) as store:
        change = store.replay if action == "replay" else store.forget
        given = list(_all(store)) if arguments.all else sorted(set(arguments.seqs))
        count = 0
        try:
            for at in range(0, len(given), _PAGE):
                count += change(*given[at : at + _PAGE])
        finally:
            print(f"{count} {done}")
    if count < len(given):
        complain(f"{len(given) - count} of {len(given)} are not there")
        return 1
    return 0


def _all(store: DurableStore) -> Iterator[int]:
    """The numbers of all dead letters; what is replayed meanwhile and fails has a new one."""
    last = 0
    while found := store.dead_letters(last, _PAGE):
        yield from (each.seq for each in found)
        last = found[-1].seq


def _parser(action: str, description: str) -> Parser:
    parser = Parser(
        prog=f"lkproto webhook dead-letters {action}",
        description=description,
        allow_abbrev=False,
    )
    where = parser.add_mutually_exclusive_group()
    where.add_argument(
        "--store",
        metavar="STORE",
        help=f"sqlite:PATH or redis://HOST:PORT/DATABASE (default: {_ENVIRONMENT})",
    )
    where.add_argument(
        "--store-file",
        type=Path,
        metavar="FILE",
        help="file with the same, for an address with a password",
    )
    parser.add_argument(
        "--name",
        default="webhooks",
        help="name of a store in Redis (default: webhooks)",
    )
    return parser


def _store(arguments: Namespace) -> DurableStore:
    """The store of a run. Raises UsageError, StoreError, InvalidArgumentError, OSError."""
    if arguments.store_file:
        where = secret_line(arguments.store_file)
    else:
        where = arguments.store or os.environ.get(_ENVIRONMENT, "")
    if where.startswith(_SQLITE):
        return _sqlite(where.removeprefix(_SQLITE))
    if where.startswith(_REDIS):
        return _redis(where, arguments.name)
    # What it says is not repeated: it may have a password in it.
    said = "this is not a store" if where else "a store is needed"
    raise UsageError(
        f"{said}\n  hint: use --store sqlite:PATH or --store redis://HOST:PORT/DATABASE; "
        f"with a password, --store-file or {_ENVIRONMENT}"
    )


def _sqlite(path: str) -> SQLiteStore:
    """The store in a file, which is never made here. Raises UsageError, StoreError, OSError."""
    file = Path(path)
    if not file.is_file():
        raise UsageError(f"{path}: there is no such file\n  hint: see --store")
    if not file.stat().st_size:
        raise UsageError(
            f"{path}: the file is empty, and not a store\n  hint: see --store"
        )
    return SQLiteStore(file)


def _redis(url: str, name: str) -> RedisStore:
    try:
        return RedisStore(url, name)
    except ImportError:
        raise UsageError(
            "a store in Redis needs a client\n  hint: pip install 'lkproto[redis]'"
        ) from None


def _words(letter: DeadLetter) -> str:
    """A dead letter on one line."""
    event = letter.delivery
    parts = (
        f"{letter.seq:>6}",
        date(letter.died_at),
        f"{printable(event.event):18}",
        printable(event.event_id),
        shown_url(event.endpoint),
        f"{printable(letter.reason)}: {printable(letter.error)}",
    )
    return "  ".join(parts)


def _record(letter: DeadLetter) -> dict[str, Any]:
    """A dead letter as JSON, without its body, and what is secret in its URL."""
    delivery = letter.delivery
    return {
        "seq": letter.seq,
        "event": delivery.event,
        "event_id": delivery.event_id,
        "key": delivery.key,
        "api_key": delivery.api_key,
        "endpoint": shown_url(delivery.endpoint),
        "queued_at": delivery.queued_at,
        "died_at": letter.died_at,
        "attempts": letter.attempts,
        "reason": letter.reason,
        "error": letter.error,
    }
