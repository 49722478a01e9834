"""One command at a time per checkout: two would start, or stop, each other's processes."""

import fcntl
from collections.abc import Callable

from control.console import Problem
from control.paths import LOCAL


def exclusive(command: Callable[[], int]) -> int:
    LOCAL.mkdir(exist_ok=True)
    with open(LOCAL / "lock", "w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Problem("another make up, down or test is at work here: wait for it, or stop it") from None
        return command()
