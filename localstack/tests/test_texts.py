"""What is written for others: the environment file, the addresses in it, the booking that is printed."""

import subprocess

from control import environment
from control.answers import describe
from control.environment import variables
from control.paths import DYNAMODB_URL, ENDPOINT, SUPPLIERS_URL
from control.stack import _reachable


def test_outputs_become_variables():
    outputs = {"StateMachineArn": "arn", "ApiUrl": "url", "SuppliersUrl": "elsewhere"}
    values = variables(outputs, {"HOLDFAST_ACCOUNT": "demo"})
    assert values["HOLDFAST_STATE_MACHINE_ARN"] == "arn"
    assert values["HOLDFAST_API_URL"] == "url"
    assert values["HOLDFAST_ACCOUNT"] == "demo"
    assert values["HOLDFAST_SUPPLIERS_URL"] == SUPPLIERS_URL
    assert values["AWS_ENDPOINT_URL"] == ENDPOINT
    assert values["AWS_ENDPOINT_URL_DYNAMODB"] == DYNAMODB_URL


def test_an_api_is_reached_by_path():
    local = f"{ENDPOINT}/_aws/execute-api/abc123/v1"
    assert _reachable("https://abc123.execute-api.us-east-1.amazonaws.com/v1") == local
    assert _reachable("https://abc123.execute-api.localhost.localstack.cloud:4566/v1/app/") == f"{local}/app/"
    sockets = f"{ENDPOINT.replace('http', 'ws')}/_aws/execute-api/abc123/live"
    assert _reachable("wss://abc123.execute-api.us-east-1.amazonaws.com/live") == sockets
    assert _reachable("holdfast-bookings") == "holdfast-bookings"


BOOKING = {
    "booking_id": "b-1",
    "status": "booked",
    "reason": None,
    "total": {"amount": 184200, "currency": "BRL"},
    "legs": [{"id": "out", "kind": "flight", "status": "confirmed", "reference": "FL-1", "price": None}],
    "payment": {"status": "captured", "reference": None},
    "timer": {"state": "cancelled", "by": "committed", "deadline": "2027-03-01T00:00:00Z"},
}


def test_a_booking_reads_from_the_answer_to_the_detail():
    assert describe(BOOKING) == [
        "status booked: BRL 1,842.00",
        "  out       flight     confirmed       FL-1",
        "  payment              captured",
        "  timer                cancelled by committed",
    ]


def test_a_shell_finds_the_program_and_its_completions(monkeypatch, tmp_path):
    commands = tmp_path / "commands"
    commands.mkdir()
    (commands / "holdfast").write_text("#!/bin/sh\necho 'COMPLETES=yes'\n")
    (commands / "holdfast").chmod(0o755)
    monkeypatch.setattr(environment, "COMMANDS", commands)
    monkeypatch.setattr(environment, "ENVIRONMENT", tmp_path / "env")
    environment.write({}, {})

    def sourced(*options: str) -> str:
        script = f'. {tmp_path}/env; command -v holdfast; echo "completes: ${{COMPLETES-no}}"'
        bash = ["bash", "--norc", "--noprofile", *options, "-c", script]
        return subprocess.run(bash, check=True, capture_output=True, text=True).stdout

    assert sourced() == f"{commands}/holdfast\ncompletes: no\n"
    assert sourced("-i") == f"{commands}/holdfast\ncompletes: yes\n"
