"""Spares LocalStack what it does over and over for every execution, request and invocation.

None of it changes an answer; together it more than halves the time of a Lambda task. What it was seen
to spend the time on is said at each.
"""

import functools
import threading
from collections import defaultdict

from localstack.runtime import hooks

LOG_INTERVAL = 2.0  # seconds


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
    """Definitions are parsed anew at each execution, JSON paths and Content-Type headers at each use."""
    from localstack.services.stepfunctions.asl.component.common.path import result_path
    from localstack.services.stepfunctions.asl.parse import asl_parser
    from localstack.services.stepfunctions.asl.utils import json_path
    from twisted.web import http

    for module in (result_path, json_path):
        module.parse = functools.cache(module.parse)
    http._parseContentType = functools.lru_cache(256)(http._parseContentType)

    original = asl_parser.AmazonStateLanguageParser.parse

    @functools.lru_cache(64)
    def syntax_tree(definition):
        return original(definition)[1]

    def parse(definition):
        tree = syntax_tree(definition)
        # Only the syntax is shared: what is made of it could come to hold the state of one execution.
        return asl_parser.Preprocessor().visit(tree), tree

    asl_parser.AmazonStateLanguageParser.parse = staticmethod(parse)


@hooks.on_infra_start()
def leave_out_metrics_and_failure_dumps():
    """A CloudWatch request per invocation; and, for each error that a state raises, the printed state machine."""
    from localstack.services.lambda_.invocation import version_manager
    from localstack.services.stepfunctions.asl.component.eval_component import EvalComponent

    version_manager.record_cw_metric_invocation = lambda *_, **__: None
    version_manager.record_cw_metric_error = lambda *_, **__: None
    EvalComponent._log_failure_event_exception = lambda *_, **__: None  # the execution's history has it


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
