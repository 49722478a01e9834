from holdfast_host.stepfunctions import is_name_of_an_execution


def test_a_name_of_an_execution_is_what_aws_takes():
    for good in ("b-1_2.3", "trip!", "x" * 80):
        assert is_name_of_an_execution(good), good
    for bad in ("", "two words", "viagem-é", "a/b", "a:b", "tab\t", "del\x7f", "x" * 81, "a#b", "{a}"):
        assert not is_name_of_an_execution(bad), bad
