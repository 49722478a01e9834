"""The command line: one word, which the Makefile passes on."""

import signal
import sys
from collections.abc import Callable

from control import bench, soak, suite, up
from control.console import Problem, complain
from control.lock import exclusive
from control.report import logs, status

COMMANDS: dict[str, Callable[[], int]] = {
    "up": lambda: exclusive(up.up),
    "down": lambda: exclusive(up.down),
    "test": lambda: exclusive(suite.test),
    "load": lambda: exclusive(suite.load),
    "screenshots": lambda: exclusive(suite.screenshots),
    "soak": lambda: exclusive(soak.soak),
    "bench": lambda: exclusive(bench.bench),
    "check": suite.check,
    "status": status,
    "logs": logs,
}


def interrupted(number: int, _frame: object) -> None:
    """Ends `make up` like Ctrl-C does, so that what it started and has not finished is stopped."""
    raise KeyboardInterrupt(signal.Signals(number).name)


def main(arguments: list[str]) -> int:
    if len(arguments) != 1 or arguments[0] not in COMMANDS:
        complain(f"usage: control {'|'.join(COMMANDS)}")
        return 2
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, interrupted)
    try:
        return COMMANDS[arguments[0]]()
    except Problem as problem:
        complain(str(problem))
        return 1
    except KeyboardInterrupt:
        complain("interrupted")
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
