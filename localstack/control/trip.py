"""Books the sample trip, to show that all of it works, and how."""

import json
import time

from control import processes
from control.answers import describe
from control.console import Problem, say, step
from control.paths import ROOT
from control.stack import aws

SAMPLE = ROOT / "tests" / "trips" / "sample.json"


def book_sample(state_machine: str) -> None:
    with step(f"Booking the trip in {SAMPLE.relative_to(ROOT)}", "a few seconds"):
        execution = _execute(state_machine)
    if execution["status"] != "SUCCEEDED":
        raise Problem(f"the sample trip ended {execution['status']}: {execution.get('error')} {execution.get('cause')}")
    booking = json.loads(execution["output"])
    say("\n".join(f"    {line}" for line in [booking["booking_id"], *describe(booking)]))


def _execute(state_machine: str) -> dict:
    name = time.strftime("sample-%Y%m%d-%H%M%S")
    arguments = ("--state-machine-arn", state_machine, "--name", name, "--input", f"file://{SAMPLE}")
    arn = json.loads(aws("stepfunctions", "start-execution", *arguments))["executionArn"]
    found: dict = {}

    def ended() -> bool:
        found.update(json.loads(aws("stepfunctions", "describe-execution", "--execution-arn", arn)))
        return found["status"] != "RUNNING"

    if not processes.wait_for(ended, 90):
        raise Problem(f"the sample trip is still running after 90 s: {arn}")
    return found
