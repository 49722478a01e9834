"""Starts processes that outlive the command, and finds them again to stop them.

A process id alone proves nothing, since ids are used again: each record also holds when the process began.
"""

import json
import os
import random
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from control.console import Problem
from control.paths import LOCAL, LOGS, RUN, TOOLS


def start(name: str, command: list[str | Path], environment: dict[str, str], made_of: str) -> subprocess.Popen:
    """Starts it in a session of its own, where no Ctrl-C reaches it. `made_of` tells later whether it is outdated."""
    LOGS.mkdir(parents=True, exist_ok=True)
    RUN.mkdir(parents=True, exist_ok=True)
    with open(LOGS / f"{name}.log", "ab") as log:
        process = subprocess.Popen(
            [str(word) for word in command],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    record = {"pid": process.pid, "began": _began(process.pid), "made_of": made_of}
    _record(name).write_text(json.dumps(record))
    return process


def running(name: str) -> dict | None:
    """The record of the process, if that very process is still there."""
    try:
        record = json.loads(_record(name).read_text())
    except (FileNotFoundError, ValueError):
        return None
    return record if record["began"] and _began(record["pid"]) == record["began"] else None


def stop(name: str, patience: float = 15) -> bool:
    """Asks it to stop, then makes it; true if there was something to stop."""
    record = running(name)
    if record:
        _signal(record["pid"], signal.SIGTERM)
        if not wait_for(lambda: running(name) is None, patience):
            _signal(record["pid"], signal.SIGKILL)
            wait_for(lambda: running(name) is None, 5)
    _record(name).unlink(missing_ok=True)
    return record is not None


def stop_strays() -> int:
    """Ends whatever else runs out of `.local`: what was started by a process that was killed.

    Not the tools, though: an `aws` command in another terminal is not ours to end.
    """
    strays = list(_running_from(LOCAL))
    for pid in strays:
        _kill(pid)
    wait_for(lambda: not any(_began(pid) for pid in strays), 5)
    return len(strays)


def kill_one_of(folder: Path) -> bool:
    """Ends some process that runs out of a folder, without asking; false if there is none."""
    running = list(_running_from(folder))
    if running:
        _kill(random.choice(running))
    return bool(running)


def wait_for(condition: Callable[[], bool], patience: float, interval: float = 0.1) -> bool:
    deadline = time.monotonic() + patience
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(interval)
    return True


def wait_until_up(name: str, process: subprocess.Popen, is_up: Callable[[], bool], patience: float) -> None:
    """Waits for a condition, and no longer than the process that is to fulfil it lives."""
    wait_for(lambda: is_up() or process.poll() is not None, patience)
    if process.poll() is not None or not is_up():
        tail = (LOGS / f"{name}.log").read_text(errors="replace").splitlines()[-15:]
        raise Problem(f"{name} did not start; the end of {LOGS / f'{name}.log'}:\n  " + "\n  ".join(tail))


def _record(name: str) -> Path:
    return RUN / f"{name}.json"


def _began(pid: int) -> str | None:
    """When the process began, in whatever way the system counts; None if it is gone or a zombie."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return None if fields[0] == "Z" else fields[19]
    except (FileNotFoundError, ProcessLookupError):
        if Path("/proc/self").exists():
            return None
    listed = subprocess.run(["ps", "-o", "stat=,lstart=", "-p", str(pid)], capture_output=True, text=True).stdout
    state, _, began = listed.strip().partition(" ")
    return began.strip() or None if not state.startswith("Z") else None


def _running_from(folder: Path) -> Iterator[int]:
    for pid, program in _programs():
        ours = program.startswith(f"{folder}/") and not program.startswith(f"{TOOLS.parent}/")
        if ours and pid != os.getpid():
            yield pid


def _programs() -> Iterator[tuple[int, str]]:
    """Every process and the program it was started as."""
    if not Path("/proc/self").exists():
        listed = subprocess.run(["ps", "-axo", "pid=,command="], capture_output=True, text=True, check=True).stdout
        for line in listed.splitlines():
            pid, _, command = line.strip().partition(" ")
            yield int(pid), command
        return
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                yield int(entry.name), (entry / "cmdline").read_bytes().split(b"\0")[0].decode(errors="replace")
            except (FileNotFoundError, ProcessLookupError, PermissionError):
                continue


def _signal(pid: int, number: signal.Signals) -> None:
    try:
        os.killpg(pid, number)
    except (ProcessLookupError, PermissionError):
        pass


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        pass
