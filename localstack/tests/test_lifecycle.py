"""LocalStack really starts, listens on loopback only, and leaves nothing running, however it ends."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from control import build, host, install, processes, stack, up
from control.console import Problem
from control.paths import BINARIES, LOCAL, PORT


def ours() -> list[str]:
    """The programs that run out of our folder."""
    return [program for _, program in processes._programs() if program.startswith(f"{LOCAL}/")]


def is_dynoxide(program: str) -> bool:
    return program == str(BINARIES / "dynoxide")


def start_with_a_table() -> int:
    """A table makes LocalStack start dynoxide. Returns LocalStack's process id."""
    host.start()
    table = (
        "--table-name",
        "trips",
        "--billing-mode",
        "PAY_PER_REQUEST",
        "--key-schema",
        "AttributeName=pk,KeyType=HASH",
    )
    stack.aws("dynamodb", "create-table", *table, "--attribute-definitions", "AttributeName=pk,AttributeType=S")
    assert any(map(is_dynoxide, ours()))
    record = processes.running(host.NAME)
    assert record is not None
    return record["pid"]


def start_something_instead() -> None:
    """What is tested of `make up` does not depend on what it starts, and this starts faster."""
    program = LOCAL / "something"
    if not program.exists():
        program.symlink_to("/bin/sleep")
    processes.start(host.NAME, [program, "60"], dict(os.environ), "")


def listening() -> dict[str, set[int]]:
    """The listening sockets of this machine by their inode, and the address each is bound to."""
    found: dict[str, set[int]] = {}
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A":
                found.setdefault(fields[1].split(":")[0], set()).add(int(fields[9]))
    return found


def sockets_of(pid: int) -> set[int]:
    links = [os.readlink(link) for link in Path(f"/proc/{pid}/fd").iterdir() if link.exists() or link.is_symlink()]
    return {int(link[8:-1]) for link in links if link.startswith("socket:[")}


@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="reads Linux's /proc")
def test_every_socket_is_on_loopback_and_down_leaves_nothing():
    start_with_a_table()
    pids = [pid for pid, program in processes._programs() if program.startswith(f"{LOCAL}/")]
    inodes = set().union(*(sockets_of(pid) for pid in pids))
    bound = {address for address, sockets in listening().items() if sockets & inodes}
    assert bound == {"0100007F"}  # 127.0.0.1 as the kernel prints it
    up.down()
    assert ours() == []
    host.ensure_ports_free()


def test_dynoxide_ends_when_localstack_is_killed():
    os.kill(start_with_a_table(), signal.SIGKILL)
    assert processes.wait_for(lambda: not any(map(is_dynoxide, ours())), 5)


@pytest.fixture
def nothing_to_install(monkeypatch):
    monkeypatch.setattr(up, "install", lambda: None)
    monkeypatch.setattr(up, "build", lambda: None)
    monkeypatch.setattr(host, "start", start_something_instead)


def interrupt():
    raise KeyboardInterrupt


@pytest.mark.usefixtures("nothing_to_install")
def test_up_that_is_interrupted_stops_what_it_has_started(monkeypatch):
    monkeypatch.setattr(stack, "deploy", interrupt)
    with pytest.raises(KeyboardInterrupt):
        up.bring_up()
    assert ours() == []


@pytest.mark.usefixtures("nothing_to_install")
def test_up_that_is_interrupted_leaves_what_was_running_before(monkeypatch):
    start_something_instead()
    before = processes.running(host.NAME)
    monkeypatch.setattr(up, "build", interrupt)
    with pytest.raises(KeyboardInterrupt):
        up.bring_up()
    assert before is not None
    assert processes.running(host.NAME) == before


def test_a_port_that_is_taken_is_named_with_the_remedy():
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", PORT))
        other.listen()
        with pytest.raises(Problem, match=rf"port {PORT} is taken .* HOLDFAST_PORT="):
            up.bring_up()


def test_a_python_that_does_not_fit_is_passed_over_and_the_remedy_named(tmp_path):
    for name in ("python3.13", "python3"):
        shim = tmp_path / name
        shim.write_text("#!/bin/sh\nexit 127\n")
        shim.chmod(0o755)
    nowhere = {"PATH": f"{tmp_path}:/usr/bin:/bin", "HOME": str(tmp_path)}
    result = subprocess.run(
        [Path(__file__).parents[1] / "bin" / "control", "status"], env=nowhere, capture_output=True, text=True
    )
    if "Python 3.13 is needed" not in result.stderr:
        pytest.skip("this system has a Python 3.13 of its own")
    assert result.returncode == 1
    found = subprocess.run(
        [Path(__file__).parents[1] / "bin" / "control", "status"],
        env=nowhere | {"HOLDFAST_PYTHON": sys.executable, "HOLDFAST_LOCAL": str(tmp_path / "local")},
        capture_output=True,
        text=True,
    )
    assert "not running" in found.stdout


def test_a_command_does_not_start_while_another_is_at_work():
    from control.lock import exclusive

    with pytest.raises(Problem, match="at work"):
        exclusive(lambda: exclusive(lambda: 0))


def test_the_checks_of_the_set_up_see_changes(tmp_path):
    file = tmp_path / "a"
    file.write_text("1")
    before = install.digest(tmp_path)
    file.write_text("2")
    assert install.digest(tmp_path) != before


def test_a_program_is_copied_only_when_it_has_changed(tmp_path):
    program, copy = tmp_path / "program", tmp_path / "bin" / "program"
    program.write_bytes(Path(BINARIES / "dynoxide").read_bytes())
    build._copy_stripped(program, copy)
    first = copy.stat().st_ino
    build._copy_stripped(program, copy)
    assert copy.stat().st_ino == first
    os.utime(program)
    build._copy_stripped(program, copy)
    assert copy.stat().st_ino != first
