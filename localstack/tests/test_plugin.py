"""The plugin in a LocalStack that runs: what functions are given and see, and what state machines evaluate and tell."""

import io
import json
import stat
import sys
import zipfile

import boto3
import pytest

from control import host, processes, up
from control.paths import AWS_ENVIRONMENT, DYNAMODB_URL, ENDPOINT, LOGS, REGION

# Prints each event, and answers with its environment.
BOOTSTRAP = f"""#!{sys.executable}
import json, os, urllib.request
api = "http://" + os.environ["AWS_LAMBDA_RUNTIME_API"] + "/2018-06-01/runtime/invocation/"
while True:
    with urllib.request.urlopen(api + "next") as answer:
        event, request = answer.read().decode(), answer.headers["Lambda-Runtime-Aws-Request-Id"]
    print(event, flush=True)
    body = json.dumps(dict(os.environ) | {{"cwd": os.getcwd()}}).encode()
    urllib.request.urlopen(urllib.request.Request(api + request + "/response", body))
"""
TABLE = {
    "Type": "AWS::DynamoDB::Table",
    "Properties": {
        "TableName": "trips",
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
        "StreamSpecification": {"StreamViewType": "NEW_IMAGE"},
    },
}
HOLD = {"Type": "Pass", "Output": "{% $parse($states.input).id & ' ' & $hash('a', 'MD5') %}", "End": True}
MACHINE = {
    "QueryLanguage": "JSONata",
    "StartAt": "Hold legs",
    "States": {
        "Hold legs": {
            "Type": "Map",
            "Items": "{% $states.input.legs %}",
            "ItemProcessor": {"StartAt": "Hold", "States": {"Hold": HOLD}},
            "Catch": [
                {
                    "ErrorEquals": ["States.QueryEvaluationError"],
                    "Output": "{% $states.errorOutput.Cause %}",
                    "Next": "Not held",
                }
            ],
            "End": True,
        },
        "Not held": {"Type": "Succeed"},
    },
}
OUTPUTS = {"Stream": {"Value": {"Fn::GetAtt": ["Table", "StreamArn"]}}}


