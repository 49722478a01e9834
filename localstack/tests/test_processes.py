"""Processes are found again, are told from others with the same id, and end when they are told to."""

import json
import os
import signal
import subprocess

from control import processes
from control.paths import LOCAL, RUN

WAIT = ["sleep", "60"]
STUBBORN = ["bash", "-c", "trap '' TERM; echo ready; while :; do sleep 0.1; done"]


def test_a_process_is_found_again_until_it_is_stopped():
    process = processes.start("waiting", WAIT, dict(os.environ), "version 1")
    record = processes.running("waiting")
    assert record is not None
    assert (record["pid"], record["made_of"]) == (process.pid, "version 1")
    assert processes.stop("waiting")
    assert processes.running("waiting") is None
    assert process.poll() == -signal.SIGTERM
    assert not processes.stop("waiting")


def test_one_that_ignores_the_request_is_killed():
    process = processes.start("stubborn", STUBBORN, dict(os.environ), "")
    log = LOCAL / "log" / "stubborn.log"
    assert processes.wait_for(lambda: "ready" in log.read_text(), 5)
    processes.stop("stubborn", patience=0.3)
    assert process.poll() == -signal.SIGKILL


def test_another_process_that_has_got_the_same_id_is_left_alone():
    with subprocess.Popen(WAIT) as stranger:
        RUN.mkdir(parents=True, exist_ok=True)
        (RUN / "old.json").write_text(json.dumps({"pid": stranger.pid, "began": "another time", "made_of": ""}))
        assert processes.running("old") is None
        assert not processes.stop("old")
        assert stranger.poll() is None
        stranger.kill()


def test_a_record_that_was_cut_off_counts_as_none():
    RUN.mkdir(parents=True, exist_ok=True)
    (RUN / "cut.json").write_text('{"pid": 1')
    assert processes.running("cut") is None


def test_programs_that_run_out_of_our_folder_are_strays_and_no_others():
    program = LOCAL / "files" / "bootstrap"
    program.parent.mkdir(parents=True, exist_ok=True)
    program.unlink(missing_ok=True)
    program.symlink_to("/bin/sleep")
    with subprocess.Popen([program, "60"]) as stray, subprocess.Popen(WAIT) as other:
        assert processes.stop_strays() == 1
        assert stray.wait(5) == -signal.SIGKILL
        assert other.poll() is None
        other.kill()
