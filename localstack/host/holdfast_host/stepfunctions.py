"""Lets Step Functions evaluate JSONata without a JVM, and makes it answer as AWS does where it did not."""

import functools

from localstack.runtime import hooks

FORBIDDEN = set('<>{}[]?*"#%\\^|~`$&,;:/')


@hooks.on_infra_start()
def evaluate_jsonata_natively():
    """An expression that fails is `States.QueryEvaluationError`, which a state can catch."""
    from localstack.aws.api.stepfunctions import EvaluationFailedEventDetails, HistoryEventType
    from localstack.services.stepfunctions.asl.component.common.error_name import failure_event as failures
    from localstack.services.stepfunctions.asl.component.common.string.string_expression import (
        StringJSONata,
        StringVariableSample,
    )
    from localstack.services.stepfunctions.asl.component.intrinsic import jsonata as intrinsics
    from localstack.services.stepfunctions.asl.eval.event.event_detail import EventDetails
    from localstack.services.stepfunctions.asl.jsonata.jsonata import extract_jsonata_variable_references

    from holdfast_host.jsonata import EvaluationFailed, evaluate

    name = _states_error("StatesQueryEvaluationError")
    for stub in ("$uuid", "$hash"):  # they answer that they are "currently not supported"
        intrinsics._DECLARATION_BY_VARIABLE_REFERENCE.pop(stub)

    @functools.cache
    def with_intrinsics(expression):
        """Those of AWS's functions that are written in JSONata are declared in front of the expression."""
        used = extract_jsonata_variable_references(expression)
        return f"({intrinsics.get_intrinsic_functions_declarations(used)}{expression})"

    def eval_body(self, env):
        store = env.variable_store
        variables = {"states": env.states._states_data} | store._outer_scope | store._inner_scope
        try:
            env.stack.append(evaluate(with_intrinsics(self.expression), variables))
        except EvaluationFailed as error:
            cause = f"The JSONata expression '{self.expression}' {error}"
            details = EvaluationFailedEventDetails(error=name.error_name, cause=cause)
            event = failures.FailureEvent(
                env=env,
                error_name=name,
                event_type=HistoryEventType.EvaluationFailed,
                event_details=EventDetails(evaluationFailedEventDetails=details),
            )
            raise failures.FailureEventException(failure_event=event) from error

    StringJSONata._eval_body = StringVariableSample._eval_body = eval_body


@hooks.on_infra_start()
def name_heartbeat_timeouts():
    """A missed heartbeat is `States.HeartbeatTimeout`, and a handler of `States.Timeout` takes it as well."""
    from localstack.aws.api.stepfunctions import HistoryEventType, TaskTimedOutEventDetails
    from localstack.services.stepfunctions.asl.component.common.error_name.error_equals_decl import ErrorEqualsDecl
    from localstack.services.stepfunctions.asl.component.common.error_name.failure_event import FailureEvent
    from localstack.services.stepfunctions.asl.component.state.state_execution.state_task.state_task import StateTask
    from localstack.services.stepfunctions.asl.eval.callback.callback import HeartbeatTimeoutError
    from localstack.services.stepfunctions.asl.eval.event.event_detail import EventDetails
    from localstack.utils.patch import patch

    missed, timeout = _states_error("StatesHeartbeatTimeout"), _states_error("StatesTimeout")

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


@hooks.on_infra_start()
def substitute_numbers():
    """`DefinitionSubstitutions` may hold numbers, as parameters of type Number are."""
    from localstack.services.stepfunctions.resource_providers import aws_stepfunctions_statemachine as provider

    original = provider._apply_substitutions

    def apply(definition, substitutions):
        return original(definition, {key: str(value) for key, value in substitutions.items()})

    provider._apply_substitutions = apply


@hooks.on_infra_start()
def report_why_an_execution_was_stopped():
    """The error and cause given to StopExecution belong to the execution's description."""
    from localstack.services.stepfunctions.asl.eval.program_state import ProgramStopped
    from localstack.services.stepfunctions.backend.execution import BaseExecutionWorkerCommunication
    from localstack.utils.patch import patch

    @patch(BaseExecutionWorkerCommunication._reflect_execution_status)
    def _reflect_execution_status(original, self):
        original(self)
        state = self.execution.exec_worker.env.program_state()
        if isinstance(state, ProgramStopped):
            self.execution.error, self.execution.cause = state.error, state.cause


def is_name_of_an_execution(name: str) -> bool:
    """AWS refuses blanks, brackets, wildcards, special and control characters; and what is not ASCII."""
    return 1 <= len(name) <= 80 and all(33 <= ord(sign) <= 126 and sign not in FORBIDDEN for sign in name)


@hooks.on_infra_start()
def refuse_names_that_aws_refuses():
    """An execution of such a name could be started here, and then neither described nor found."""
    from localstack.aws.api.stepfunctions import InvalidName
    from localstack.services.stepfunctions.provider import StepFunctionsProvider
    from localstack.utils.patch import patch

    @patch(StepFunctionsProvider.start_execution)
    def start_execution(original, self, context, state_machine_arn, name=None, **kwargs):
        if name is not None and not is_name_of_an_execution(name):
            raise InvalidName(f"Invalid Name: '{name}'")
        return original(self, context, state_machine_arn, name=name, **kwargs)


def _states_error(name: str):
    from localstack.services.stepfunctions.asl.component.common.error_name.states_error_name import StatesErrorName
    from localstack.services.stepfunctions.asl.component.common.error_name.states_error_name_type import (
        StatesErrorNameType,
    )

    return StatesErrorName(typ=StatesErrorNameType[name])
