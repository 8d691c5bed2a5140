"""`lkproto webhook dead-letters`, with files of SQLite and a real Redis."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from uuid import uuid4

import pytest
from lkproto.webhook.stores import Delivery, RedisStore, SQLiteStore

from tests.webhook.redis_server import RedisServer, redis_server

from .conftest import COMMAND, Done, Project
from .test_webhook import error
from .webhooks import NOW, read_terminal, webhook

__all__ = ["redis_server"]

AnyStore = SQLiteStore | RedisStore
HINT = (
    "  hint: use --store sqlite:PATH or --store redis://HOST:PORT/DATABASE; with a "
    "password, --store-file or LKPROTO_WEBHOOK_STORE"
)


def fill(store: AnyStore, count: int) -> None:
    """Give up deliveries."""
    for number in range(1, count + 1):
        url = f"https://me:hunter2@example.com/hook?key=hunter2#{number}"
        body = f'{{"event":"room_\x1b[31m","id":"EV_{number}"}}'.encode()
        store.put(
            [Delivery(url, "r", f"EV_{number}", "room_\x1b[31m", "APIkey", body, NOW)]
        )
        (claim,) = store.claim("me", NOW, 30.0, 1)
        store.dead(claim, "status", "status 404, which is final")
    # A store answers in the order in which it is asked: by now the last one is in the file.
    assert store.next_due() is None


@pytest.fixture
def store(project: Project) -> Iterator[SQLiteStore]:
    """A store in the file hooks.db, with three dead letters."""
    path = project.folder / "hooks.db"
    with closing(SQLiteStore(path, clock=lambda: NOW)) as made:
        fill(made, 3)
        yield made


def letters(project: Project, *words: str, **environment: str) -> Done:
    settings = {"LKPROTO_WEBHOOK_STORE": "sqlite:hooks.db"} | environment
    return webhook(project, "dead-letters", *words, stdin=b"", **settings)


def line(number: int) -> str:
    return (
        f"{number:>6}  2027-01-15 08:00:00Z  room_\\u001b[31m     EV_{number}  "
        "https://{...}@example.com/hook?key={...}  status: status 404, which is final\n"
    )


@pytest.mark.usefixtures("store")
def test_list_prints_a_line_for_each_without_secrets(project: Project) -> None:
    expected = Done(0, line(1) + line(2) + line(3), "")

    assert letters(project, "list") == expected
    elsewhere = {"LKPROTO_WEBHOOK_STORE": ""}
    words = ("list", "--store", "sqlite:hooks.db")
    assert letters(project, *words, **elsewhere) == expected
    project.write("where", "sqlite:hooks.db\n").chmod(0o600)
    assert letters(project, "list", "--store-file", "where", **elsewhere) == expected


@pytest.mark.usefixtures("store")
def test_list_goes_page_by_page(project: Project) -> None:
    first = letters(project, "list", "--limit", "2")
    second = letters(project, "list", "--limit", "2", "--after", "2")
    third = letters(project, "list", "--after", "3")

    assert first == Done(0, line(1) + line(2), "lkproto: there are more: --after 2\n")
    assert second == Done(0, line(3), "")
    assert third == Done(0, "", "lkproto: there are no dead letters after it\n")


@pytest.mark.usefixtures("store")
def test_list_as_json_has_everything_but_bodies_and_secrets(project: Project) -> None:
    done = letters(project, "list", "--json", "--limit", "1")

    assert json.loads(done.out) == {
        "seq": 1,
        "event": "room_\x1b[31m",
        "event_id": "EV_1",
        "key": "r",
        "api_key": "APIkey",
        "endpoint": "https://{...}@example.com/hook?key={...}",
        "queued_at": NOW,
        "died_at": NOW,
        "attempts": 0,
        "reason": "status",
        "error": "status 404, which is final",
    }
    assert done.out.count("\n") == 1
    assert done.out.rstrip("\n").isprintable()


@pytest.mark.usefixtures("store")
def test_show_prints_the_body_byte_for_byte(project: Project) -> None:
    done = letters(project, "show", "2")

    assert done == Done(0, '{"event":"room_\x1b[31m","id":"EV_2"}', "")
    assert letters(project, "show", "4") == error("there is no dead letter 4")
    assert letters(project, "show", "0") == error("there is no dead letter 0")


@pytest.mark.usefixtures("store")
@pytest.mark.skipif(os.name == "nt", reason="needs a pseudo-terminal")
def test_show_escapes_what_a_terminal_obeys(project: Project) -> None:
    import pty

    ours, theirs = pty.openpty()
    words = ("webhook", "dead-letters", "show", "1", "--store", "sqlite:hooks.db")
    done = subprocess.run(
        [*COMMAND, *words],
        cwd=project.folder,
        env=project.environment({}),
        stdout=theirs,
        check=False,
    )
    os.close(theirs)
    shown = read_terminal(ours)
    os.close(ours)

    assert done.returncode == 0
    assert shown == b'{"event":"room_\\u001b[31m","id":"EV_1"}\r\n'


def test_replay_queues_letters_again(project: Project, store: SQLiteStore) -> None:
    done = letters(project, "replay", "2", "3", "2")
    again = letters(project, "replay", "2", "1", "9")

    assert done == Done(0, "2 queued again\n", "")
    assert again == Done(1, "1 queued again\n", "lkproto: 2 of 3 are not there\n")
    assert store.dead_letters() == []
    found: list[str] = []
    while claims := store.claim("me", NOW, 30.0, 1):
        found.append(claims[0].delivery.event_id)
        store.done(claims[0])
    assert sorted(found) == ["EV_1", "EV_2", "EV_3"]


def test_replay_takes_all(
    project: Project, store: SQLiteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lkproto_cli.webhook_letters._PAGE", 2)

    assert letters(project, "replay", "--all") == Done(0, "3 queued again\n", "")
    assert store.dead_letters() == []
    assert letters(project, "replay", "--all") == Done(0, "0 queued again\n", "")
    none = letters(project, "list")
    assert none == Done(0, "", "lkproto: there are no dead letters\n")


def test_forget_deletes_letters(project: Project, store: SQLiteStore) -> None:
    done = letters(project, "forget", "2", "3", "2")
    again = letters(project, "forget", "2", "9")

    assert done == Done(0, "2 deleted\n", "")
    assert again == Done(1, "0 deleted\n", "lkproto: 2 of 2 are not there\n")
    assert [each.seq for each in store.dead_letters()] == [1]
    assert letters(project, "forget", "--all") == Done(0, "1 deleted\n", "")
    assert store.dead_letters() == []
    assert store.next_due() is None


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            ("list", "--store", "sqlite:gone.db"),
            "gone.db: there is no such file\n  hint: see --store",
        ),
        (
            ("list", "--store", "sqlite:empty"),
            "empty: the file is empty, and not a store\n  hint: see --store",
        ),
        (("list", "--store", "hunter2"), f"this is not a store\n{HINT}"),
        (("list",), f"a store is needed\n{HINT}"),
        (
            ("list", "--limit", "0", "--store", "sqlite:gone.db"),
            "--limit takes a number, at least 1",
        ),
        (("replay",), "give the numbers of dead letters, or --all"),
        (("replay", "1", "--all"), "give the numbers of dead letters, or --all"),
        (("forget",), "give the numbers of dead letters, or --all"),
    ],
)
def test_mistakes_of_use_exit_with_2_and_make_no_file(
    words: tuple[str, ...], message: str, project: Project
) -> None:
    project.write("empty", "")
    before = sorted(project.folder.iterdir())

    done = letters(project, *words, LKPROTO_WEBHOOK_STORE="")

    assert done == error(message)
    assert sorted(project.folder.iterdir()) == before
    assert (project.folder / "empty").stat().st_size == 0


def test_files_of_others_stay_as_they_are(project: Project) -> None:
    path = project.folder / "hooks.db"
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE mine (x)")
        other.commit()
    before = path.read_bytes()

    done = letters(project, "list")

    assert (done.code, done.out) == (2, "")
    assert done.err.endswith("hooks.db is a database of another application\n")
    assert path.read_bytes() == before
    path.write_text("something else")
    assert letters(project, "list").err.endswith("is not a database of SQLite\n")
    assert path.read_text() == "something else"


def test_a_store_in_redis_is_listed_and_replayed(
    project: Project, redis_server: RedisServer
) -> None:
    name = uuid4().hex
    where = ("--store", redis_server.url, "--name", name)
    with closing(RedisStore(redis_server.url, name)) as store:
        fill(store, 2)

        listed = letters(project, "list", *where)
        seqs = [each.split()[0] for each in listed.out.splitlines()]
        body = letters(project, "show", seqs[1], *where).out
        replayed = letters(project, "replay", "--all", *where)

        assert len(seqs) == 2
        assert "hunter2" not in listed.out
        assert json.loads(body.replace("\x1b", ""))["id"] == "EV_2"
        assert replayed == Done(0, "2 queued again\n", "")
        assert store.dead_letters() == []


def test_a_redis_that_is_not_there_is_one_line_without_its_address(
    project: Project,
) -> None:
    project.write("where", "redis://:hunter2@127.0.0.1:1/0").chmod(0o600)

    done = letters(project, "list", "--store-file", "where")

    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("lkproto: error: Redis does not do what it was asked: ")
    assert done.err.count("\n") == 1
    assert "hunter2" not in done.err


def test_without_a_client_of_redis_the_extra_is_named(project: Project) -> None:
    code = (
        "import sys; sys.modules['redis'] = None\n"
        "from lkproto_cli import main; sys.exit(main())"
    )
    words = ("webhook", "dead-letters", "list", "--store", "redis://localhost")

    done = project.run(*words, command=(sys.executable, "-c", code))

    assert done == error(
        "a store in Redis needs a client\n  hint: pip install 'lkproto[redis]'"
    )


@pytest.mark.usefixtures("store")
def test_it_runs_on_the_standard_library_alone(
    project: Project,
) -> None:
    bare = (sys.executable, "-S", "-m", "lkproto_cli")
    words = ("webhook", "dead-letters", "list", "--store", "sqlite:hooks.db")

    done = project.run(*words, command=bare)

    assert (done.code, done.out.count("\n"), done.err) == (0, 3, "")
