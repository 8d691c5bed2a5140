"""What one does with this project: `python3 noxfile.py -s SESSION`.

Needs Python ≥ 3.11, git and PyPI. Where nox is not installed, this file installs it in a
private environment below `.nox/` and starts again in there.
"""

from __future__ import annotations

import importlib.util
import os
import shlex
import shutil
import subprocess
import sys
import sysconfig
import tomllib
import venv
from pathlib import Path

NOX = "nox==2026.10.20"
ROOT = Path(__file__).parent


def bootstrap() -> int:
    """Run nox from a private environment, made on first use."""
    home = ROOT / ".nox" / f"bootstrap-{sys.version_info[0]}.{sys.version_info[1]}"
    python = home / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    done = home / NOX
    if not done.exists():
        if importlib.util.find_spec("ensurepip") is None:
            sys.exit(
                "this Python cannot make virtual environments; "
                "on Debian and Ubuntu, run: apt install python3-venv"
            )
        print(f"making a private environment with nox in {home} …", flush=True)
        venv.create(home, with_pip=True, clear=True)
        pip = [str(python), "-m", "pip", "install", "--quiet"]
        subprocess.run([*pip, "--disable-pip-version-check", NOX], check=True)
        done.touch()
    command = [str(python), "-m", "nox", "-f", str(ROOT / "noxfile.py"), *sys.argv[1:]]
    return subprocess.run(command, check=False).returncode


if __name__ == "__main__":
    sys.exit(bootstrap())

import nox  # noqa: E402 - only in the private environment

nox.options.default_venv_backend = "virtualenv"
nox.options.reuse_existing_virtualenvs = True
nox.options.sessions = ["generate", "tests"]

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
EXTRAS = PROJECT["project"]["optional-dependencies"]
GROUPS = PROJECT["dependency-groups"]
SOURCES = [
    "codegen",
    "cli",
    "runtime",
    "conformance",
    "benchmarks",
    "examples",
    "native",
    "tests",
    "noxfile.py",
]
CHECKED = [
    "conformance",
    "benchmarks",
    "tests/interpreters",
    "tests/services",
    "tests/live",
    "tests/answers",
    "native/licences.py",
    "native/wheels.py",
]
USAGE = "tests/typing/usage"
# Absolute, for testees are started in their own folders.
PATHS = {
    "PYTHONPATH": os.pathsep.join(
        str(ROOT / each) for each in ("generated", "codegen", "cli", "conformance")
    )
}
TESTEES = ROOT / "conformance" / "testees"
OUR_TESTEE = ROOT / "conformance" / "lkproto_conformance" / "testees"
REFERENCE = f"folder:{TESTEES / 'go'}"
VECTORGEN = ("python", "-m", "vectorgen", "--testee", REFERENCE)
# Tests that ask the reference, too.
AGAINST_GO = (
    "tests/auth/test_against_go.py",
    "tests/conformance/test_schemas.py",
    "tests/conformance/properties",
)
SUITE = ("python", "-m", "lkproto_conformance")
RUN = ROOT / "build" / "conformance"
VIEWS = {"html": "report.html", "junit": "junit.xml", "markdown": "comment.md"}
OWN = f"{sys.version_info[0]}.{sys.version_info[1]}"
OTHERS = [each for each in nox.project.python_versions(PROJECT) if each != OWN]
# Tests of what users import and call, and packages that only tests of the rest need.
USERS_TESTS = [
    f"tests/{each}"
    for each in (
        "runtime",
        "auth",
        "api",
        "mock",
        "webhook",
        "http",
        "twirp",
        "generated",
        "cli",
    )
]
# What a native codec could change on another Python.
CODEC_TESTS = [f"tests/{each}" for each in ("runtime", "generated", "fuzz", "native")]
OF_THE_REST = ("black", "buf-bin", "coverage", "mypy", "types-")
# Programs without which sessions are skipped, as messages have them.
NAMES = {"go": "Go", "cargo": "cargo (Rust)"}
WHEELS = ROOT / "build" / "native"
# With these, what cannot use the native codec fails, instead of working without it.
NATIVELY = {"LKPROTO_CODEC": "native", "PYTHONWARNINGS": "error::RuntimeWarning"}
# Where the session `interpreters` puts links.
PYTHONS = ROOT / ".nox" / "pythons"
os.environ["PATH"] = os.pathsep.join([str(PYTHONS), os.environ.get("PATH", "")])
# Tests start hundreds of processes; each would compile the same modules again.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


