"""Google's conformance runner on our testee: `python -m conformance.protobuf.run`.

Each of our codecs is judged, the native one where it is installed. Arguments go to the runner,
such as `--test NAME --debug`. Without any, both suites have to run completely: when the first suite
fails, the runner leaves out the text format without a word.
"""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from tests.interpreters.debian import UnavailableError, unpack

from .suite import CODEC, MissingToolError, cache, npm_package

TESTEE = Path(__file__).with_name("testee")
FLAGS = ["--enforce_recommended", "--maximum_edition", "2023"]
# The numbers of tests in this version, up to edition 2023.
SIZES = {"binary and JSON": 5567, "text format": 883}
_SUMMARY = re.compile(
    r"CONFORMANCE SUITE \w+: (\d+) successes, (\d+) skipped, "
    r"(\d+) expected failures, (\d+) unexpected failures"
)
_LIBRARIES = ["libc6", "libstdc++6", "libgcc-s1"]


def main(arguments: list[str]) -> int:
    """Prepare the testee, run the runner, judge. Returns the exit code."""
    try:
        subprocess.run([str(TESTEE), "--prepare"], check=True)
        command = [*_runner(), *FLAGS, "--output_dir", str(_output()), *arguments]
    except MissingToolError as error:
        print(f"protobuf conformance: {error}", file=sys.stderr)
        return 1
    except subprocess.CalledProcessError:
        return 1  # the testee has printed why
    problems = [
        problem
        for name in codecs()
        for problem in _problems(name, [*command, str(TESTEE)], whole=not arguments)
    ]
    for problem in problems:
        print(f"protobuf conformance: {problem}", file=sys.stderr)
    return 1 if problems else 0


def codecs() -> list[str]:
    """The names of our codecs that can be judged here."""
    if find_spec("lkproto_native") is None:
        print("the native codec is left out: lkproto-native is not installed")
        return ["python", "exact"]
    return ["python", "exact", "native"]


def _problems(codec: str, command: list[str], *, whole: bool) -> list[str]:
    """Run the suites with one of our codecs. Returns the problems."""
    print(f"with the {codec} codec:", flush=True)
    code, summaries = _run(command, os.environ | {CODEC: codec})
    problems = judge(summaries) if whole else []
    if code and not problems:
        problems.append(f"the runner ended with {code}")
    return [f"{codec} codec: {problem}" for problem in problems]


def judge(summaries: list[tuple[int, ...]]) -> list[str]:
    """The problems with the runner's counts, which are in the order of `SIZES`.

    Each is (successes, skipped, expected failures, unexpected failures).
    """
    problems: list[str] = []
    for index, (suite, size) in enumerate(SIZES.items()):
        if index >= len(summaries):
            problems.append(f"the {suite} suite did not run")
        elif summaries[index] != (size, 0, 0, 0):
            passed = summaries[index][0]
            problems.append(f"the {suite} suite has {passed} successes, not {size}")
    return problems


def _run(
    command: list[str], environment: dict[str, str]
) -> tuple[int, list[tuple[int, ...]]]:
    """Run a command and pass its output on. Returns its exit code, and the counts in the output."""
    summaries: list[tuple[int, ...]] = []
    with subprocess.Popen(
        command,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
    ) as runner:
        assert runner.stdout is not None
        for line in runner.stdout:
            print(line, end="", flush=True)
            if found := _SUMMARY.search(line):
                summaries.append(tuple(map(int, found.groups())))
    return runner.returncode, summaries


def _output() -> Path:
    """The folder in which the runner writes its lists of failing tests."""
    folder = cache() / "output"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _runner() -> list[str]:
    """The command that starts the runner. Raises MissingToolError."""
    # The build for macOS runs on both kinds of machine.
    system = platform.system().lower()
    machine = "x64" if system == "darwin" else platform.machine()
    machine = {"x86_64": "x64", "amd64": "x64"}.get(machine, machine)
    binary = npm_package() / "bin" / f"conformance_test_runner-{system}-{machine}"
    if not binary.exists():
        raise MissingToolError(f"the suite has no runner for {system} on {machine}")
    started = subprocess.run([binary], capture_output=True, text=True, check=False)
    if "GLIBC" not in started.stderr:
        return [str(binary)]
    libraries = _newer_libraries()
    loader = libraries / "ld-linux-x86-64.so.2"
    return [str(loader), "--library-path", str(libraries), str(binary)]


def _newer_libraries() -> Path:
    """The C and C++ libraries of Debian 13, unpacked next to the runner but not installed.

    The runner needs glibc 2.38, which Debian 12 lacks. Raises MissingToolError.
    """
    root = cache() / "libraries"
    libraries = root / "usr/lib/x86_64-linux-gnu"
    if (libraries / "ld-linux-x86-64.so.2").exists():
        return libraries
    shutil.rmtree(root, ignore_errors=True)
    try:
        unpack(_LIBRARIES, "trixie", root)
    except UnavailableError as error:
        version = platform.libc_ver()[1]
        raise MissingToolError(
            f"the runner needs glibc 2.38 or later, not {version}, and {error}"
        ) from None
    return libraries


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
