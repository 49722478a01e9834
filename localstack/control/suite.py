"""`make test` and `make check`: sections that all run, and one verdict at the end."""

import os
import shutil
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from control import browser, up
from control.build import build
from control.console import Problem, Skipped, complain, say, step, strong
from control.install import install
from control.paths import HOST_PYTHON, LOCALSTACK, LOGS, ROOT, TOOLS, with_tools

# Cargo leaves them out of all targets: they are run by name, for they need the stack.
ON_THE_STACK = [
    word for name in ("end_to_end", "api", "pages", "matrix", "outage", "load") for word in ("--test", name)
]
CLIPPY = ["cargo", "clippy", "--locked", "--workspace", "--quiet"]
STRICT = ["--", "-D", "warnings"]
RUST_CHECKS = {
    "Format": ["cargo", "fmt", "--all", "--check"],
    "Clippy": [*CLIPPY, "--all-targets", *STRICT],
    "Clippy of the tests that need the stack": [*CLIPPY, *ON_THE_STACK, *STRICT],
}
# Always the whole workspace: with another selection its dependencies would have other features, and be compiled anew.
CARGO_TEST = ["cargo", "test", "--locked", "--workspace", "--no-fail-fast"]
END_TO_END_TESTS = [*CARGO_TEST, "--test", "end_to_end"]
API_TESTS = [*CARGO_TEST, "--test", "api"]
READMES = [sys.executable, "-m", "control.readme"]
API_FUZZ = [sys.executable, "-m", "control.fuzz"]
# Two browsers at once are as many as two processors drive in time.
PAGES = [*CARGO_TEST, "--test", "pages", "--", "--nocapture", "--test-threads=2"]
# By itself: it measures how soon fifty open pages see a change.
FIFTY_PAGES = [*PAGES, "--ignored", "push::"]
PICTURES = [*PAGES, "--ignored", "pictures::"]
MATRIX = [*CARGO_TEST, "--test", "matrix", "--", "--nocapture"]
# By itself, and last: it puts suppliers and services out of order for everybody.
OUTAGE = [*CARGO_TEST, "--test", "outage", "--", "--nocapture"]
LOAD = [*CARGO_TEST, "--test", "load", "--", "--nocapture"]
DEPENDENCIES = [TOOLS / "cargo-deny", "--locked", "check", "bans", "licenses", "sources"]
ADVISORIES = [TOOLS / "cargo-deny", "--locked", "check", "advisories"]
NO_DATABASE = "failed to fetch advisory database"
PYTHON = [LOCALSTACK, LOCALSTACK / "bin" / "release"]  # which has no suffix
PYTHON_CHECKS = {
    "Python lints": [TOOLS / "ruff", "check", "--quiet", "--no-cache", *PYTHON],
    "Python format": [TOOLS / "ruff", "format", "--quiet", "--no-cache", "--check", *PYTHON],
}
SCRIPTS = [LOCALSTACK / "bin" / "control", LOCALSTACK / "bin" / "lock", ROOT / ".ci" / "run"]
SHELL = [TOOLS / "shellcheck", *SCRIPTS]
TEMPLATE = [TOOLS / "sam", "validate", "--lint", "--template-file", "template.yaml", "--region", "us-east-1"]
PYTHON_TESTS = [HOST_PYTHON, "-m", "pytest", "-q", "-p", "no:cacheprovider", LOCALSTACK / "host", LOCALSTACK / "tests"]


WEB_TESTS = ROOT / "functions" / "pages" / "web-tests"
NODE_TESTS = ["node", "--test", "--test-reporter=dot"]
LAST_LINES = 60


@dataclass(frozen=True)
class Section:
    """Tests that run while the stack is up."""

    title: str
    command: list[str | Path]
    # What they need beside the stack. It may be Skipped, or a Problem, where this machine does not have it.
    settings: Callable[[], dict[str, str]] = dict
    # Where they put what people may want to look at.
    pictures: Path | None = None
    # They look at no clock, and so run beside the tests without the stack.
    patient: bool = False
    # One after another, with what these tests leave of the processors.
    beside: "list[Section]" = field(default_factory=list)