def requirements(session: nox.Session, *names: str) -> None:
    """Install dependency groups, without the project: it runs from its folders."""
    packages = {item for name in names for item in GROUPS[name]}
    session.install("--quiet", *sorted(packages))


def peers(session: nox.Session, group: str, *flags: str) -> None:
    """Install each package of a group that this Python can have, and warn of the others."""
    for peer in GROUPS[group]:
        try:
            session.install("--quiet", *flags, peer)
        except nox.command.CommandFailed:
            session.warn(f"*** {peer} cannot be installed; what needs it is left out")


def has(session: nox.Session, program: str, missed: str) -> bool:
    """Whether a program is installed; a warning says what is missed. Under CI an error."""
    if shutil.which(program) is not None:
        return True
    say = session.error if os.environ.get("CI") else session.warn
    say(f"{NAMES[program]} is not installed; {missed}")
    return False


def need_cargo(session: nox.Session) -> None:
    """Skip a session of the native codec where it cannot be built. Under CI an error."""
    if shutil.which("cargo") is None:
        say = session.error if os.environ.get("CI") else session.skip
        say("cargo (Rust) is not installed; the native codec is left out")


def install_native(session: nox.Session) -> None:
    """Install lkproto-native, built first unless there is a wheel of the same sources."""
    session.install("--quiet", *GROUPS["native"])
    session.run("python", "native/wheels.py")
    (wheel,) = (WHEELS / (session.python or OWN)).glob("*.whl")
    session.install("--quiet", "--no-deps", "--force-reinstall", str(wheel))


@nox.session
def generate(session: nox.Session) -> None:
    """Generate generated/lkproto from protobufs/."""
    requirements(session, "codegen")
    session.run("python", "-m", "lkproto_cli", "generate", *session.posargs, env=PATHS)


@nox.session
def tests(session: nox.Session) -> None:
    """Run the tests; with LKPROTO_COVERAGE=1, measure branch coverage of our code."""
    requirements(session, "codegen", "test", "peers")
    if not os.environ.get("LKPROTO_COVERAGE"):
        session.run("python", "-m", "pytest", *session.posargs)
        return
    session.run("python", "-m", "coverage", "erase")
    session.run("python", "-m", "coverage", "run", "-m", "pytest", *session.posargs)
    session.run("python", "-m", "coverage", "combine", "--quiet")
    session.run("python", "-m", "coverage", "report")


@nox.session
def interpreters(session: nox.Session) -> None:
    """Find or fetch the other Pythons that pyproject.toml claims; under CI all have to be there."""
    session.install("--quiet", *GROUPS["interpreters"])
    session.run("python", "-m", "tests.interpreters.provide")


@nox.session
def services(session: nox.Session) -> None:
    """Find or fetch the servers that tests start; under CI all have to be there."""
    session.run("python", "-m", "tests.services.provide")


@nox.session(python=OTHERS, requires=["interpreters"])
def tests_on(session: nox.Session) -> None:
    """Run the tests of what users import, on another Python: `tests_on-3.14`, or on all."""
    packages = [each for each in GROUPS["test"] if not each.startswith(OF_THE_REST)]
    session.install("--quiet", *GROUPS["codegen"], *packages)
    peers(session, "peers", "--only-binary=:all:")
    session.run("python", "-m", "pytest", *(session.posargs or USERS_TESTS))


@nox.session
def native(session: nox.Session) -> None:
    """Build lkproto-native for this Python, and for those that `interpreters` provided."""
    need_cargo(session)
    session.install("--quiet", *GROUPS["native"])
    others = [each for each in OTHERS if (PYTHONS / f"python{each}").exists()]
    session.run("python", "native/wheels.py", OWN, *others)


@nox.session
def rust(session: nox.Session) -> None:
    """Lint and test the native codec's own code; needs cargo."""
    need_cargo(session)
    library, name = sysconfig.get_config_vars("LIBDIR", "LDLIBRARY")
    where = {
        "CARGO_TARGET_DIR": str(WHEELS / "target-checks"),
        "LD_LIBRARY_PATH": library,
        "PYO3_PYTHON": sys.executable,
    }
    with session.chdir("native"):
        session.run("cargo", "fmt", "--check", external=True)
        clippy = ("cargo", "clippy", "--locked", "--all-targets")
        session.run(*clippy, "--", "-D", "warnings", external=True, env=where)
        if not Path(library, name).exists():
            session.warn(f"*** {name} is missing, so tests in Rust are left out")
            return
        test = ("cargo", "test", "--locked", "--no-default-features", "--profile")
        session.run(*test, "fast", external=True, env=where)


