"""Task tokens that are good for one answer.

On AWS the first answer to a token counts, and every later one, also one that comes after the task has timed
out or the execution was stopped, is refused with `TaskTimedOut`: that is how the loser of a race learns that
it lost. LocalStack accepts all of them while the execution runs, and then calls the token invalid. To find
the task, it also looks through all executions there ever were.

Three more things that tokens need: an attempt has a token of its own, the token ends with its attempt, and a
stop ends the wait for an answer.
"""

import threading

from localstack.runtime import hooks


@hooks.on_infra_start()
def accept_one_answer_per_token():
    from localstack.services.stepfunctions.asl.eval.callback.callback import (
        CallbackOutcomeFailure,
        CallbackOutcomeSuccess,
    )
    from localstack.services.stepfunctions.provider import StepFunctionsProvider
    from localstack.utils.patch import patch

    tokens = _remember_tokens()

    @patch(StepFunctionsProvider.send_task_success)
    def send_task_success(original, self, context, task_token, output, **kwargs):
        if task_token not in tokens:
            return original(self, context, task_token, output, **kwargs)
        return tokens[task_token].notify(CallbackOutcomeSuccess(task_token, output))

    @patch(StepFunctionsProvider.send_task_failure)
    def send_task_failure(original, self, context, task_token, **kwargs):
        if task_token not in tokens:
            return original(self, context, task_token, **kwargs)
        outcome = CallbackOutcomeFailure(task_token, kwargs.get("error"), kwargs.get("cause"))
        return tokens[task_token].notify(outcome)

    @patch(StepFunctionsProvider.send_task_heartbeat)
    def send_task_heartbeat(original, self, context, task_token, **kwargs):
        if task_token not in tokens:
            return original(self, context, task_token, **kwargs)
        return tokens[task_token].heartbeat()


@hooks.on_infra_start()
def give_each_attempt_a_token():
    """A token that begins and ends with its attempt.

    LocalStack hands the old one out again, and takes the answer of the attempt before for that of the next.
    """
    from localstack.services.stepfunctions.asl.component.common.retry.retry_outcome import RetryOutcome
    from localstack.services.stepfunctions.asl.component.state.state_execution.execute_state import ExecutionState
    from localstack.utils.patch import patch

    @patch(ExecutionState._evaluate_with_timeout)
    def _evaluate_with_timeout(original, self, env):
        try:
            original(self, env)
        finally:
            task = env.states.context_object.context_object_data.get("Task") or {}
            endpoint = env.callback_pool_manager.get(task.get("Token"))
            if endpoint is not None:
                endpoint.interrupt_all()

    @patch(ExecutionState._handle_retry)
    def _handle_retry(original, self, env, failure_event):
        outcome = original(self, env, failure_event)
        if outcome == RetryOutcome.CanRetry and "Task" in env.states.context_object.context_object_data:
            env.callback_pool_manager.add(env.states.context_object.update_task_token())
        return outcome


@hooks.on_infra_start()
def stop_at_once():
    """A stopped execution that waits for a token would wait on, up to the task's timeout, and then be failed."""
    from localstack.services.stepfunctions.asl.eval.environment import Environment
    from localstack.services.stepfunctions.asl.eval.program_state import ProgramStopped
    from localstack.services.stepfunctions.backend.execution_worker import ExecutionWorker
    from localstack.utils.patch import patch

    @patch(ExecutionWorker.stop)
    def stop(original, self, *args, **kwargs):
        original(self, *args, **kwargs)
        for endpoint in list(self.env.callback_pool_manager._pool.values()):
            endpoint.interrupt_all()

    @patch(Environment.set_error)
    def set_error(original, self, error):
        if not isinstance(self._program_state, ProgramStopped):
            original(self, error=error)


class _Task:
    """A task that waits, or has waited, for the answer to its token."""

    def __init__(self, endpoint, callbacks):
        self._endpoint, self._callbacks = endpoint, callbacks
        self._answering = threading.Lock()

    def notify(self, outcome) -> dict:
        with self._answering:
            self._ensure_open()
            self._endpoint.notify(outcome)
        return {}

    def heartbeat(self) -> dict:
        self._ensure_open()
        self._endpoint.notify_heartbeat()
        return {}

    def _ensure_open(self) -> None:
        from localstack.aws.api.stepfunctions import TaskTimedOut

        # The event is set by an answer, and also when the task ends without one.
        if self._endpoint._notify_event.is_set() or not self._callbacks.execution.is_running():
            raise TaskTimedOut("Task Timed Out: 'Provided task does not exist anymore'")


def _remember_tokens() -> dict[str, _Task]:
    from localstack.services.stepfunctions.asl.eval.callback.callback import CallbackPoolManager
    from localstack.services.stepfunctions.asl.eval.environment import Environment
    from localstack.utils.patch import patch

    tokens: dict[str, _Task] = {}

    @patch(Environment.__init__)
    def __init__(original, self, *args, **kwargs):
        original(self, *args, **kwargs)
        # Kept by the environment of the execution; those of its states are given the same one afterwards.
        self.callback_pool_manager.execution = self

    @patch(CallbackPoolManager.add)
    def add(original, self, callback_id):
        endpoint = original(self, callback_id)
        tokens[callback_id] = _Task(endpoint, self)
        return endpoint

    return tokens
