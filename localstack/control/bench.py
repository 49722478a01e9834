"""`make bench`: how fast the Lambdas start, how fast the local stack books trips, and how fast the authorizer
answers beside a design with a lock in Redis."""

import os
import subprocess
from pathlib import Path

from control.build import build
from control.console import Problem, step
from control.install import install
from control.paths import BINARIES, ROOT, with_tools
from control.suite import Section, Suite, on_the_stack

# As `sam build` compiles them, but for this machine. The bench names a program that is left out.
SERVICES = ("booking", "order", "stock", "invoices", "letters", "authorizer", "api", "pages", "push", "suppliers")
PROGRAMS = (*SERVICES, "hello")
BENCH = BINARIES / "bench"


def bench() -> int:
    """Leaves the stack as it was found: running, or not."""
    install()
    build()
    suite = Suite()
    suite.run("Start-up of every Lambda, beside an empty one", [BENCH, "start-up", _release()])
    measured = _measured()
    title = "Card transactions: conditional writes beside a lock in Redis (usually 90 s)"
    suite.run(title, [measured / "bench", "authorizer", measured / "dynoxide"])
    on_the_stack(suite, [Section("Trips on the local stack (usually 2 minutes)", [BENCH, "trips"])])
    return suite.verdict()


def _release() -> Path:
    """Compiles the Lambdas as they are deployed; tells the folder where they are."""
    with step("Building the release programs", "7 minutes the first time, then seconds"):
        return _compile("release", [f"holdfast-{program}" for program in PROGRAMS])


def _measured() -> Path:
    """Compiles what card transactions are measured with, apart from the Lambdas: together with it these would have
    other features than when they are deployed."""
    with step("Building the bench and its DynamoDB, optimized", "4 minutes the first time, then seconds"):
        return _compile("measured", ["holdfast-bench", "holdfast-dynoxide"], "--no-default-features")


def _compile(profile: str, packages: list[str], *options: str) -> Path:
    command = ["cargo", "build", f"--profile={profile}", "--locked", "--quiet", "--bins", *options]
    command += [f"--package={package}" for package in packages]
    if subprocess.run(command, cwd=ROOT, env=with_tools()).returncode != 0:
        raise Problem("the build failed; see above")
    return Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / profile
