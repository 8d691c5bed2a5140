"""A changed copy of our code in a forked process, which answers and never judges.

The process that judges keeps the modules that it has; what comes back is plain data that passed
the checks of the in-process connector. So a mutant cannot change what is expected, nor how
answers are compared.
"""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import Any, NoReturn

from lkproto_conformance.connect import InProcessTestee
from lkproto_conformance.protocol import Broken, Hello, Reply

from .hook import Change, installed
from .probes import PROBE
from .testees import connected

SECONDS = 30.0
"""How long an answer may take; a busy machine may rest for ten seconds."""
START_SECONDS = 60.0
MEMORY = 4 << 30
CPU_SECONDS = 600
"""The end of a process whose parent was killed."""


@dataclass(frozen=True, slots=True)
class Code:
    """What is imported in a forked process: our modules, some changed; and with which codec."""

    changes: Mapping[str, Change] = field(default_factory=dict[str, Change])
    exact: bool = False


class Forked:
    """A process with changed code. Make it before there are threads."""

    def __init__(self, code: Code, seconds: float = SECONDS) -> None:
        self._seconds = seconds
        self._pipe, other = Pipe()
        self._pid = os.fork()
        if not self._pid:
            self._pipe.close()
            _answer_forever(code, other)
        other.close()
        self.reached: set[int] = set()
        """Statements that ran since this was emptied, where the code has probes."""

    def start(self) -> Broken | None:
        """Wait until the code is imported. Returns why it is not."""
        broken: Broken | None = self._received(START_SECONDS)
        return broken

    def ask(
        self, variant: str, op: str, args: dict[str, Any], case: str
    ) -> Reply | Broken:
        """A variant's answer. After a `Broken` the process has ended."""
        try:
            self._pipe.send((variant, op, args, case))
        except OSError:
            return self._gone()
        return self._received(self._seconds) or Broken("protocol", "no answer")

    def stop(self) -> None:
        """End the process."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self._pid, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            os.waitpid(self._pid, 0)
        self._pipe.close()

    def _received(self, seconds: float) -> Any:
        try:
            if not self._pipe.poll(seconds):
                self.stop()
                return Broken("timeout", f"no answer within {seconds:.0f} s")
            answer, reached = self._pipe.recv()
        except (EOFError, OSError):
            return self._gone()
        self.reached |= reached
        return answer

    def _gone(self) -> Broken:
        self.stop()
        return Broken("crash", "the process ended")


class Variant:
    """One way to ask a forked process, as the runner asks any testee."""

    def __init__(self, process: Forked, name: str) -> None:
        self._process = process
        self._name = name

    def start(self) -> Hello:
        """Nothing to do: the process was started."""
        return Hello()

    def ask(self, op: str, args: dict[str, Any], case: str) -> Reply | Broken:
        """Its answer to a case."""
        return self._process.ask(self._name, op, args, case)

    def stop(self) -> int:
        """Nothing to do: others may use the process."""
        return 0


def _answer_forever(code: Code, pipe: Connection) -> NoReturn:
    """The forked process: import the code, answer until the pipe is closed."""
    try:
        _confine(pipe)
        # An extension that is installed would do the work of what is changed.
        os.environ["LKPROTO_CODEC"] = "exact" if code.exact else "python"
        reached: set[int] = set()
        with installed(code.changes, {PROBE: reached.add}):
            _serve(pipe, reached, connected)
    except BaseException as error:  # noqa: BLE001 - the parent sees that it ended
        print(repr(error), file=sys.stderr)
    finally:
        os._exit(1)


def _confine(pipe: Connection) -> None:
    """Limits, and no open files but the pipe: what a mutant breaks is this process alone."""
    quiet = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(quiet, number)
    own = pipe.fileno()
    os.closerange(3, own)
    os.closerange(own + 1, 4096)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _serve(
    pipe: Connection, reached: set[int], connect: Callable[[str], InProcessTestee]
) -> None:
    testees: dict[str, InProcessTestee] = {}
    answer: Any = None
    try:
        testees["sync"] = connect("sync")
        testees["sync"].start()
    except Exception as error:  # noqa: BLE001 - code that cannot be imported
        answer = Broken("import", repr(error))
    while True:
        pipe.send((answer, frozenset(reached)))
        # Threads of a server run between two requests: what they reach is of the second.
        reached.clear()
        variant, op, args, case = pipe.recv()
        if variant not in testees:
            testees[variant] = connect(variant)
        answer = testees[variant].ask(op, args, case)
