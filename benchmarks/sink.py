"""A server that answers every request alike, for senders to be measured against.

`python -m benchmarks.sink` reads the answer and prints its port. It is a process of its own, and
does as little as it can: its time is part of what both sides wait for.
"""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from threading import Thread

from .process import ROOT, environment

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
_LENGTH = b"content-length:"


@contextmanager
def running(answer: bytes = ANSWER) -> Generator[str]:
    """The URL of a sink in another process, which ends with the block."""
    command = [sys.executable, "-m", "benchmarks.sink"]
    pipe = subprocess.PIPE
    with subprocess.Popen(
        command, cwd=ROOT, env=environment(), stdin=pipe, stdout=pipe
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(answer)
        process.stdin.close()
        try:
            yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        finally:
            process.kill()


def serve(connection: socket.socket, answer: bytes) -> None:
    """Answer the requests of a connection until it is closed."""
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    data = b""
    while more := connection.recv(1 << 16):
        data += more
        while (end := _end_of_request(data)) is not None:
            data = data[end:]
            connection.sendall(answer)


def _end_of_request(data: bytes) -> int | None:
    """Where the first request ends; None if it has not all come."""
    head, blank, rest = data.partition(b"\r\n\r\n")
    if not blank:
        return None
    at = head.lower().index(_LENGTH) + len(_LENGTH)
    length = int(head[at:].split(b"\r\n")[0])
    return None if len(rest) < length else len(head) + 4 + length


def main() -> None:
    """Listen on a free port and say which."""
    answer = sys.stdin.buffer.read()
    with socket.create_server(("127.0.0.1", 0), backlog=256) as listener:
        print(listener.getsockname()[1], flush=True)
        while True:
            connection, _ = listener.accept()
            Thread(target=serve, args=(connection, answer), daemon=True).start()


if __name__ == "__main__":
    main()
