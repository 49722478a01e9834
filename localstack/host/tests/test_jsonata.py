"""JSONata as Step Functions uses it: the declarations in front, null against undefined, AWS's own functions."""

import pytest

from holdfast_host.jsonata import declarations, evaluate, split


def evaluated(expression, **variables):
    return evaluate(f"({declarations({f'${name}': value for name, value in variables.items()})}{expression})")


@pytest.mark.parametrize(
    "value",
    [None, True, 0, 1.5, "", 'quote " backslash \\ newline \n dollar $x', [], [[]], {"a": {"b": [None]}}, [{"a": 1}]],
)
def test_a_variable_comes_back_as_it_was(value):
    assert evaluated("$value", value=value) == value


def test_declarations_are_taken_out_of_the_text_so_that_it_is_parsed_once():
    text = '($states:={"input":{"a":1}};$x:="a;b)";$states.input.a & $x)'
    assert split(text) == ("($states.input.a & $x)", {"states": {"input": {"a": 1}}, "x": "a;b)"})


def test_a_declared_function_stays_in_the_expression():
    text = "($twice:=function($n){$n*2};$x:=2;$twice($x))"
    assert split(text) == (text, {})
    assert evaluate(text) == 4


def test_the_same_expression_gives_each_evaluation_its_own_variables():
    assert [evaluated("$x + 1", x=value) for value in (1, 2, 3)] == [2, 3, 4]
    assert evaluated("$exists($x)") is False


def test_an_expression_that_failed_can_be_evaluated_again():
    with pytest.raises(Exception, match="could not convert"):
        evaluated("$number($x)", x="many")
    assert evaluated("$number($x)", x="2") == 2


def test_what_is_undefined_is_left_out_and_null_is_kept():
    assert evaluated("{'gone': $x.nope, 'null': $x.n}", x={"n": None}) == {"null": None}


def test_existence_and_type_can_be_asked_of_a_whole_expression():
    assert evaluate("$exists(($x:={};$x.nope))") is False
    assert evaluate('$type(($x:={"a":null};$x.a))') == "null"


def test_a_function_is_no_result():
    with pytest.raises(TypeError):
        evaluated("function($x){$x}")


def test_it_has_the_functions_that_aws_adds():
    assert evaluated("$hash('a', 'SHA-256')").startswith("ca978112ca1bbdca")
    assert len(evaluated("$uuid()")) == 36
    assert evaluated("$uuid()") != evaluated("$uuid()")
