"""`make status` and `make logs`."""

import subprocess

from control import host, processes
from control.console import Problem, say
from control.paths import ENDPOINT, ENVIRONMENT, LOGS, ROOT, RUN, SUPPLIERS_URL
from control.suppliers import NAME as SUPPLIERS


def status() -> int:
    """Exits with 0 if all of it is up."""
    up = [_line(host.NAME, ENDPOINT), _line(SUPPLIERS, SUPPLIERS_URL)]
    say(f"{'stack':<12} {'deployed' if (RUN / 'deployed').exists() else 'not deployed'}")
    if all(up) and ENVIRONMENT.exists():
        say(f"\nsource {ENVIRONMENT.relative_to(ROOT)}")
        return 0
    say("\n'make up' starts what is missing")
    return 1


def logs() -> int:
    """Follows the logs until Ctrl-C."""
    files = sorted(LOGS.glob("*.log"))
    if not files:
        raise Problem("there are no logs yet: 'make up' writes them")
    return subprocess.run(["tail", "-n", "20", "-F", *files]).returncode


def _line(name: str, url: str) -> bool:
    record = processes.running(name)
    say(f"{name:<12} " + (f"running, process {record['pid']}, {url}" if record else "not running"))
    return record is not None
