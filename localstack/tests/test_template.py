"""What SAM makes of template.yaml. The contract tests, which read the template itself, rely on it."""

import json

import pytest
from samtranslator.translator.transform import transform
from samtranslator.yaml_helper import yaml_parse

from control.paths import REGION, ROOT

SOURCE = "s3://bucket/key"
FUNCTION = "AWS::Serverless::Function"
BASIC = "AWSLambdaBasicExecutionRole"
# What SAM adds for an event source, all of which the template narrows.
POLLING = {"SQS": "AWSLambdaSQSQueueExecutionRole", "DynamoDB": "AWSLambdaDynamoDBExecutionRole"}


class NoPolicies:
    def load(self):
        return {}


@pytest.fixture
def template(monkeypatch):
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    template = yaml_parse((ROOT / "template.yaml").read_text())
    template["Globals"]["Function"]["CodeUri"] = SOURCE
    for machine in of_type(template["Resources"], "AWS::Serverless::StateMachine").values():
        machine["DefinitionUri"] = SOURCE
    return template


def made_of(template):
    parameters = {name: parameter["Default"] for name, parameter in template["Parameters"].items()}
    return transform(template, parameters, NoPolicies())["Resources"]


def of_type(resources, kind):
    return {name: resource["Properties"] for name, resource in resources.items() if resource["Type"] == kind}


def stages(resources):
    made = list(of_type(resources, "AWS::ApiGateway::Stage").values())
    made += [each for each in of_type(resources, "AWS::ApiGateway::Deployment").values() if "StageName" in each]
    return sorted((stage["StageName"], "MethodSettings" in stage) for stage in made)


def test_each_api_has_one_stage_and_that_has_a_throttle(template):
    assert stages(made_of(template)) == [("suppliers", True), ("v1", True)]


def test_without_the_version_each_api_has_a_second_stage(template):
    del template["Globals"]["Api"]["OpenApiVersion"]
    unthrottled = ("Stage", False)
    assert stages(made_of(template)) == [unthrottled, unthrottled, ("suppliers", True), ("v1", True)]


def test_sam_adds_no_managed_policies_but_those_that_the_template_narrows(template):
    sources = {name: event_types(template["Resources"][name]) for name in of_type(template["Resources"], FUNCTION)}
    assert set().union(*sources.values()) >= POLLING.keys()
    resources = made_of(template)
    functions = of_type(resources, "AWS::Lambda::Function")
    assert functions.keys() <= sources.keys()
    for name, function in functions.items():
        role, _ = function["Role"]["Fn::GetAtt"]
        managed = resources[role]["Properties"]["ManagedPolicyArns"]
        expected = {BASIC} | {POLLING[source] for source in sources[name] if source in POLLING}
        assert {json.dumps(arn).strip('"').split("/")[-1] for arn in managed} == expected


def event_types(function):
    return {event["Type"] for event in function["Properties"].get("Events", {}).values()}
