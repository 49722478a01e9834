"""`make soak`: many bookings and orders, while suppliers fail by chance and functions are killed."""

import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from control import processes, suppliers, up
from control.console import say
from control.host import FUNCTIONS
from control.install import install
from control.paths import with_tools
from control.suite import Suite

CHAOS_RATE = 0.2
PAUSE = (0.5, 3.0)  # seconds between two kills
SOAK = ["cargo", "run", "--locked", "--quiet", "-p", "holdfast-tests", "--example", "soak"]


def soak() -> int:
    """Leaves the stack as it was found, and its suppliers as reliable as ever."""
    install()
    suite = Suite()
    values, started = up.bring_up()
    names = ("HOLDFAST_SUPPLIERS_TABLE", "HOLDFAST_WEBHOOK_SECRET", "HOLDFAST_SUPPLIERS_KEY")
    made_for = [values[name] for name in names]
    try:
        suppliers.start(*made_for, chaos=CHAOS_RATE)
        with _functions_killed():
            suite.run(f"Soak: suppliers fail at {CHAOS_RATE}, functions are killed", SOAK, with_tools() | values)
    finally:
        if started:
            up.down()
        else:
            suppliers.start(*made_for)
    return suite.verdict()


@contextmanager
def _functions_killed() -> Iterator[None]:
    stop = threading.Event()
    killed = 0

    def kill() -> None:
        nonlocal killed
        while not stop.wait(random.uniform(*PAUSE)):
            killed += processes.kill_one_of(FUNCTIONS)

    thread = threading.Thread(target=kill, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
        say(f"    {killed} processes of functions were killed meanwhile")
