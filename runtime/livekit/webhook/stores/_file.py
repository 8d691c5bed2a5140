# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""The file of an SQLite store: its tables, and whether it is one."""

from __future__ import annotations

import os
import sqlite3
from time import monotonic, sleep

from ._types import StoreError

APPLICATION = 0x6C6B7768
"""Marks the file as ours: `lkwh`."""
PAGE = 1024
"""Bytes of a page. Each transaction writes whole pages, and most change a few bytes of each."""
LOG_PAGES = 4000
"""Pages in the log until they are copied, which waits for the disk twice."""
VERSION = 1
"""Of the tables. A file with a higher one is refused."""

# Only the first delivery of a partition has `due_at`, from when on it can be claimed; under a
# lease, that is when the lease ends. One that was never tried has it below 0, so that no change of
# the clock delays it. `fence` counts leases and their ends. `partition` is a hash, so there is no
# table of partitions to keep up to date. `counter.seq` is the highest that a delivery ever had.
TABLES = (
    """
CREATE TABLE delivery (
  seq INTEGER PRIMARY KEY, partition INTEGER NOT NULL, endpoint TEXT NOT NULL, key TEXT NOT NULL,
  event_id TEXT NOT NULL, event TEXT NOT NULL, api_key TEXT NOT NULL, body BLOB NOT NULL,
  queued_at REAL NOT NULL, attempts INTEGER NOT NULL DEFAULT 0, sent_at REAL, error TEXT,
  due_at REAL, fence INTEGER NOT NULL DEFAULT 0)""",
    "CREATE INDEX delivery_order ON delivery (partition)",  # and the row number, which is `seq`
    "CREATE INDEX delivery_due ON delivery (due_at) WHERE due_at IS NOT NULL",
    """
CREATE TABLE dead (
  seq INTEGER PRIMARY KEY, endpoint TEXT NOT NULL, key TEXT NOT NULL,
  event_id TEXT NOT NULL, event TEXT NOT NULL, api_key TEXT NOT NULL, body BLOB NOT NULL,
  queued_at REAL NOT NULL, died_at REAL NOT NULL, attempts INTEGER NOT NULL,
  reason TEXT NOT NULL, error TEXT NOT NULL)""",
    "CREATE TABLE counter (pending INTEGER NOT NULL, seq INTEGER NOT NULL)",
    "INSERT INTO counter VALUES (0, 0)",
    """
CREATE TRIGGER delivery_put AFTER INSERT ON delivery BEGIN
  UPDATE counter SET pending = pending + 1, seq = new.seq;
END""",
    """
CREATE TRIGGER delivery_settled AFTER DELETE ON delivery BEGIN
  UPDATE counter SET pending = pending - 1;
  UPDATE delivery SET due_at = queued_at - 1e11 WHERE seq =
    (SELECT seq FROM delivery WHERE partition = old.partition ORDER BY seq LIMIT 1);
END""",
)


def connect(path: str, *, full_sync: bool, timeout: float) -> sqlite3.Connection:
    """Open a file of a store, or make one. Raises StoreError if it is another file."""
    deadline = monotonic() + timeout
    while True:
        try:
            return _connect(path, full_sync=full_sync)
        except sqlite3.Error as error:
            if not is_code(error, sqlite3.SQLITE_BUSY) or monotonic() > deadline:
                raise StoreError(f"{path}: {error}") from error
        sleep(0.002)  # another process makes the file


def is_code(error: Exception, *codes: int) -> bool:
    """Whether an error has one of SQLite's primary codes."""
    return getattr(error, "sqlite_errorcode", -1) & 0xFF in codes


def _connect(path: str, *, full_sync: bool) -> sqlite3.Connection:
    _create_private(path)
    connection = sqlite3.connect(
        path, timeout=0, isolation_level=None, check_same_thread=False
    )
    try:
        _check(path, connection)
        connection.execute(f"PRAGMA page_size = {PAGE}")
        mode = connection.execute("PRAGMA journal_mode = WAL").fetchone()[0]
        if mode != "wal":
            raise StoreError(
                f"{path} cannot have a write-ahead log, as on a network file system; "
                "use a local disk"
            )
        connection.execute(f"PRAGMA wal_autocheckpoint = {LOG_PAGES}")
        connection.execute(f"PRAGMA synchronous = {'FULL' if full_sync else 'NORMAL'}")
        _create_tables(path, connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _create_private(path: str) -> None:
    """Make an empty file that only its owner may read: bodies are personal data."""
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except FileExistsError:
        pass
    except OSError as error:
        raise StoreError(f"{path} cannot be made: {error.strerror}") from error


def _check(path: str, connection: sqlite3.Connection) -> bool:
    """Whether a file has our tables. Raises StoreError if it has others, or is not a database.

    It is SQLite that reads the file: closing a file that a process has open twice would free the
    locks of both.
    """
    try:
        # All three change at once, and what was empty may be made meanwhile: this one is first.
        empty = _pragma(connection, "schema_version") == 0
        application = _pragma(connection, "application_id")
        version = _pragma(connection, "user_version")
    except sqlite3.DatabaseError as error:
        if is_code(error, sqlite3.SQLITE_NOTADB):
            raise StoreError(f"{path} is not a database of SQLite") from error
        raise
    if empty and not application:
        return False
    if application != APPLICATION:
        raise StoreError(f"{path} is a database of another application")
    if version > VERSION:
        raise StoreError(
            f"{path} is of version {version}, which a newer lkproto wrote; this one reads "
            f"versions up to {VERSION}"
        )
    return version > 0


def _pragma(connection: sqlite3.Connection, name: str) -> int:
    value: int = connection.execute(f"PRAGMA {name}").fetchone()[0]
    return value


def _create_tables(path: str, connection: sqlite3.Connection) -> None:
    if _check(path, connection):
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        if not _check(path, connection):
            for statement in TABLES:
                connection.execute(statement)
            connection.execute(f"PRAGMA application_id = {APPLICATION}")
            connection.execute(f"PRAGMA user_version = {VERSION}")
        connection.execute("COMMIT")
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