class Suite:
    """Runs commands under headings; a failure is remembered with what it printed last, and the rest still runs."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._failed: dict[str, list[str]] = {}

    def run(self, title: str, command: list[str | Path], environment: dict[str, str] | None = None) -> None:
        say()
        with step(f"[{time.monotonic() - self._began:4.0f} s] {title}"):
            exit_status, last = _echoed(command, environment or with_tools())
        if exit_status != 0:
            self.fail(title, last)

    def fail(self, title: str, last: list[str] | None = None) -> None:
        self._failed[title] = last or []
        complain(f"FAILED: {title}")

    def verdict(self) -> int:
        for title, last in self._failed.items():
            say("\n".join(["", strong(f"What failed last printed: {title}"), *last]))
        say()
        seconds = f"{time.monotonic() - self._began:.0f} s"
        if self._failed:
            say(strong(f"FAILED in {seconds}: {', '.join(self._failed)}"))
            return 1
        say(strong(f"All passed in {seconds}"))
        return 0


def _echoed(command: list[str | Path], environment: dict[str, str]) -> tuple[int, list[str]]:
    """What it prints is shown as it comes; its exit status, and its last lines, are the answer."""
    last: deque[str] = deque(maxlen=LAST_LINES)
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    ) as process:
        for line in process.stdout or ():
            say(line.rstrip("\n"))
            last.append(line.rstrip("\n"))
    return process.returncode, list(last)


def check() -> int:
    install()
    suite = Suite()
    _checks(suite)
    return suite.verdict()


def test() -> int:
    install()
    suite = Suite()
    _checks(suite)
    build()  # the tests of the local AWS start dynoxide
    sections = [
        Section("The API against its description", API_FUZZ, patient=True),
        # End-to-end tests mostly wait for timers and suppliers.
        Section("End-to-end tests", END_TO_END_TESTS, beside=[Section("Tests of the API", API_TESTS), *_local_tests()]),
        Section("The commands of the READMEs", READMES),
        Section("The pages in a browser", PAGES, browser.settings, browser.SCREENSHOTS),
        Section("Fifty open pages", FIFTY_PAGES, browser.settings),
        Section("Every fault at every step", MATRIX),
        Section("What is down or crowded", OUTAGE),
    ]
    with ThreadPoolExecutor(max_workers=1) as beside:
        # The stack comes up while they are compiled.
        title = "Tests of the rules, the steps, the services and the template"
        alone = beside.submit(suite.run, title, CARGO_TEST)
        on_the_stack(suite, sections, alone.result)
    return suite.verdict()


def _local_tests() -> list[Section]:
    """They need no stack."""
    web = [*NODE_TESTS, *sorted(WEB_TESTS.glob("*.test.js"))]
    return [Section("Tests of the local AWS", PYTHON_TESTS), Section("Tests of the pages' own rules", web, _node)]


def _node() -> dict[str, str]:
    if not shutil.which("node"):
        raise Skipped("there is no node")
    return {}


def load() -> int:
    """What keeps the machine busy for so long, or depends on its speed so much, that it is asked for by name."""
    install()
    suite = Suite()
    on_the_stack(suite, [Section("Payment against time, fifty travellers, and lateness (7 minutes)", LOAD)])
    return suite.verdict()


def screenshots() -> int:
    """Makes the pictures of the READMEs anew."""
    install()
    suite = Suite()
    on_the_stack(suite, [Section("Pictures of the pages", PICTURES, browser.pictures, browser.PICTURES)])
    return suite.verdict()


def _checks(suite: Suite) -> None:
    others = {"Shell scripts": SHELL, "SAM template": TEMPLATE, "Dependencies": DEPENDENCIES}
    for title, command in (RUST_CHECKS | PYTHON_CHECKS | others).items():
        suite.run(title, command)
    _advisories(suite)


def _advisories(suite: Suite) -> None:
    """Known holes in dependencies. Their database is on the net, which not every machine reaches."""
    say()
    title = "Advisories about dependencies"
    with step(title):
        asked = subprocess.run(ADVISORIES, cwd=ROOT, env=with_tools(), capture_output=True, text=True)
        if NO_DATABASE in asked.stderr:
            say("    skipped: the database of RustSec cannot be reached from here")
        elif asked.returncode != 0:
            say(asked.stderr)
            suite.fail(title)


def on_the_stack(suite: Suite, sections: list[Section], others_have_ended: Callable[[], None] | None = None) -> None:
    """Leaves the stack as it was found: running, or not. All but the patient begin once the others have ended."""
    started = False
    try:
        say()
        values, started = up.bring_up(built=others_have_ended is not None)
        for section in sections:
            if others_have_ended and not section.patient:
                others_have_ended()
            _run_all(suite, [section], values)
    except Problem as problem:
        complain(str(problem))
        suite.fail("Starting the stack")
    finally:
        if started:
            up.down()
            say(f"The logs are in {os.path.relpath(LOGS)}.")


def _run_all(suite: Suite, sections: list[Section], stack: dict[str, str]) -> None:
    for section in sections:
        with ThreadPoolExecutor(max_workers=1) as beside:
            others = beside.submit(_run_all, suite, section.beside, stack)
            _run(suite, section, stack)
            others.result()


def _run(suite: Suite, section: Section, stack: dict[str, str]) -> None:
    try:
        settings = section.settings()
    except Skipped as reason:
        say(f"\n{section.title}: skipped, for {reason}")
    except Problem as problem:
        complain(str(problem))
        suite.fail(section.title)
    else:
        suite.run(section.title, section.command, with_tools() | stack | settings)
        if section.pictures:
            say(f"    pictures: {os.path.relpath(section.pictures)}")
