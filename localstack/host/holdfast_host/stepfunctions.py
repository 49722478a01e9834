"""Corrections to LocalStack's Step Functions: JSONata without a JVM, heartbeats, and less work per task."""

import functools

from localstack.runtime import hooks


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
def evaluate_jsonata_in_python():
    from localstack.services.stepfunctions.asl.component.common.path import result_path
    from localstack.services.stepfunctions.asl.component.intrinsic import jsonata as intrinsics
    from localstack.services.stepfunctions.asl.eval import states, variable_store
    from localstack.services.stepfunctions.asl.jsonata import jsonata, validations
    from localstack.services.stepfunctions.asl.utils import json_path

    from holdfast_host.jsonata import declarations, evaluate

    def evaluate_or_raise(text):
        try:
            return evaluate(text)
        except Exception as error:
            raise jsonata.JSONataException("UNKNOWN", str(error)) from error

    jsonata._eval_jsonata = evaluate_or_raise
    states.encode_jsonata_variable_declarations = declarations
    variable_store.encode_jsonata_variable_declarations = declarations
    # Would evaluate each expression once more, to see whether the string it gave was a function. Ours raises then.
    validations._validate_string_output = lambda *_: None
    for stub in ("$uuid", "$hash"):  # they answer that they are "currently not supported"
        intrinsics._DECLARATION_BY_VARIABLE_REFERENCE.pop(stub)
    for module in (result_path, json_path):  # builds the tables of its grammar at every call: 30 ms
        module.parse = functools.cache(module.parse)


@hooks.on_infra_start()
def name_heartbeat_timeouts():
    """A missed heartbeat is `States.HeartbeatTimeout`, and a handler of `States.Timeout` takes it as well."""
    from localstack.aws.api.stepfunctions import HistoryEventType, TaskTimedOutEventDetails
    from localstack.services.stepfunctions.asl.component.common.error_name.error_equals_decl import ErrorEqualsDecl
    from localstack.services.stepfunctions.asl.component.common.error_name.failure_event import FailureEvent
    from localstack.services.stepfunctions.asl.component.common.error_name.states_error_name import StatesErrorName
    from localstack.services.stepfunctions.asl.component.common.error_name.states_error_name_type import (
        StatesErrorNameType,
    )
    from localstack.services.stepfunctions.asl.component.state.state_execution.state_task.state_task import StateTask
    from localstack.services.stepfunctions.asl.eval.callback.callback import HeartbeatTimeoutError
    from localstack.services.stepfunctions.asl.eval.event.event_detail import EventDetails
    from localstack.utils.patch import patch

    missed = StatesErrorName(typ=StatesErrorNameType.StatesHeartbeatTimeout)
    timeout = StatesErrorName(typ=StatesErrorNameType.StatesTimeout)

    @patch(StateTask._from_error)
    def _from_error(original, self, env, ex):
        if not isinstance(ex, HeartbeatTimeoutError):
            return original(self, env=env, ex=ex)
        details = TaskTimedOutEventDetails(error=missed.error_name)
        return FailureEvent(
            env=env,
            error_name=missed,
            event_type=HistoryEventType.TaskTimedOut,
            event_details=EventDetails(taskTimedOutEventDetails=details),
        )

    @patch(ErrorEqualsDecl._eval_body)
    def _eval_body(original, self, env):
        name = env.stack[-1]
        original(self, env)
        if name == missed and timeout in self.error_names:
            env.stack[-1] = True