@nox.session
def tests_native(session: nox.Session) -> None:
    """Run all tests with the native codec; needs cargo."""
    need_cargo(session)
    requirements(session, "codegen", "test", "peers")
    install_native(session)
    session.run("python", "-m", "pytest", *session.posargs, env=NATIVELY)


@nox.session(python=OTHERS, requires=["interpreters"])
def tests_native_on(session: nox.Session) -> None:
    """Run the tests of codecs with the native one, on another Python, or on all; needs cargo."""
    need_cargo(session)
    packages = [each for each in GROUPS["test"] if not each.startswith(OF_THE_REST)]
    session.install("--quiet", *GROUPS["codegen"], *packages)
    install_native(session)
    arguments = session.posargs or CODEC_TESTS
    session.run("python", "-m", "pytest", *arguments, env=NATIVELY)


@nox.session
def check(session: nox.Session) -> None:
    """Fail if generated/lkproto is not what generation gives."""
    requirements(session, "codegen")
    session.run("python", "-m", "lkproto_cli", "check", "--no-cache", env=PATHS)


@nox.session
def lint(session: nox.Session) -> None:
    """Lint our code and see that all code, generated too, is formatted as black does."""
    requirements(session, "lint")
    session.run("ruff", "check", *SOURCES)
    session.run("black", "--check", "--quiet", *SOURCES, "generated")


@nox.session
def types(session: nox.Session) -> None:
    """Type-check our code and all that is generated, with mypy and pyright, strictly."""
    requirements(session, "codegen", "types")
    session.run("mypy", "codegen/lkproto_codegen", "cli/lkproto_cli", *CHECKED)
    session.run("mypy", "generated/lkproto", USAGE)
    session.run("pyright", "codegen", "cli", *CHECKED, "generated", USAGE)
    for example in ("fastapi", "sip_dial"):  # Django has no types
        with session.chdir(f"examples/{example}"):
            own = {"MYPYPATH": str(ROOT / "generated")}
            session.run("mypy", "--strict", "--config-file=", ".", env=own)
    # Without the options of the plain run: this session has no plugins of pytest.
    session.run("python", "-m", "pytest", "--quiet", "-o", "addopts=", "tests/typing")


@nox.session
def protobuf_conformance(session: nox.Session) -> None:
    """Run google's conformance suite on our codecs; arguments go to its runner."""
    if shutil.which("npm") is None and not os.environ.get("CI"):
        session.skip("npm (Node.js 20 or later) is needed to fetch the suite")
    requirements(session, "codegen")
    if has(session, "cargo", "the native codec is not judged"):
        install_native(session)
    module = "conformance.protobuf.run"
    session.run("python", "-m", module, *session.posargs)


@nox.session
def fuzz(session: nox.Session) -> None:
    """Fuzz our codecs against google's runtime; `-- --seconds N` says for how long."""
    requirements(session, "codegen", "test")
    session.run("python", "-m", "tests.fuzz", *session.posargs, env=PATHS)


@nox.session
def fuzz_native(session: nox.Session) -> None:
    """Fuzz the native codec against the exact one; `-- --comparisons N --jobs 2`; needs cargo."""
    need_cargo(session)
    requirements(session, "codegen", "test")
    install_native(session)
    command = ("python", "-m", "tests.native", *session.posargs)
    session.run(*command, env=PATHS | NATIVELY)


@nox.session
def sanitize(session: nox.Session) -> None:
    """Fuzz and stress the native codec in AddressSanitizer; needs cargo and gcc's libasan."""
    need_cargo(session)
    ask = ["cc", "-print-file-name=libasan.so"]
    found = shutil.which("cc") and subprocess.check_output(ask, encoding="utf-8")
    if not found or not found.startswith("/"):
        session.skip("the C compiler has no libasan.so; gcc brings it")
    requirements(session, "codegen", "test")
    command = ("python", "-m", "tests.native.sanitize", *session.posargs)
    session.run(*command, env=PATHS)


