"""What is said to the reader: every step says what it does and how long it took."""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

_COLOUR = sys.stdout.isatty() and "NO_COLOR" not in os.environ


class Problem(Exception):
    """Something that its reader can mend; the message says how."""


class Skipped(Exception):
    """A part of the tests that this machine cannot run, and need not; the message says why."""


def say(text: str = "") -> None:
    print(text, flush=True)


def complain(text: str) -> None:
    print(f"holdfast: {text}", file=sys.stderr, flush=True)


def strong(text: str) -> str:
    return f"\033[1m{text}\033[0m" if _COLOUR else text


@contextmanager
def step(title: str, usually: str = "") -> Iterator[None]:
    """A heading before, the time it took after; `usually` prepares for a longer wait."""
    say(strong(f"==> {title}") + (f"  (usually {usually})" if usually else ""))
    began = time.monotonic()
    yield
    say(f"    done in {time.monotonic() - began:.1f} s")
