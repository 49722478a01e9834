"""Evaluates the JSONata of state machines with jsonatapy, a native library, where LocalStack starts a JVM.

LocalStack writes all that an expression can see into its text, as declarations in front of it. Here these
values are bound to their variables instead, as on AWS: an array of data is not an array that an expression
constructs, and a path treats the two differently.
"""

import hashlib
import uuid
from typing import Any

import jsonatapy

TIMEOUT_MS = 5_000  # an evaluation holds up all threads of LocalStack
FUNCTIONS = {
    "uuid": lambda: str(uuid.uuid4()),
    "hash": lambda text, algorithm: hashlib.new(algorithm.replace("-", ""), text.encode()).hexdigest(),
}


class EvaluationFailed(Exception):
    """The message says of the expression what AWS says of it."""


def evaluate(expression: str, variables: dict[str, Any]) -> Any:
    """The value of an expression; no value (undefined) and a function are failures, as on AWS."""
    result = _run(expression, variables)
    if result is None:
        match _run(f"$type({expression})", variables):
            case None:
                raise EvaluationFailed("returned nothing (undefined).")
            case "function":
                raise EvaluationFailed("returned an unsupported result type.")
    return result


def _run(expression: str, variables: dict[str, Any]) -> Any:
    """Compiles it each time: a compiled expression is of use to one thread only, and compiling takes 10 µs."""
    try:
        compiled = jsonatapy.compile(expression, timeout=TIMEOUT_MS)
        for name, function in FUNCTIONS.items():
            compiled.register(name, function)
        return compiled.evaluate(None, variables)
    except ValueError as error:
        raise EvaluationFailed(f"threw an error during evaluation: {error}") from error
