"""Deploys `template.yaml` to LocalStack with the same two commands as to AWS."""

import json
import platform
import re
import subprocess
from pathlib import Path

from control.console import Problem, step
from control.install import digest
from control.paths import BINARIES, BUILD, ENDPOINT, LOGS, REGION, ROOT, RUN, STACK, SUPPLIERS_URL, TOOLS, with_tools

# All that differs between a local stack and one on AWS.
PARAMETERS = {
    "Architecture": "arm64" if platform.machine() in ("arm64", "aarch64") else "x86_64",
    "SuppliersUrl": SUPPLIERS_URL,
    "RetryIntervalSeconds": "1",
    "LeaseSeconds": "15",
    "PendingPollSeconds": "5",
    "PendingSeconds": "30",
    "AskAgainSeconds": "15",
    "BreakerOpenSeconds": "5",
    # Its programs are not optimised, and share two processors with all that runs beside them.
    "TerminalTableMs": "1000",
    "Simulation": "on",
    "DeskPauseSeconds": "1",
    "CorsOrigin": "http://localhost:5173",
    "NotifyFrom": "agency@holdfast.example",
    "OperatorEmail": "desk@holdfast.example",
}


# Of the programs that are uploaded. SAM would make one, too, with a stack of its own: half a minute.
BUCKET = "holdfast-programs"


def deploy() -> bool:
    """Brings the stack up to date; false if it already is."""
    template = ROOT / "template.yaml"
    known = set(re.findall(r"^  (\w+):", template.read_text(), re.M))
    parameters = {key: value for key, value in PARAMETERS.items() if key in known}
    wanted = digest(template, ROOT / "statemachine", ROOT / "functions" / "Makefile", BINARIES) + json.dumps(parameters)
    deployed = RUN / "deployed"
    if deployed.exists() and deployed.read_text() == wanted:
        return False
    with step(f"Deploying template.yaml as the stack {STACK!r}", "half a minute, less for a change"):
        _sam("build", ["--template-file", template, "--build-dir", BUILD, "--build-in-source", "--parallel"])
        aws("s3api", "create-bucket", "--bucket", BUCKET)
        # SES sends from verified addresses only, the local one, too.
        aws("ses", "verify-email-identity", "--email-address", PARAMETERS["NotifyFrom"])
        _sam("deploy", _deploy_arguments(parameters))
        deployed.write_text(wanted)
    return True


def outputs() -> dict[str, str]:
    described = json.loads(aws("cloudformation", "describe-stacks", "--stack-name", STACK))
    found = {output["OutputKey"]: output["OutputValue"] for output in described["Stacks"][0].get("Outputs", [])}
    return {key: _reachable(value) for key, value in found.items()}


def aws(*arguments: str) -> str:
    result = subprocess.run([TOOLS / "aws", *arguments], env=with_tools(), capture_output=True, text=True)
    if result.returncode != 0:
        raise Problem(f"aws {' '.join(arguments[:2])} failed: {result.stderr.strip()}")
    return result.stdout


def _reachable(value: str) -> str:
    """An API's address is a host name on AWS; locally it is a path, which needs no DNS."""
    api = re.match(r"(https?|wss)://([^./]+)\.execute-api\.[^/]+/(.+)", value)
    if not api:
        return value
    endpoint = ENDPOINT.replace("http:", "ws:") if api[1] == "wss" else ENDPOINT
    return f"{endpoint}/_aws/execute-api/{api[2]}/{api[3]}"


def _deploy_arguments(parameters: dict[str, str]) -> list[str | Path]:
    overrides = [f"{key}={value}" for key, value in parameters.items()]
    return [
        *("--template-file", BUILD / "template.yaml", "--stack-name", STACK, "--region", REGION),
        *("--s3-bucket", BUCKET, "--capabilities", "CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"),
        *("--no-confirm-changeset", "--no-fail-on-empty-changeset", "--no-progressbar"),
        *(("--parameter-overrides", *overrides) if overrides else ()),
    ]


def _sam(word: str, arguments: list[str | Path]) -> None:
    """Takes no settings from samconfig.toml, which are those of a stack on AWS."""
    settings = RUN / "samconfig.toml"
    settings.write_text("version = 0.1\n")
    log = LOGS / f"sam-{word}.log"
    environment = with_tools() | {"BINARIES": str(BINARIES), "SAM_CLI_POLL_DELAY": "0.5"}
    with open(log, "wb") as file:
        command = [TOOLS / "sam", word, "--config-file", settings, *arguments]
        result = subprocess.run(command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=file, stderr=file)
    if result.returncode != 0:
        tail = log.read_text(errors="replace").strip().splitlines()[-25:]
        raise Problem(f"sam {word} failed; the end of {log}:\n  " + "\n  ".join(tail))
