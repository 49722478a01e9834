"""`make bench`: how fast the Lambdas start, and how fast the local stack books trips."""

import os
import subprocess
from pathlib import Path

from control.build import build
from control.console import Problem, step
from control.install import install
from control.paths import BINARIES, ROOT, with_tools
from control.suite import Suite, on_the_stack

# As `sam build` compiles them, but for this machine. The bench names a program that is left out.
PROGRAMS = ("booking", "order", "stock", "invoices", "letters", "authorizer", "api", "suppliers", "hello")
BENCH = BINARIES / "bench"


def bench() -> int:
    """Leaves the stack as it was found: running, or not."""
    install()
    build()
    suite = Suite()
    suite.run("Start-up of every Lambda, beside an empty one", [BENCH, "start-up", _release()])
    on_the_stack(suite, {"Trips on the local stack (usually 2 minutes)": [BENCH, "trips"]})
    return suite.verdict()


def _release() -> Path:
    """Compiles the Lambdas as they are deployed; tells the folder where they are."""
    packages = [f"--package=holdfast-{program}" for program in PROGRAMS]
    command = ["cargo", "build", "--release", "--locked", "--quiet", "--bins", *packages]
    with step("Building the release programs", "7 minutes the first time, then seconds"):
        if subprocess.run(command, cwd=ROOT, env=with_tools()).returncode != 0:
            raise Problem("the build failed; see above")
    return Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "release"
