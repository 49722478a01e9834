"""Books the sample trip and places the sample order, to show that all of it works, and how."""

import json
import time
from pathlib import Path

from control import processes
from control.answers import describe
from control.console import Problem, say, step
from control.paths import ROOT
from control.stack import aws

TRIP = ROOT / "tests" / "trips" / "sample.json"
ORDER = ROOT / "tests" / "orders" / "sample.json"


def book_trip(state_machine: str) -> None:
    with step(f"Booking the trip in {TRIP.relative_to(ROOT)}", "a few seconds"):
        booking = _execute(state_machine, TRIP)
    _show(booking["booking_id"], booking)


def place_order(state_machine: str) -> None:
    with step(f"Placing the order in {ORDER.relative_to(ROOT)}", "a few seconds"):
        order = _execute(state_machine, ORDER)
    _show(order["order_id"], order)


def _show(name: str, saga: dict) -> None:
    say("\n".join(f"    {line}" for line in [name, *describe(saga)]))


def _execute(state_machine: str, sample: Path) -> dict:
    name, what = time.strftime("sample-%Y%m%d-%H%M%S"), sample.relative_to(ROOT)
    arguments = ("--state-machine-arn", state_machine, "--name", name, "--input", f"file://{sample}")
    arn = json.loads(aws("stepfunctions", "start-execution", *arguments))["executionArn"]
    found: dict = {}

    def ended() -> bool:
        found.update(json.loads(aws("stepfunctions", "describe-execution", "--execution-arn", arn)))
        return found["status"] != "RUNNING"

    if not processes.wait_for(ended, 90):
        raise Problem(f"{what} is still running after 90 s: {arn}")
    if found["status"] != "SUCCEEDED":
        raise Problem(f"{what} ended {found['status']}: {found.get('error')} {found.get('cause')}")
    return json.loads(found["output"])