@nox.session
def conformance(session: nox.Session) -> None:
    """Check the vectors, and judge every testee; arguments go to the runner."""
    requirements(session, "codegen", "test")
    session.run(*SUITE, "lint", env=PATHS)
    names = installed_testees(session)
    tests: list[str] = []
    asks = {}
    if "go" in names:
        session.run(*VECTORGEN, "--check", env=PATHS)
        tests += AGAINST_GO
        asks["LKPROTO_REFERENCE"] = REFERENCE
    if {"javascript", "tutorial/go", "tutorial/javascript"} <= set(names):
        tests.append("tests/conformance/testees")
        asks["LKPROTO_TESTEES"] = "1"
    if tests:
        session.run("python", "-m", "pytest", *tests, env=PATHS | asks)
    judge(session, [OUR_TESTEE, *(TESTEES / each for each in names if "/" not in each)])
    if has(session, "cargo", "the native codec is not judged"):
        install_native(session)
        judge_natively(session)


def judge_natively(session: nox.Session) -> None:
    """Judge our testee once more, with the native codec; the suite keeps the one in Python."""
    variables = [f"{name}={value}" for name, value in NATIVELY.items()]
    command = [
        *tomllib.loads((OUR_TESTEE / "testee.toml").read_text("utf-8"))["command"]
    ]
    testee = f"exec:{shlex.join(['env', *variables, *command])}"
    run = [*SUITE, "run", "--testee", testee, "--jobs", "2", *session.posargs]
    session.run(*run, env=PATHS | {"LKPROTO_CODEC": "python"})


def judge(session: nox.Session, folders: list[Path]) -> None:
    """Judge testees, and make the views of the report below build/conformance."""
    asked = [word for each in folders for word in ("--testee", f"folder:{each}")]
    RUN.mkdir(parents=True, exist_ok=True)
    lines = str(RUN / "run.ndjson")
    views = [f"--{kind}={RUN / name}" for kind, name in VIEWS.items()]
    run = [*SUITE, "run", *asked, "--jobs", "2", "--output", lines, *session.posargs]
    try:
        session.run(*run, env=PATHS)
    finally:  # what failed is what the views are for
        session.run(*SUITE, "report", lines, *views, env=PATHS)


@nox.session
def browser(session: nox.Session) -> None:
    """Try the page of a report in Chromium; `-- --picture REPORT` makes its picture."""
    module = ("python", "-m", "tests.conformance.browser")
    if shutil.which("npm"):
        folder = "tests/conformance/browser"
        flags = ("--no-audit", "--no-fund", "--silent")
        session.run("npm", "ci", "--prefix", folder, *flags, external=True)
    session.run(*module, *session.posargs, env=PATHS)


@nox.session
def mutants(session: nox.Session) -> None:
    """Plant faults in our code and see the suite fail them: all, or `-- --seed S --count N`."""
    requirements(session, "codegen", "test")
    with session.chdir("conformance"):
        command = ["python", "-m", "mutants", "run", "--jobs", "2"]
        session.run(*command, *(session.posargs or ["--write"]), env=PATHS)
        if not session.posargs:
            session.run("python", "-m", "mutants", "page", env=PATHS)


@nox.session
def nightly(session: nox.Session) -> None:
    """Try the laws on many examples, ours against the reference; needs Go."""
    if not has(session, "go", "nothing is compared with the reference"):
        return
    install(session, TESTEES / "go")
    requirements(session, "codegen", "test")
    many = PATHS | {"LKPROTO_REFERENCE": REFERENCE, "LKPROTO_PROFILE": "nightly"}
    session.run("python", "-m", "pytest", "tests/conformance/properties", env=many)


@nox.session
def twirp(session: nox.Session) -> None:
    """Try Twirp clients and servers of ours with those of Go, which are built once and kept."""
    if not has(session, "go", "clients and servers in Go are left out"):
        return
    requirements(session, "codegen", "test")
    with session.chdir("tests/twirp/go/program"):
        session.run("go", "vet", ".", external=True)
    session.run("python", "-m", "tests.twirp.go.programs")
    # One at a time: a server serves all tests of a module.
    command = ["python", "-m", "pytest", "-n", "0", "tests/twirp/go"]
    session.run(*command, *session.posargs, env={"LKPROTO_TWIRP_GO": "1"})


