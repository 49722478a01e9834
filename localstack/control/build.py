"""Builds the Rust programs once, for all Lambdas and the other processes alike."""

import os
import shutil
import subprocess
from pathlib import Path

from control.console import Problem, step
from control.paths import BINARIES, COMMANDS, ROOT

PROFILE_FOLDER = "debug"
# Those that people run. A change of them deploys nothing.
FOR_PEOPLE = ("holdfast",)


def build() -> None:
    if not shutil.which("cargo"):
        raise Problem("cargo was not found: install Rust with rustup")
    # Not only the bins that are needed: the same selection of packages as in the tests gives their
    # dependencies the same features, and so compiles them once.
    with step("Building the Rust programs", "3 minutes the first time, then seconds"):
        built = subprocess.run(["cargo", "build", "--locked", "--workspace", "--bins", "--quiet"], cwd=ROOT)
        if built.returncode != 0:
            raise Problem("the build failed; see above")
        for program in _programs():
            folder = COMMANDS if program.name in FOR_PEOPLE else BINARIES
            _copy_stripped(program, folder / program.name)


def _target() -> Path:
    return Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / PROFILE_FOLDER


def _programs() -> list[Path]:
    return [file for file in _target().iterdir() if file.is_file() and not file.suffix and os.access(file, os.X_OK)]


def _copy_stripped(program: Path, copy: Path) -> None:
    """Without symbols a Lambda is a tenth as large, and so is its upload. A copy of the same age is left alone."""
    built = program.stat().st_mtime_ns
    if copy.exists() and copy.stat().st_mtime_ns == built:
        return
    copy.parent.mkdir(parents=True, exist_ok=True)
    new = copy.with_suffix(".new")
    if not shutil.which("strip") or subprocess.run(["strip", "-o", new, program]).returncode != 0:
        shutil.copy(program, new)
    os.utime(new, ns=(built, built))
    new.replace(copy)  # at once, and under a new inode: a program that runs keeps its own
