"""Evaluates the JSONata of state machines in Python, where LocalStack starts a JVM.

LocalStack writes all that an expression can see into its text, as declarations in front of it:
`($states:={"input":...};$booking:={...};<the expression>)`. Here those declarations become values again, for
two reasons. Parsing JSON as JSONata is slow; and what is left is the same text at each execution, so that it
is parsed once and kept.
"""

import hashlib
import json
import re
import uuid
from collections import defaultdict
from typing import Any

from jsonata import Jsonata
from jsonata.utils import Utils

_OPENING = re.compile(r"(\$exists\(|\$type\()?\(")  # LocalStack asks these two about a result
_DECLARATION = re.compile(r"\$(\w+):=")
_JSON = json.JSONDecoder()

# Parsed expressions that nobody is using. One is lent to one evaluation at a time, because it keeps
# the state of that evaluation in itself.
_idle: dict[str, list[Jsonata]] = defaultdict(list)


def evaluate(text: str) -> Any:
    expression, bindings = split(text)
    try:
        parsed = _idle[expression].pop()
    except IndexError:
        parsed = _parse(expression)
    Jsonata.CURRENT.jsonata = parsed  # the library's built-in functions look here for their caller
    result = parsed.evaluate(None, bindings)
    _idle[expression].append(parsed)
    return json.loads(json.dumps(result))  # plain lists and dicts; a function is an error, as on AWS


def split(text: str) -> tuple[str, dict[str, Any]]:
    """Takes the leading declarations of JSON values out of the text."""
    bindings: dict[str, Any] = {}
    opening = _OPENING.match(text)
    if opening is None:
        return text, bindings
    position = opening.end()
    while declaration := _DECLARATION.match(text, position):
        try:
            value, end = _JSON.raw_decode(text, declaration.end())
        except ValueError:
            break  # not a value but a function: part of the expression
        if text[end : end + 1] != ";":
            break
        bindings[declaration[1]] = _with_nulls(value)
        position = end + 1
    return opening[0] + text[position:], bindings


def declarations(bindings: dict[str, Any]) -> str:
    """The counterpart of `split`; LocalStack's own forgets to escape strings."""
    return "".join(f"{name}:={json.dumps(value)};" for name, value in bindings.items())


def _parse(expression: str) -> Jsonata:
    parsed = Jsonata(expression)
    parsed.register_lambda("uuid", lambda: str(uuid.uuid4()))
    parsed.register_lambda("hash", _hash)
    return parsed


def _hash(text: str, algorithm: str) -> str:
    return hashlib.new(algorithm.replace("-", ""), text.encode()).hexdigest()


def _with_nulls(value: Any) -> Any:
    """The library tells JSON's null from JSONata's undefined; Python's None is the latter to it."""
    if value is None:
        return Utils.NULL_VALUE
    if isinstance(value, dict):
        return {key: _with_nulls(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_with_nulls(item) for item in value]
    return value