def client(service, endpoint=ENDPOINT):
    keys = {name.lower(): AWS_ENVIRONMENT[name] for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")}
    return boto3.client(service, endpoint_url=endpoint, region_name=REGION, **keys)


def zipped():
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        bootstrap = zipfile.ZipInfo("bootstrap")
        bootstrap.external_attr = (stat.S_IFREG | 0o755) << 16
        file.writestr(bootstrap, BOOTSTRAP)
    return archive.getvalue()


@pytest.fixture(scope="module", autouse=True)
def nothing_running():
    """One LocalStack for all tests of this file."""
    host.start()
    yield
    up.down()


@pytest.fixture(scope="module")
def functions():
    """Has a function whose handler is called `settle`."""
    functions = client("lambda")
    functions.create_function(
        FunctionName="trip-settle",
        Runtime="provided.al2023",
        Handler="settle",
        Role="arn:aws:iam::000000000000:role/any",
        MemorySize=256,
        Timeout=7,
        Code={"ZipFile": zipped()},
        Environment={"Variables": {"KIND": "flight"}},
    )
    return functions


def test_a_function_is_given_what_aws_gives_it_and_the_address_of_dynamodb(functions):
    answer = functions.invoke(FunctionName="trip-settle", Payload=b"{}")
    given = json.load(answer["Payload"])
    expected = {
        "_HANDLER": "settle",
        "AWS_LAMBDA_FUNCTION_NAME": "trip-settle",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "256",
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_LOG_GROUP_NAME": "/aws/lambda/trip-settle",
        "AWS_REGION": REGION,
        "AWS_ENDPOINT_URL": ENDPOINT,
        "AWS_ENDPOINT_URL_DYNAMODB": DYNAMODB_URL,
        "KIND": "flight",
    }
    assert expected.items() <= given.items()
    assert given["LAMBDA_TASK_ROOT"] == given["cwd"]
    assert {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"} <= given.keys()


def test_all_ways_to_dynamodb_lead_to_the_same_tables_and_streams(functions):
    stacks, through, direct = client("cloudformation"), client("dynamodb"), client("dynamodb", DYNAMODB_URL)
    template = json.dumps({"Resources": {"Table": TABLE}, "Outputs": OUTPUTS})
    stacks.create_stack(StackName="trips", TemplateBody=template)
    stacks.get_waiter("stack_create_complete").wait(StackName="trips", WaiterConfig={"Delay": 1})
    [stream] = stacks.describe_stacks(StackName="trips")["Stacks"][0]["Outputs"]
    functions.create_event_source_mapping(
        FunctionName="trip-settle", EventSourceArn=stream["OutputValue"], StartingPosition="TRIM_HORIZON"
    )

    direct.put_item(TableName="trips", Item={"pk": {"S": "written directly"}})
    through.put_item(TableName="trips", Item={"pk": {"S": "written through LocalStack"}})

    for way in (through, direct):
        found = {item["pk"]["S"] for item in way.scan(TableName="trips")["Items"]}
        assert found == {"written directly", "written through LocalStack"}
    log = LOGS / "functions.log"
    assert processes.wait_for(lambda: log.exists() and "written through LocalStack" in log.read_text(), 10)
    events = [json.loads(line.partition(" ")[2]) for line in log.read_text().splitlines() if "Records" in line]
    keys = [record["dynamodb"]["Keys"]["pk"]["S"] for event in events for record in event["Records"]]
    assert keys == ["written directly", "written through LocalStack"]
    assert {record["eventSourceARN"] for event in events for record in event["Records"]} == {stream["OutputValue"]}


@pytest.fixture(scope="module")
def execute():
    """Executes a state machine that evaluates expressions, and gives the execution when it has ended."""
    machines = client("stepfunctions")
    machine = machines.create_state_machine(
        name="trips", definition=json.dumps(MACHINE), roleArn="arn:aws:iam::000000000000:role/any"
    )

    def execute(trip):
        arn = machines.start_execution(stateMachineArn=machine["stateMachineArn"], input=json.dumps(trip))[
            "executionArn"
        ]
        assert processes.wait_for(lambda: machines.describe_execution(executionArn=arn)["status"] != "RUNNING", 10)
        return machines.describe_execution(executionArn=arn)

    return execute


def test_a_state_machine_evaluates_expressions_and_catches_those_that_fail(execute):
    held = execute({"legs": ['{"id": "out"}', '{"id": "back"}']})
    assert json.loads(held["output"]) == [f"{leg} 0cc175b9c0f1b6a831c399e269772661" for leg in ("out", "back")]
    not_held = execute({})
    cause = json.loads(not_held["output"])
    assert cause == "The JSONata expression '$states.input.legs' returned nothing (undefined)."


def test_an_execution_tells_its_status_as_soon_as_a_rule_asks_for_it(execute):
    queues, events = client("sqs"), client("events")
    execute({"legs": []})
    queue = queues.create_queue(QueueName="told")["QueueUrl"]
    arn = queues.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    events.put_rule(Name="told", EventPattern=json.dumps({"source": ["aws.states"]}))
    events.put_targets(Rule="told", Targets=[{"Id": "queue", "Arn": arn}])
    heard = execute({"legs": []})["executionArn"]
    told = []

    def all_told():
        messages = queues.receive_message(QueueUrl=queue, MaxNumberOfMessages=10, WaitTimeSeconds=1).get("Messages", [])
        told.extend(json.loads(message["Body"])["detail"] for message in messages)
        return len(told) >= 2

    assert processes.wait_for(all_told, 10)
    assert {(event["executionArn"], event["status"]) for event in told} == {(heard, "RUNNING"), (heard, "SUCCEEDED")}
