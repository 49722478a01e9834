"""One Lambda environment: a `bootstrap` process and the AWS Lambda Runtime API that it polls.

AWS documents the API as five HTTP calls; the Rust runtime uses four of them. Each bootstrap gets a server
of its own on a free loopback port, so that no call needs to say whose it is.
"""

import json
import os
import queue
import signal
import subprocess
import threading
from concurrent.futures import Future, InvalidStateError
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple

PREFIX = "/2018-06-01/runtime/"
LOOK_FOR_THE_END = 5  # seconds; there is a server for each environment, and each wakes up to look


class InitFailed(Exception):
    """The bootstrap ended, or reported an error, before it asked for its first event."""

    def __init__(self, message: str, payload: bytes):
        super().__init__(message)
        self.payload = payload


class Event(NamedTuple):
    payload: bytes
    headers: dict[str, str | int]


class Answer(NamedTuple):
    payload: bytes
    is_error: bool


def error_payload(kind: str, message: str) -> bytes:
    return json.dumps({"errorType": kind, "errorMessage": message}).encode()


def settle(future: Future, value: object) -> None:
    """Gives the future its outcome, unless it has one: a crash and an answer can race."""
    try:
        if isinstance(value, Exception):
            future.set_exception(value)
        else:
            future.set_result(value)
    except InvalidStateError:
        pass


class Handler(BaseHTTPRequestHandler):
    """Answers the bootstrap; `self.server.runtime` is the Runtime it belongs to."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # one write per answer instead of one per header

    def do_GET(self):
        runtime = self.server.runtime
        if self.path != PREFIX + "invocation/next":
            return self._reply(404)
        settle(runtime.ready, True)
        event = runtime.events.get()
        if event is None:  # the process has ended: the answer is not read
            self.close_connection = True
        else:
            self._reply(200, event.payload, event.headers)

    def do_POST(self):
        runtime, body = self.server.runtime, self._body()
        match self.path.removeprefix(PREFIX).split("/"):
            case ["init", "error"]:
                settle(runtime.ready, InitFailed("the function's initialization failed", body))
            case ["invocation", request_id, ("response" | "error") as kind] if request_id == runtime.request_id:
                settle(runtime.answer, Answer(body, kind == "error"))
            case _:
                return self._reply(400, error_payload("InvalidRequestID", self.path))
        self._reply(202)

    def log_message(self, *_):
        """Says nothing: a line per event would drown the functions' own."""

    def _reply(self, status: int, body: bytes = b"{}", headers: dict | None = None):
        self.send_response_only(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        for key, value in (headers or {}).items():
            self.send_header(key, str(value))
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def _body(self) -> bytes:
        if "chunked" not in self.headers.get("Transfer-Encoding", "").lower():
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        chunks = []
        while size := int(self.rfile.readline().split(b";")[0], 16):
            chunks.append(self.rfile.read(size))
            self.rfile.readline()
        while self.rfile.readline().strip():  # the trailers
            pass
        return b"".join(chunks)


class Runtime:
    """A running bootstrap; it takes one event at a time, as AWS has it."""

    def __init__(self, code: str, environment: dict[str, str], log):
        self.ready: Future = Future()
        self.events: queue.SimpleQueue[Event | None] = queue.SimpleQueue()
        self.request_id: str | None = None
        self.answer: Future | None = None
        self._exit: str | None = None
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads, self._server.runtime = True, self
        try:
            self._process = self._spawn(os.path.join(code, "bootstrap"), code, environment, log)
        except OSError as error:
            self._server.server_close()
            message = f"Couldn't start {code}/bootstrap: {error}"
            raise InitFailed(message, error_payload("Runtime.InvalidEntrypoint", message)) from error
        threading.Thread(target=self._server.serve_forever, args=(LOOK_FOR_THE_END,), daemon=True).start()
        threading.Thread(target=self._watch, daemon=True).start()

    def wait_until_ready(self) -> None:
        self.ready.result()

    def invoke(self, request_id: str, event: Event, timeout: float) -> Answer:
        """Raises TimeoutError if there is no answer in time."""
        self.request_id, self.answer = request_id, Future()
        self._fail_if_dead()
        self.events.put(event)
        return self.answer.result(timeout)

    def alive(self) -> bool:
        return self._process.poll() is None

    def kill(self) -> None:
        try:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait(5)
        except (ProcessLookupError, subprocess.TimeoutExpired):
            pass

    def _spawn(self, program: str, code: str, environment: dict[str, str], log) -> subprocess.Popen:
        address = {"AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{self._server.server_port}"}
        return subprocess.Popen(
            [program],
            cwd=code,
            env=environment | address,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,  # so that kill() reaches what it started, too
        )

    def _watch(self) -> None:
        status = self._process.wait()
        self._exit = describe_exit(status)
        settle(self.ready, InitFailed(self._exit, error_payload("Runtime.ExitError", self._exit)))
        self.events.put(None)
        self._fail_if_dead()
        self._server.shutdown()
        self._server.server_close()

    def _fail_if_dead(self) -> None:
        """Called after either of `_exit` and `answer` is set, so that neither order loses the failure."""
        if self._exit and self.answer:
            message = f"RequestId: {self.request_id} {self._exit}"
            settle(self.answer, Answer(error_payload("Runtime.ExitError", message), True))


def describe_exit(status: int) -> str:
    """What AWS says of a runtime that ended."""
    if status > 0:
        return f"Error: Runtime exited with error: exit status {status}"
    if status < 0:
        return f"Error: Runtime exited with error: signal: {signal.Signals(-status).name}"
    return "Error: Runtime exited without providing a reason"
