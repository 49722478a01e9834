"""Spares LocalStack what it does over and over for every execution, request and invocation.

None of it changes an answer. What LocalStack was seen to spend the time on is said at each.
"""

import functools
import pickle
import threading
from collections import defaultdict

from localstack.runtime import hooks

LOG_INTERVAL = 30.0  # seconds; .local/log/functions.log has every line at once


@hooks.on_infra_start(priority=10)
def share_clients():
    """Every task would assume the state machine's role and build a client; one for all its tasks will do.

    Runs first, since the modules of the tasks import the function by name.
    """
    from localstack.services.stepfunctions.asl.utils import boto_client

    original = boto_client.boto_client_for
    clients: dict[tuple, object] = {}

    def boto_client_for(service, region, state_credentials):
        key = (service, region, state_credentials.role_arn)
        if key not in clients:
            clients[key] = original(service, region, state_credentials)
        return clients[key]

    boto_client.boto_client_for = boto_client_for


@hooks.on_infra_start()
def keep_what_was_parsed():
    """Definitions are parsed anew at each execution, JSON paths and Content-Type headers at each use.

    The model of a task's API is looked up twice for each task, by going through all that there are.
    """
    from localstack.services.stepfunctions.asl.component.common.path import result_path
    from localstack.services.stepfunctions.asl.component.state.state_execution.state_task.service import (
        state_task_service,
    )
    from localstack.services.stepfunctions.asl.parse import asl_parser
    from localstack.services.stepfunctions.asl.utils import json_path
    from twisted.web import http

    for module in (result_path, json_path):
        module.parse = functools.cache(module.parse)
    http._parseContentType = functools.lru_cache(256)(http._parseContentType)

    task = state_task_service.StateTaskService
    task._get_boto_operation_model = staticmethod(functools.cache(task._get_boto_operation_model))
    state_task_service.camel_to_snake_case = functools.cache(state_task_service.camel_to_snake_case)

    original = asl_parser.AmazonStateLanguageParser.parse

    @functools.lru_cache(64)
    def pickled(definition):
        program, tree = original(definition)
        return pickle.dumps(program), tree

    def parse(definition):
        program, tree = pickled(definition)
        # A copy for each execution: it could come to hold the state of one.
        return pickle.loads(program), tree

    asl_parser.AmazonStateLanguageParser.parse = staticmethod(parse)


@hooks.on_infra_start()
def leave_out_metrics_and_failure_dumps():
    """A thread and a CloudWatch request per invocation; and the printed state machine for each error of a state."""
    from localstack.services.lambda_.invocation import version_manager
    from localstack.services.stepfunctions.asl.component.eval_component import EvalComponent

    start_thread = version_manager.start_thread

    def start_thread_unless_for_a_metric(work, *arguments, name=None, **named):
        if not (name or "").startswith("record-cloudwatch-metric"):
            return start_thread(work, *arguments, name=name, **named)

    version_manager.start_thread = start_thread_unless_for_a_metric
    EvalComponent._log_failure_event_exception = lambda *_, **__: None  # the execution's history has it


@hooks.on_infra_start()
def leave_out_events_without_a_rule():
    """An execution says when it starts and ends, even if no rule of the default event bus could match that."""
    from localstack.services.events.models import events_stores
    from localstack.services.stepfunctions.backend.execution import Execution
    from localstack.utils.patch import patch

    @patch(Execution.publish_execution_status_change_event)
    def publish_execution_status_change_event(original, self):
        bus = events_stores[self.account_id][self.region_name].event_buses.get("default")
        if bus and bus.rules:
            original(self)


@hooks.on_infra_start()
def batch_function_logs():
    """A CloudWatch Logs request per invocation took a third of all time; now it is one per interval."""
    from localstack.services.lambda_.invocation.logs import LogHandler, LogItem

    waiting: dict[tuple, list[str]] = defaultdict(list)
    lock = threading.Lock()

    def flush():
        with lock:
            batch = dict(waiting)
            waiting.clear()
        for (handler, group, stream), logs in batch.items():
            handler.log_queue.put(LogItem(group, stream, "".join(logs)))

    def add_logs(handler, item):
        with lock:
            if not waiting:
                timer = threading.Timer(LOG_INTERVAL, flush)
                timer.daemon = True
                timer.start()
            waiting[handler, item.log_group, item.log_stream].append(item.logs)

    LogHandler.add_logs = add_logs
