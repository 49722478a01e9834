"""JSONata as Step Functions uses it: bound variables, null against undefined, AWS's own functions."""

import json
import re
import threading
from pathlib import Path

import jsonatapy
import pytest

from holdfast_host.jsonata import EvaluationFailed, evaluate

MACHINES = Path(__file__).parents[3] / "statemachine"


def evaluated(expression, **variables):
    return evaluate(f"({expression})", variables)


@pytest.mark.parametrize(
    "value",
    [None, True, 0, 1.5, "", 'quote " backslash \\ newline \n dollar $x', [], [[]], {"a": {"b": [None]}}, [{"a": 1}]],
)
def test_a_variable_comes_back_as_it_was(value):
    assert evaluated("$value", value=value) == value


def test_a_path_goes_through_arrays_of_data():
    legs = [{"prices": [1, 2]}, {"prices": [3]}]
    assert evaluated("$legs.prices", legs=legs) == [1, 2, 3]


def test_an_expression_may_declare_functions():
    assert evaluated("$twice:=function($n){$n*2};$twice($x)", x=2) == 4


def test_the_same_expression_gives_each_evaluation_its_own_variables():
    assert [evaluated("$x + 1", x=value) for value in (1, 2, 3)] == [2, 3, 4]
    assert evaluated("$exists($x)") is False


def test_each_thread_can_evaluate_the_same_expression():
    found = []
    threads = [threading.Thread(target=lambda n=n: found.append(evaluated("$x * 2", x=n))) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == [0, 2, 4, 6, 8, 10, 12, 14]


def test_an_expression_that_failed_can_be_evaluated_again():
    with pytest.raises(EvaluationFailed, match=r"threw an error during evaluation: .*number"):
        evaluated("$number($x)", x="many")
    assert evaluated("$number($x)", x="2") == 2


def test_an_expression_without_end_fails():
    with pytest.raises(EvaluationFailed, match="non-terminating"):
        evaluated("$forever:=function(){1 + $forever()};$forever()")


def test_what_is_undefined_is_left_out_and_null_is_kept():
    assert evaluated("{'gone': $x.nope, 'null': $x.n}", x={"n": None}) == {"null": None}


def test_nothing_is_no_result_and_null_is_one():
    with pytest.raises(EvaluationFailed, match="undefined"):
        evaluated("$x.nope", x={"n": None})
    assert evaluated("$x.n", x={"n": None}) is None


def test_a_function_is_no_result():
    with pytest.raises(EvaluationFailed, match="unsupported result type"):
        evaluated("function($x){$x}")


def test_it_has_the_functions_that_aws_adds():
    assert evaluated("$hash('a', 'SHA-256')").startswith("ca978112ca1bbdca")
    assert len(evaluated("$uuid()")) == 36
    assert evaluated("$uuid()") != evaluated("$uuid()")


def test_every_expression_of_the_state_machines_can_be_parsed():
    expressions = [
        json.loads(f'"{text}"')
        for file in MACHINES.glob("*.asl.json")
        for text in re.findall(r'"\{%((?:[^"\\]|\\.)*)%\}"', file.read_text())
    ]
    assert len(expressions) > 50
    for expression in expressions:
        jsonatapy.compile(expression)
