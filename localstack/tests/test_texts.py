"""What is written for others: the environment file, the addresses in it, the booking that is printed."""

import json

import pytest

from control.answers import describe, ended, field, leg, news
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
    assert _reachable("https://abc123.execute-api.localhost.localstack.cloud:4566/v1/") == local
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


@pytest.mark.parametrize(
    ("execution", "exit_status", "first_line"),
    [
        (
            {"status": "SUCCEEDED", "output": json.dumps(BOOKING)},
            0,
            "execution SUCCEEDED, status booked: BRL 1,842.00",
        ),
        (
            {"status": "FAILED", "error": "NeedsAttention", "cause": json.dumps(BOOKING | {"reason": "a leg is left"})},
            1,
            "execution FAILED with NeedsAttention, status booked: a leg is left",
        ),
        (
            {"status": "FAILED", "error": "InvalidBooking", "cause": "legs: is missing"},
            1,
            "execution FAILED with InvalidBooking: legs: is missing",
        ),
        ({"status": "ABORTED"}, 1, "execution ABORTED: None"),
    ],
)
def test_an_execution_is_shown_with_its_booking(execution, exit_status, first_line, capsys):
    assert ended(execution) == exit_status
    assert capsys.readouterr().out.splitlines()[0] == first_line


def test_a_field_is_found_by_its_path(capsys):
    answer = {"offers": [{"kind": "flight"}], "next": None}
    assert [field(answer, path) for path in ("offers.0.kind", "next", "offers.0")] == [0, 0, 0]
    assert capsys.readouterr().out == 'flight\nnull\n{"kind": "flight"}\n'
    assert [field(answer, path) for path in ("offers.1", "offers.x", "total", "next.total")] == [1, 1, 1, 1]
    assert "there is no `next.total` in" in capsys.readouterr().err


def test_a_leg_is_made_of_the_first_offer(capsys):
    offer = {"kind": "car", "spec": {"city": "LIS"}, "price": {"amount": 1, "currency": "BRL"}}
    assert leg({"offers": [offer]}, "car") == 0
    assert json.loads(capsys.readouterr().out) == {"id": "car", "kind": "car", "spec": {"city": "LIS"}}
    assert leg({"offers": []}, "car") == 1


def test_news_name_the_legs(capsys):
    events = [
        {"name": "leg_held", "note": None, "legs": {"out": {"status": "held"}}},
        {"name": "payment_declined", "note": "card declined", "legs": {}},
    ]
    assert news({"events": events}) == 0
    assert capsys.readouterr().out == "  leg_held  out held\n  payment_declined  card declined\n"