@nox.session
def api(session: nox.Session) -> None:
    """Try LiveKitAPI with LiveKit's own mock, and our mock with LiveKit's own clients."""
    if not has(session, "go", "LiveKit's mock and its SDKs are left out"):
        return
    requirements(session, "codegen", "test", "peers")
    session.run("python", "-m", "tests.services.build", "livekit-test-server")
    session.run("python", "-m", "tests.api.reference.programs")
    # One at a time: a server serves all tests.
    command = ["python", "-m", "pytest", "-n", "0", "tests/api/reference"]
    session.run(*command, *session.posargs, env={"LKPROTO_API": "1"})


@nox.session
def live(session: nox.Session) -> None:
    """Call a LiveKit server, and receive what it sends; Go builds it in minutes, and it is kept."""
    requirements(session, "live")
    session.run("python", "-m", "tests.services.provide")
    session.run("python", "-m", "tests.services.build")
    # Without the options of the plain run: one server serves all tests.
    both = "tests/mock/test_same_on_both.py"
    command = ["python", "-m", "pytest", "-o", "addopts=", "-ra", "tests/live", both]
    session.run(*command, *session.posargs, env={"LKPROTO_LIVE": "1"})


@nox.session
def examples(session: nox.Session) -> None:
    """Take the steps of the READMEs in examples/, with a wheel of this checkout."""
    needed = ("pytest==", "hypothesis==")
    session.install(
        "--quiet", *[each for each in GROUPS["test"] if each.startswith(needed)]
    )
    # Without the options of the plain run: examples have the same ports.
    command = ["python", "-m", "pytest", "-o", "addopts=", "-ra", "-m", "network"]
    session.run(*command, "tests/examples", *session.posargs)


@nox.session
def chaos(session: nox.Session) -> None:
    """Kill senders of webhooks: `--events`, `--kills`, `--seed`, `--stores`; `--short` is CI's."""
    requirements(session, "codegen", "test")
    if session.posargs == ["--short"]:
        # One at a time: they measure.
        command = ["python", "-m", "pytest", "-n", "0", "--durations=0", "-rP"]
        path = "tests/webhook/chaos/test_chaos.py"
        session.run(*command, path, env={"LKPROTO_CHAOS": "1"})
    else:
        session.run("python", "-m", "tests.webhook.chaos", *session.posargs, env=PATHS)


@nox.session
def vectors(session: nox.Session) -> None:
    """Generate conformance/vectors by executing the reference; needs Go."""
    if has(session, "go", "nothing is executed on the reference"):
        install(session, TESTEES / "go")
        requirements(session, "codegen")
        session.run(*VECTORGEN, env=PATHS)


def installed_testees(session: nox.Session) -> list[str]:
    """Take the install steps of each foreign testee; the names of those that can run here."""
    found = [*TESTEES.glob("*/testee.toml"), *TESTEES.glob("tutorial/*/testee.toml")]
    folders = [each.parent for each in sorted(found)]
    names = {str(each.relative_to(TESTEES)): each for each in folders}
    return [name for name, folder in names.items() if install(session, folder)]


def install(session: nox.Session, folder: Path) -> bool:
    """Take the install steps of a testee. False if a program is missing; under CI an error."""
    steps = tomllib.loads((folder / "testee.toml").read_text("utf-8"))["install"]
    program = steps[0][0]
    if shutil.which(program) is None:
        say = session.error if os.environ.get("CI") else session.warn
        say(f"*** {program} is not installed; the testee {folder.name} is left out")
        return False
    with session.chdir(folder):
        for step in steps:
            session.run(*step, external=True)
    return True


@nox.session
def build(session: nox.Session) -> None:
    """Build wheel and sdist, install them in fresh environments and use them."""
    requirements(session, "codegen", "test", "build", "native")
    has(session, "cargo", "lkproto-native is left out")
    session.run("python", "-m", "pytest", "-m", "network", "-n", "0", "tests/packaging")


@nox.session
def bench(session: nox.Session) -> None:
    """Run the benchmarks; see docs/judge/benchmarks.md for what can follow `--`."""
    requirements(session, "codegen")
    peers(session, "bench")
    if has(session, "cargo", "the native codec is not measured"):
        install_native(session)
    session.run("python", "-m", "benchmarks", *session.posargs)
