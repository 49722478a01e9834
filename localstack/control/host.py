"""LocalStack itself, as a process of this machine."""

import socket
import urllib.error
import urllib.request

from control import processes
from control.console import Problem, step
from control.install import digest
from control.paths import (
    BINARIES,
    DEMO,
    DYNAMODB_PORT,
    ENDPOINT,
    HOST_PYTHON,
    LOCAL,
    LOCALSTACK,
    LOGS,
    PORT,
    RUN,
    with_tools,
)

NAME = "localstack"
FILES = LOCAL / "localstack-files"
FUNCTIONS = FILES / "tmp" / "lambda"  # where the programs of functions run from

SETTINGS = {
    "GATEWAY_LISTEN": f"127.0.0.1:{PORT}",
    "LOCALSTACK_HOST": f"127.0.0.1:{PORT}",
    "FILESYSTEM_ROOT": str(FILES),
    "TMPDIR": str(FILES / "tmp"),  # its default is shared with every LocalStack of the machine
    "DYNOXIDE_BIN": str(BINARIES / "dynoxide"),
    "DYNAMODB_LOCAL_PORT": str(DYNAMODB_PORT),
    "LAMBDA_RUNTIME_EXECUTOR": "host",
    "PROVIDER_OVERRIDE_DYNAMODB": "v2",
    "PROVIDER_OVERRIDE_DYNAMODBSTREAMS": "v2",
    "SQS_ENDPOINT_STRATEGY": "path",  # queue URLs that need no DNS
    "SQS_DISABLE_CLOUDWATCH_METRICS": "1",  # a request to CloudWatch for each one to a queue
    "EAGER_SERVICE_LOADING": "0",
    "LAMBDA_SYNCHRONOUS_CREATE": "1",
    "LAMBDA_EVENT_SOURCE_MAPPING_POLL_INTERVAL_SEC": "0.05",
    "LAMBDA_EVENT_SOURCE_MAPPING_MAX_BACKOFF_ON_EMPTY_POLL_SEC": "0.25",
    "FUNCTION_LOG": str(LOGS / "functions.log"),
    "LS_LOG": "warn",  # otherwise a line for every request
    "IN_MEMORY_CLIENT": "1",  # one service calls another without a detour over HTTP
    # Nothing here talks to anybody outside this machine.
    "DISABLE_EVENTS": "1",
    "SKIP_SSL_CERT_DOWNLOAD": "1",
    "DNS_ADDRESS": "0",
}


def start() -> bool:
    """Starts LocalStack; false if it runs already and is what it would be now."""
    made_of = digest(LOCALSTACK / "requirements.lock", LOCALSTACK / "host", BINARIES / "dynoxide")
    made_of += f"{PORT} {DYNAMODB_PORT}"
    if record := processes.running(NAME):
        if record["made_of"] == made_of and answers(f"{ENDPOINT}/_localstack/health"):
            return False
        with step("Stopping the LocalStack that runs: it is outdated or does not answer"):
            stop()
    ensure_ports_free()
    with step(f"Starting LocalStack on {ENDPOINT}", "5 to 10 s"):
        (FILES / "tmp").mkdir(parents=True, exist_ok=True)
        _forget()
        command = [HOST_PYTHON, "-m", "localstack.runtime.main"]
        process = processes.start(NAME, command, with_tools() | SETTINGS, made_of)
        processes.wait_until_up(NAME, process, lambda: answers(f"{ENDPOINT}/_localstack/health"), 90)
    return True


def stop() -> bool:
    stopped = processes.stop(NAME)
    _forget()
    return stopped


def _forget() -> None:
    """Its state is in memory: a new one is empty."""
    for known in (RUN / "deployed", DEMO):
        known.unlink(missing_ok=True)


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as response:
            return response.status == 200
    except (urllib.error.URLError, OSError):
        return False


def ensure_ports_free() -> None:
    ensure_free(PORT, "HOLDFAST_PORT")
    ensure_free(DYNAMODB_PORT, "HOLDFAST_DYNAMODB_PORT")


def ensure_free(port: int, variable: str) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise Problem(
                f"port {port} is taken by another program: stop that program, or choose another port, "
                f"for example 'make up {variable}={port + 10}'"
            ) from None
