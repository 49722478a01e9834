"""Which schedules are due when, and what is delivered where."""

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from holdfast_host.scheduler import Scheduler, next_due

CREATED = datetime(2027, 3, 1, 12, 0, 0, tzinfo=UTC)
NOON = CREATED.timestamp()


def schedule(expression, **more):
    name = {"Name": "s", "GroupName": "g", "CreationDate": CREATED, "LastModificationDate": CREATED}
    target = {"Arn": "arn:aws:sqs:us-east-1:000000000000:timer", "Input": '{"generation": 1}'}
    return name | {"ScheduleExpression": expression, "Target": target} | more


def test_a_one_time_schedule_is_due_once():
    assert next_due(schedule("at(2027-03-01T12:00:30)"), None) == NOON + 30
    assert next_due(schedule("at(2027-03-01T12:00:30)"), NOON + 30) is None


def test_its_time_is_in_its_time_zone():
    at = schedule("at(2027-03-01T12:00:00)", ScheduleExpressionTimezone="America/Sao_Paulo")
    assert next_due(at, None) == NOON + 3 * 3600


@pytest.mark.parametrize(
    ("expression", "seconds"), [("rate(1 minute)", 60), ("rate(5 minutes)", 300), ("rate(2 days)", 172800)]
)
def test_a_rate_is_due_at_once_and_again_and_again(expression, seconds):
    assert next_due(schedule(expression), None) == NOON
    assert next_due(schedule(expression), NOON) == NOON + seconds


def test_a_cron_schedule_is_never_due():
    assert next_due(schedule("cron(0 12 * * ? *)"), None) is None


class Aws:
    """The clients that the scheduler uses, over a list of schedules."""

    class NotFound(Exception):
        pass

    def __init__(self, *schedules, failures=0):
        self.schedules, self.failures, self.sent, self.asked = list(schedules), failures, [], 0
        self.exceptions = SimpleNamespace(ResourceNotFoundException=self.NotFound)

    def __call__(self, service):
        return self

    def get_paginator(self, _):
        return SimpleNamespace(paginate=lambda **_: [{"Schedules": self.schedules}])

    def get_schedule(self, Name, GroupName):
        self.asked += 1
        return next(s for s in self.schedules if (s["Name"], s["GroupName"]) == (Name, GroupName))

    def delete_schedule(self, Name, GroupName):
        self.schedules = [s for s in self.schedules if (s["Name"], s["GroupName"]) != (Name, GroupName)]

    def get_queue_url(self, QueueName, QueueOwnerAWSAccountId):
        return {"QueueUrl": f"queue/{QueueName}"}

    def send_message(self, QueueUrl, MessageBody):
        if self.failures:
            self.failures -= 1
            raise ConnectionError("not now")
        self.sent.append((QueueUrl, MessageBody))


def test_what_is_due_is_found_once_and_its_details_are_asked_for_once():
    aws = Aws(schedule("at(2027-03-01T12:00:30)"))
    clock = iter([NOON + 29, NOON + 30, NOON + 31])
    scheduler = Scheduler(aws, lambda: next(clock), late_by=0)
    assert [len(list(scheduler.due())) for _ in range(3)] == [0, 1, 0]
    assert aws.asked == 1


def test_a_delivered_schedule_is_deleted_if_it_asks_for_that():
    kept, gone = schedule("at(2027-03-01T12:00:30)"), schedule("rate(1 minute)", Name="r")
    kept["ActionAfterCompletion"] = gone["ActionAfterCompletion"] = "DELETE"
    aws = Aws(kept, gone)
    for each in (kept, gone):
        Scheduler(aws).fire(each)
    assert aws.sent == [("queue/timer", '{"generation": 1}')] * 2
    assert [s["Name"] for s in aws.schedules] == ["r"]  # a rate is never complete


def test_a_delivery_that_fails_is_repeated_and_then_given_to_the_dead_letter_queue():
    target = schedule("rate(1 minute)")["Target"]
    target |= {
        "RetryPolicy": {"MaximumRetryAttempts": 1},
        "DeadLetterConfig": {"Arn": "arn:aws:sqs:us-east-1:000000000000:dead"},
    }
    once, twice = Aws(failures=1), Aws(failures=2)
    for aws in (once, twice):
        Scheduler(aws).fire(schedule("rate(1 minute)", Target=target))
    assert once.sent == [("queue/timer", '{"generation": 1}')]
    assert twice.sent == [("queue/dead", '{"generation": 1}')]


def test_a_schedule_that_cannot_be_read_does_not_stop_the_others():
    bad, good = schedule("at(soon)", Name="bad"), schedule("at(2027-03-01T12:00:00)")
    scheduler = Scheduler(Aws(bad, good), lambda: NOON, late_by=0)
    assert [s["Name"] for s in scheduler.due()] == ["s"]


def test_a_schedule_is_late_by_its_own_share_of_the_bound():
    lateness = Scheduler(Aws(), late_by=60)._lateness
    shares = [lateness(f"schedule {index}") for index in range(200)]
    assert all(0 <= share <= 60 for share in shares)
    assert max(shares) - min(shares) > 50
    assert lateness("schedule 7") == shares[7]
