"""Runs the commands of the READMEs against the stack, and compares what they print.

Each README has a shell of its own, in which its blocks of `sh` run from top to bottom; the READMEs run side by side.
Lines that begin with `#>` show what the commands above them print; lines that begin with `#!` do so for commands
that end with exit status 1, `#!3` with exit status 3, and so on. `…` stands for any text, and alone on a line for any
lines; how many blanks there are does not matter.

Run as `python -m control.readme [README…]`, with a stack that is up.
"""

import os
import re
import shlex
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from control.console import complain, say
from control.paths import ENVIRONMENT, ROOT, with_tools

MOST_SECONDS = 400
_BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.M | re.S)
_SHOWN = re.compile(r"#(?:>|!(\d*))(?: (.*)|$)")


@dataclass
class Step:
    """Commands, and what they are to print; where nothing is shown, anything may be printed."""

    line: int
    commands: list[str] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)
    exit_status: int = 0

    def problem(self, printed: str, exit_status: int | None) -> str | None:
        if exit_status is None:
            return f"it did not end (within {MOST_SECONDS} s), and had printed:\n{printed}"
        if exit_status != self.exit_status:
            return f"the exit status was {exit_status}, not {self.exit_status}, and was printed:\n{printed}"
        if self.shown and not _matches(self.shown, printed):
            shown = "\n".join(self.shown)
            return f"this is shown:\n{shown}\nand this was printed:\n{printed}"
        return None


def main(names: list[str]) -> int:
    files = [Path(name).resolve() for name in names] or readmes()
    with ThreadPoolExecutor(max_workers=len(files)) as pool:
        problems = list(pool.map(run, files))
    for file, problem in zip(files, problems, strict=True):
        name = file.relative_to(ROOT)
        if problem:
            complain(f"{name}:{problem}")
        else:
            say(f"    {name}: as written")
    return int(any(problems))


def texts() -> list[Path]:
    """All Markdown files that belong to the project."""
    made = (".git", ".local", "target")
    folders = [folder for folder in ROOT.iterdir() if folder.is_dir() and folder.name not in made]
    return sorted([*ROOT.glob("*.md"), *(file for folder in folders for file in folder.rglob("*.md"))])


def readmes() -> list[Path]:
    """Those that have commands to run."""
    return [file for file in texts() if steps(file.read_text())]


def steps(text: str) -> list[Step]:
    found: list[Step] = []
    for block in _BLOCK.finditer(text):
        first = text[: block.start(1)].count("\n") + 1
        found += _steps_of(first, block[1].splitlines())
    return found


def _steps_of(first: int, lines: list[str]) -> Iterator[Step]:
    step = Step(first)
    for number, line in enumerate(lines, first):
        if shown := _SHOWN.fullmatch(line):
            step.shown.append(shown[2] or "")
            step.exit_status = 0 if shown[1] is None else int(shown[1] or 1)
            continue
        if step.shown:
            yield step
            step = Step(number)
        step.commands.append(line)
    yield step


def _matches(shown: list[str], printed: str) -> bool:
    def pattern(line: str) -> str:
        text = _narrow(line)
        return "(?:.*\n)*" if text == "…" else ".*".join(map(re.escape, text.split("…"))) + "\n"

    lines = "".join(_narrow(line) + "\n" for line in printed.splitlines())
    return re.fullmatch("".join(map(pattern, shown)), lines) is not None


def _narrow(line: str) -> str:
    """Columns are as wide as what stands in them; how wide does not matter."""
    return re.sub(r"\s+", " ", line.rstrip())


def run(file: Path) -> str | None:
    """The first thing in a README that is not as written, behind the number of its line."""
    found = steps(file.read_text())
    with tempfile.TemporaryDirectory() as folder:
        where = Path(folder)
        (where / "script").write_text(_script(found, where))
        _bash(where / "script")
        for number, step in enumerate(found):
            status = where / f"{number}.status"
            exit_status = int(status.read_text()) if status.exists() else None
            printed = where / f"{number}.printed"
            if problem := step.problem(printed.read_text().rstrip() if printed.exists() else "", exit_status):
                return f"{step.line}: " + "\n".join([*step.commands, problem]).replace("\n", "\n    ")
    return None


def _script(found: list[Step], where: Path) -> str:
    """In one shell, so that variables and functions last; it ends at the first exit status that is not expected."""
    lines = [f". {shlex.quote(str(ENVIRONMENT))}"]
    for number, step in enumerate(found):
        status = where / f"{number}.status"
        lines += ["{ :", *step.commands, f"}} >{where}/{number}.printed 2>&1", f"echo $? >{status}"]
        lines += [f'[ "$(cat {status})" = {step.exit_status} ] || exit 1']
    return "\n".join([*lines, ""])


def _bash(script: Path) -> None:
    """With a group of its own, so that nothing of it goes on once its time is over."""
    process = subprocess.Popen(
        ["bash", script], cwd=ROOT, env=with_tools(), stdin=subprocess.DEVNULL, start_new_session=True
    )
    try:
        process.wait(MOST_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
