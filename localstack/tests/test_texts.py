"""What is written for others: the environment file, the addresses in it, the booking that is printed."""

from control.environment import variables
from control.paths import DYNAMODB_URL, ENDPOINT, SUPPLIERS_URL
from control.stack import _reachable
from control.trip import describe


def test_outputs_become_variables():
    values = variables({"StateMachineArn": "arn", "ApiUrl": "url", "SuppliersUrl": "elsewhere"})
    assert values["HOLDFAST_STATE_MACHINE_ARN"] == "arn"
    assert values["HOLDFAST_API_URL"] == "url"
    assert values["HOLDFAST_SUPPLIERS_URL"] == SUPPLIERS_URL
    assert values["AWS_ENDPOINT_URL"] == ENDPOINT
    assert values["AWS_ENDPOINT_URL_DYNAMODB"] == DYNAMODB_URL


def test_an_api_is_reached_by_path():
    local = f"{ENDPOINT}/_aws/execute-api/abc123/v1"
    assert _reachable("https://abc123.execute-api.us-east-1.amazonaws.com/v1") == local
    assert _reachable("https://abc123.execute-api.localhost.localstack.cloud:4566/v1/") == local
    assert _reachable("holdfast-bookings") == "holdfast-bookings"


def test_a_booking_reads_from_the_answer_to_the_detail():
    booking = {
        "booking_id": "b-1",
        "status": "booked",
        "total": {"amount": 184200, "currency": "BRL"},
        "legs": [{"id": "out", "kind": "flight", "status": "confirmed", "reference": "FL-1"}],
        "payment": {"status": "captured", "reference": None},
    }
    assert describe(booking) == [
        "b-1   booked   BRL 1,842.00",
        "  flight     confirmed   FL-1",
        "  payment    captured",
    ]
