"""Delivers EventBridge schedules that are due; LocalStack stores them and never looks at them again.

Works through the public API alone, so that it serves both kinds of local AWS: a thread of LocalStack on the
host (see `hooks`), and a process of its own beside the Docker image:

    AWS_ENDPOINT_URL=http://127.0.0.1:4566 python scheduler.py

One-time `at(...)` and `rate(...)` schedules are fired, the latter from their creation on; `cron(...)` is not.
"""

import json
import logging
import os
import random
import re
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

LOG = logging.getLogger(__name__)
POLL_SECONDS = 2.0  # to list hundreds of schedules takes a while, and they are late by more
# On AWS a schedule fires within the minute. A local one is late at random by up to this, so that nothing
# comes to rely on more.
LATE_BY_SECONDS = float(os.environ.get("SCHEDULES_LATE_BY_SECONDS", "60"))
MAX_ATTEMPTS = 5  # of a delivery; AWS tries for a day
AT = re.compile(r"at\((.+)\)")
RATE = re.compile(r"rate\((\d+) (minute|hour|day)s?\)")
SECONDS = {"minute": 60, "hour": 3600, "day": 86400}

Schedule = dict[str, Any]


def next_due(schedule: Schedule, last: float | None) -> float | None:
    """When the schedule is due next, if ever; `last` is the due time that was fired last."""
    expression = schedule["ScheduleExpression"]
    if match := AT.fullmatch(expression):
        if last is not None:
            return None
        zone = ZoneInfo(schedule.get("ScheduleExpressionTimezone") or "UTC")
        return datetime.fromisoformat(match[1]).replace(tzinfo=zone).timestamp()
    if match := RATE.fullmatch(expression):
        if last is None:
            return schedule["CreationDate"].timestamp()
        return last + int(match[1]) * SECONDS[match[2]]
    return None


class Scheduler:
    """Finds what is due and delivers it. `client(service)` gives a boto3 client."""

    def __init__(
        self,
        client: Callable[[str], Any],
        now: Callable[[], float] = lambda: datetime.now(UTC).timestamp(),
        late_by: float = LATE_BY_SECONDS,
    ):
        self._client, self._now, self._late_by = client, now, late_by
        self._known: dict[str, Schedule] = {}
        self._fired: dict[str, float] = {}
        self._pool = ThreadPoolExecutor(16, thread_name_prefix="schedule")

    def run(self, stop: threading.Event) -> None:
        reachable = True
        while not stop.wait(POLL_SECONDS):
            try:
                for schedule in self.due():
                    self._pool.submit(self.fire, schedule)
                reachable = True
            except Exception as error:  # not up yet, or going down: the next round will tell
                if reachable:
                    LOG.warning("cannot read the schedules: %s", error)
                reachable = False

    def due(self) -> Iterator[Schedule]:
        """Each schedule whose time has come, once per due time."""
        schedules = self._refresh()
        for key, schedule in schedules.items():
            when = self._next_due(key, schedule)
            if when is not None and when + self._lateness(key) <= self._now():
                self._fired[key] = when
                yield schedule

    def fire(self, schedule: Schedule) -> None:
        target = schedule["Target"]
        attempts = 1 + min(target.get("RetryPolicy", {}).get("MaximumRetryAttempts", 185), MAX_ATTEMPTS - 1)
        delivered = any(self._delivered(schedule, pause) for pause in range(attempts))
        if not delivered and (queue := target.get("DeadLetterConfig", {}).get("Arn")):
            self._deliver({"Arn": queue, "Input": target.get("Input")})
        if schedule.get("ActionAfterCompletion") == "DELETE" and AT.fullmatch(schedule["ScheduleExpression"]):
            self._client("scheduler").delete_schedule(Name=schedule["Name"], GroupName=schedule["GroupName"])

    def _refresh(self) -> dict[str, Schedule]:
        """All enabled schedules; a detail is asked for only if the schedule is new or has changed."""
        client, known = self._client("scheduler"), {}
        for page in client.get_paginator("list_schedules").paginate(State="ENABLED"):
            for summary in page["Schedules"]:
                name, group = summary["Name"], summary["GroupName"]
                key = f"{group}/{name}/{summary['CreationDate']}/{summary['LastModificationDate']}"
                try:
                    known[key] = self._known.get(key) or client.get_schedule(Name=name, GroupName=group)
                except client.exceptions.ResourceNotFoundException:
                    continue  # deleted since it was listed
        self._known = known
        self._fired = {key: due for key, due in self._fired.items() if key in known}
        return known

    def _lateness(self, key: str) -> float:
        """Another for each schedule, but the same each time it is asked for."""
        return random.Random(key).uniform(0, self._late_by)

    def _next_due(self, key: str, schedule: Schedule) -> float | None:
        try:
            return next_due(schedule, self._fired.get(key))
        except (ValueError, KeyError) as error:
            LOG.warning("schedule %s: %s", schedule["Name"], error)
            self._fired[key] = self._now()
            return None

    def _delivered(self, schedule: Schedule, pause: float) -> bool:
        threading.Event().wait(pause)
        try:
            self._deliver(schedule["Target"])
        except Exception as error:
            LOG.warning("schedule %s: %s", schedule["Name"], error)
            return False
        return True

    def _deliver(self, target: dict[str, Any]) -> None:
        arn, text = target["Arn"], target.get("Input") or "{}"
        match arn.split(":"):
            case [_, _, "scheduler", _, _, "aws-sdk", service, action]:
                method = re.sub(r"(?<!^)(?=[A-Z])", "_", action).lower()
                client = self._client({"sfn": "stepfunctions"}.get(service, service))
                getattr(client, method)(**json.loads(text))
            case [_, _, "sqs", _, account, name]:
                sqs = self._client("sqs")
                url = sqs.get_queue_url(QueueName=name, QueueOwnerAWSAccountId=account)["QueueUrl"]
                group = target.get("SqsParameters", {}).get("MessageGroupId")
                sqs.send_message(QueueUrl=url, MessageBody=text, **({"MessageGroupId": group} if group else {}))
            case [_, _, "lambda", *_]:
                self._client("lambda").invoke(FunctionName=arn, InvocationType="Event", Payload=text.encode())
            case [_, _, "states", *_]:
                self._client("stepfunctions").start_execution(stateMachineArn=arn, input=text)
            case _:
                raise NotImplementedError(f"cannot deliver to {arn}")


def clients(**options: Any) -> Callable[[str], Any]:
    """Clients that are made once each; boto3 takes what `options` leave out from the environment."""
    import boto3

    made: dict[str, Any] = {}
    lock = threading.Lock()  # making one is not thread-safe, using one is

    def client(service: str) -> Any:
        with lock:
            if service not in made:
                made[service] = boto3.client(service, **options)
            return made[service]

    return client


if __name__ == "__main__":
    logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s")
    Scheduler(clients()).run(threading.Event())
