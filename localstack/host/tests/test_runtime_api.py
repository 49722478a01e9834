"""The Runtime API, against a bootstrap in Python: answers, errors, crashes, endless work."""

import os
import stat
import sys
import time

import pytest

from holdfast_host.runtime_api import Event, InitFailed, Runtime, describe_exit

BOOTSTRAP = """#!{python}
import json, os, sys, time, urllib.request
api = "http://" + os.environ["AWS_LAMBDA_RUNTIME_API"] + "/2018-06-01/runtime/"
def post(path, body):
    urllib.request.urlopen(urllib.request.Request(api + path, json.dumps(body).encode()))
if os.environ.get("INIT") == "fails":
    post("init/error", {{"errorType": "NoTable"}})
    sys.exit(1)
if os.environ.get("INIT") == "ends":
    sys.exit(3)
while True:
    with urllib.request.urlopen(api + "invocation/next") as answer:
        event, invocation = json.load(answer), "invocation/" + answer.headers["Lambda-Runtime-Aws-Request-Id"]
    match event:
        case "fail": post(invocation + "/error", {{"errorType": "Refused"}})
        case "crash": os.kill(os.getpid(), 9)
        case "hang": time.sleep(60)
        case "pid": post(invocation + "/response", os.getpid())
        case _: post(invocation + "/response", event)
"""


@pytest.fixture
def boot(tmp_path):
    """Starts a bootstrap; whatever happens, none is left when the test ends."""
    program = tmp_path / "bootstrap"
    program.write_text(BOOTSTRAP.format(python=sys.executable))
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    started = []

    def start(**environment):
        with open(tmp_path / "log", "ab") as log:
            started.append(Runtime(str(tmp_path), environment, log))
        started[-1].wait_until_ready()
        return started[-1]

    yield start
    for runtime in started:
        runtime.kill()


def invoke(runtime, payload, timeout=10):
    return runtime.invoke("request-1", Event(payload, {"Lambda-Runtime-Aws-Request-Id": "request-1"}), timeout)


def test_an_answer_and_an_error_come_back_as_what_they_are(boot):
    runtime = boot()
    assert invoke(runtime, b'{"a": 1}') == (b'{"a": 1}', False)
    assert invoke(runtime, b'"fail"') == (b'{"errorType": "Refused"}', True)
    assert invoke(runtime, b"[2]") == (b"[2]", False)


def test_a_crash_is_an_error_of_the_invocation_and_of_each_after_it(boot):
    runtime = boot()
    for _ in range(2):
        answer = invoke(runtime, b'"crash"')
        assert answer.is_error
        assert b"signal: SIGKILL" in answer.payload
    assert not runtime.alive()


def test_one_that_does_not_answer_in_time_can_be_killed(boot):
    runtime = boot()
    with pytest.raises(TimeoutError):
        invoke(runtime, b'"hang"', timeout=0.2)
    runtime.kill()
    assert not runtime.alive()


@pytest.mark.parametrize(("init", "said"), [("fails", b"NoTable"), ("ends", b"exit status 3")])
def test_a_bootstrap_that_does_not_get_ready_says_why(boot, init, said):
    with pytest.raises(InitFailed) as failure:
        boot(INIT=init)
    assert said in failure.value.payload


def test_a_bootstrap_that_cannot_be_run_says_why(tmp_path):
    with pytest.raises(InitFailed, match="Couldn't start"):
        Runtime(str(tmp_path), {}, None)


def test_it_listens_on_loopback(boot):
    assert boot()._server.server_address[0] == "127.0.0.1"


def test_a_killed_bootstrap_is_gone(boot):
    runtime = boot()
    pid = int(invoke(runtime, b'"pid"').payload)
    runtime.kill()
    deadline = time.monotonic() + 5
    while os.path.exists(f"/proc/{pid}") and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not os.path.exists(f"/proc/{pid}")


def test_the_end_of_a_runtime_is_described_as_aws_does():
    assert describe_exit(101) == "Error: Runtime exited with error: exit status 101"
    assert describe_exit(-11) == "Error: Runtime exited with error: signal: SIGSEGV"
    assert describe_exit(0) == "Error: Runtime exited without providing a reason"
