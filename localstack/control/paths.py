"""Where things are. All that local runs make lives in `.local`, which may be deleted at any time after `make down`."""

import os
from pathlib import Path

ROOT = Path(__file__).parents[2]
LOCAL = Path(os.environ.get("HOLDFAST_LOCAL") or ROOT / ".local")  # tests have one of their own
LOCALSTACK = ROOT / "localstack"

LOGS = LOCAL / "log"
RUN = LOCAL / "run"  # one file per process that is running, and what is known of the stack
BINARIES = LOCAL / "bin"  # copies, so that a build never changes a program that runs
COMMANDS = LOCAL / "commands"  # what `.local/env` puts on the PATH; no Lambda is among them
STATE = LOCAL / "state"  # where `holdfast` keeps sessions
BUILD = LOCAL / "build"
ENVIRONMENT = LOCAL / "env"
DEMO = RUN / "demo"  # who was made to sign in with

HOST_PYTHON = LOCAL / "localstack" / "bin" / "python"
TOOLS = LOCAL / "tools" / "bin"

STACK = "holdfast"
REGION = "us-east-1"
PORT = int(os.environ.get("HOLDFAST_PORT") or 4566)
SUPPLIERS_PORT = int(os.environ.get("HOLDFAST_SUPPLIERS_PORT") or PORT + 1000)
DYNAMODB_PORT = int(os.environ.get("HOLDFAST_DYNAMODB_PORT") or PORT + 2000)
ENDPOINT = f"http://127.0.0.1:{PORT}"
DYNAMODB_URL = f"http://127.0.0.1:{DYNAMODB_PORT}"
SUPPLIERS_URL = f"http://127.0.0.1:{SUPPLIERS_PORT}"

# LocalStack takes any credentials; the SDKs insist on having some.
AWS_ENVIRONMENT = {
    "AWS_ENDPOINT_URL": ENDPOINT,
    "AWS_ENDPOINT_URL_DYNAMODB": DYNAMODB_URL,  # LocalStack would only forward these calls
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_REGION": REGION,
    "AWS_DEFAULT_REGION": REGION,
}


def with_tools() -> dict[str, str]:
    """The environment for commands that talk to the local AWS, and to no other."""
    unwanted = ("AWS_", "MAKE", "MFLAGS")  # other accounts; and options that are for the make that called us
    kept = {key: value for key, value in os.environ.items() if not key.startswith(unwanted)}
    quiet = {"SAM_CLI_TELEMETRY": "0", "AWS_PAGER": "", "PYTHONWARNINGS": "ignore"}
    return kept | AWS_ENVIRONMENT | quiet | {"PATH": os.pathsep.join([str(COMMANDS), str(TOOLS), os.environ["PATH"]])}
