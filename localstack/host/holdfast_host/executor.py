"""Runs Lambdas with a `provided.*` runtime as processes of this machine; LAMBDA_RUNTIME_EXECUTOR=host picks it.

LocalStack asks its executor to start an environment, to invoke it, and to stop it; how many there are, and
which one gets an event, stays LocalStack's business.
"""

import os
import re
import tempfile
import time

from localstack import config
from localstack.services.lambda_.invocation.executor_endpoint import StatusErrorException
from localstack.services.lambda_.invocation.lambda_models import InvocationResult
from localstack.services.lambda_.invocation.plugins import RuntimeExecutorPlugin
from localstack.services.lambda_.invocation.runtime_executor import RuntimeExecutor

from holdfast_host import dynamodb
from holdfast_host.runtime_api import Answer, Event, InitFailed, Runtime, error_payload

# All that a function sees of the environment in which `make up` was run.
INHERITED = ("PATH", "HOME", "TMPDIR", "SSL_CERT_FILE", "SSL_CERT_DIR", "AWS_CA_BUNDLE")
LOG_LIMIT = 1 << 24
# Everything that functions print, to be read after LocalStack, and its CloudWatch, have ended.
FUNCTION_LOG = os.environ.get("FUNCTION_LOG", os.devnull)


def _reachable(value: str) -> str:
    """The address of one of LocalStack's APIs is a host name of AWS's; here it is a path, which needs no DNS."""
    here = rf"://127.0.0.1:{config.GATEWAY_LISTEN[0].port}/_aws/execute-api/\2"
    return re.sub(r"^(http|ws)s://([^./]+)\.execute-api\.[^/]+", rf"\1{here}", value)


class HostExecutorPlugin(RuntimeExecutorPlugin):
    name = "host"

    def load(self, *args, **kwargs):
        return HostRuntimeExecutor


class HostRuntimeExecutor(RuntimeExecutor):
    """One Lambda environment, for as long as LocalStack keeps it."""

    runtime: Runtime | None = None

    def start(self, env_vars):
        # A file and not a pipe: what was printed before the answer is in it when the answer comes.
        self._log = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115 - goes with this object
        self._read = 0
        self._code = str(self.function_version.config.code.get_unzipped_code_location())
        self._environment = {key: os.environ[key] for key in INHERITED if key in os.environ}
        self._environment["AWS_ENDPOINT_URL_DYNAMODB"] = dynamodb.endpoint()
        self._environment |= {key: _reachable(str(value)) for key, value in env_vars.items() if value is not None}
        self._environment["LAMBDA_TASK_ROOT"] = self._code
        self._boot()

    def stop(self):
        if self.runtime:
            self.runtime.kill()

    def invoke(self, payload):
        settings, request_id, began = self.function_version.config, payload["invoke-id"], time.time()
        if not self.runtime.alive():
            self._boot()  # as AWS does after an exit or a timeout: same environment, new process
        event = Event(
            payload["payload"].encode(),
            {
                "Lambda-Runtime-Aws-Request-Id": request_id,
                "Lambda-Runtime-Deadline-Ms": int((began + settings.timeout) * 1000),
                "Lambda-Runtime-Invoked-Function-Arn": payload["invoked-function-arn"],
                "Lambda-Runtime-Trace-Id": payload["trace-id"],
            },
        )
        answer = self._answer(request_id, event, settings.timeout)
        logs = self._invocation_log(request_id, began)
        return InvocationResult(request_id, answer.payload, is_error=answer.is_error, logs=logs)

    def get_logs(self):
        return os.pread(self._log.fileno(), LOG_LIMIT, 0).decode(errors="replace")

    def get_address(self):
        return "127.0.0.1"

    def get_endpoint_from_executor(self):
        return "127.0.0.1"

    def get_runtime_endpoint(self):
        return f"http://127.0.0.1:{config.GATEWAY_LISTEN[0].port}/_localstack_lambda/{self.id}"

    @classmethod
    def prepare_version(cls, function_version):
        if function_version.config.code:
            function_version.config.code.prepare_for_execution()

    @classmethod
    def cleanup_version(cls, function_version):
        """Nothing to do: the code's folder goes with LocalStack's temporary files."""

    def _boot(self) -> None:
        try:
            self.runtime = Runtime(self._code, self._environment, self._log)
            self.runtime.wait_until_ready()  # LocalStack limits this wait: it calls stop(), which ends it
        except InitFailed as error:
            raise StatusErrorException(str(error), error.payload) from error

    def _answer(self, request_id: str, event: Event, timeout: float) -> Answer:
        try:
            return self.runtime.invoke(request_id, event, timeout)
        except TimeoutError:
            self.runtime.kill()
            message = f"RequestId: {request_id} Error: Task timed out after {timeout:.2f} seconds"
            return Answer(error_payload("Sandbox.Timedout", message), True)

    def _invocation_log(self, request_id: str, began: float) -> str:
        version, memory = self.function_version.id.qualifier, self.function_version.config.memory_size
        printed = self._printed_since_last_read()
        self._keep(printed)
        return (
            f"START RequestId: {request_id} Version: {version}\n"
            f"{printed}END RequestId: {request_id}\n"
            f"REPORT RequestId: {request_id}\tDuration: {(time.time() - began) * 1000:.2f} ms\t"
            f"Memory Size: {memory} MB\n"
        )

    def _keep(self, printed: str) -> None:
        name = self.function_version.id.function_name
        lines = "".join(f"{name} {line}\n" for line in printed.splitlines())
        with open(FUNCTION_LOG, "a") as file:  # appended in one write each, so that lines do not mix
            file.write(lines)

    def _printed_since_last_read(self) -> str:
        """The first invocation's has the lines of the initialization, too."""
        size = os.fstat(self._log.fileno()).st_size - self._read
        data = os.pread(self._log.fileno(), min(size, LOG_LIMIT), self._read)
        self._read += len(data)
        text = data.decode(errors="replace")
        return text if not text or text.endswith("\n") else text + "\n"
