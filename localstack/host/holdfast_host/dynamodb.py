"""Puts dynoxide, one small native process, where LocalStack starts DynamoDB Local on a JVM.

LocalStack forwards DynamoDB's calls to the port of its `DynamodbServer` (DYNAMODB_LOCAL_PORT). Works with the
second version of its providers: PROVIDER_OVERRIDE_DYNAMODB=v2 and PROVIDER_OVERRIDE_DYNAMODBSTREAMS=v2.

Functions, and programs beside LocalStack, call dynoxide directly. They see the tables that LocalStack sees,
because dynoxide keeps one set of tables, whatever the account and the region of a request.
"""

import http.client
import json
import os
import re
from datetime import UTC, datetime

from localstack.runtime import hooks

CREDENTIALS = "AWS4-HMAC-SHA256 Credential=any, SignedHeaders=any, Signature=any"  # dynoxide takes any
# The AWS SDKs want shard ids of at least 28 characters; dynoxide's are 17 and the table's name.
SHARD_PADDING = "-00000000000"


@hooks.on_infra_start()
def put_dynoxide_behind_dynamodb():
    _start_dynoxide_as_the_server()
    _accept_its_arns()
    _pad_its_shard_ids()
    _poll_its_streams_directly()
    _server().start_dynamodb()  # at once: a call that does not come through LocalStack cannot start it


def endpoint() -> str:
    """Where dynoxide listens."""
    return f"http://127.0.0.1:{_server().port}"


def _server():
    from localstack.services.dynamodb.server import DynamodbServer

    return DynamodbServer.get()


def _start_dynoxide_as_the_server():
    from localstack.services.dynamodb import server
    from localstack.utils.common import TMP_THREADS, ShellCommandThread
    from localstack.utils.patch import patch

    @patch(server.DynamodbServer.do_start_thread, pass_target=False)
    def do_start_thread(self):
        thread = ShellCommandThread(
            [os.environ["DYNOXIDE_BIN"], "--host", "127.0.0.1", "--port", str(self.port)],
            log_listener=server._log_listener,
            auto_restart=True,
            stdin=True,  # a pipe whose other end is ours: when we end, however we do, so does dynoxide
            name="dynoxide",
        )
        TMP_THREADS.append(thread)
        thread.start()
        return thread


def _accept_its_arns():
    """The region reads "dynoxide" where DynamoDB Local's reads "ddblocal"."""
    from localstack.services.dynamodb import utils
    from localstack.services.dynamodb.v2.provider import DynamoDBProvider
    from localstack.utils.patch import patch

    for name in ("_ddb_local_arn_pattern", "_ddb_local_exception_arn_pattern"):
        pattern = getattr(utils, name).pattern.replace(":ddblocal:", ":(?:ddblocal|dynoxide):")
        setattr(utils, name, re.compile(pattern))

    @patch(DynamoDBProvider.fix_table_arn)
    def fix_table_arn(original, self, account_id, region_name, arn):
        return original(self, account_id, region_name, arn.replace(":dynoxide:", ":ddblocal:"))


def _pad_its_shard_ids():
    from localstack.services.dynamodbstreams.v2.provider import DynamoDBStreamsProvider
    from localstack.utils.patch import patch

    # dynoxide takes the ARN of a stream in any spelling.
    @patch(DynamoDBStreamsProvider.modify_stream_arn_for_ddb_local, pass_target=False)
    def modify_stream_arn_for_ddb_local(self, stream_arn):
        return stream_arn

    @patch(DynamoDBStreamsProvider._forward_request)
    def _forward_request(original, self, context, region, service_request):
        if "ShardId" in service_request:
            service_request["ShardId"] = service_request["ShardId"].removesuffix(SHARD_PADDING)
        response = original(self, context, region, service_request)
        for shard in response.get("StreamDescription", {}).get("Shards", ()):
            shard["ShardId"] += SHARD_PADDING
        return response


def _poll_its_streams_directly():
    """Through LocalStack a poll takes 20 times as long, and an event source polls 20 times a second."""
    from localstack.services.lambda_.event_source_mapping.pollers.dynamodb_poller import DynamoDBPoller
    from localstack.services.lambda_.event_source_mapping.pollers.poller import EmptyPollResultsException

    through_localstack, poll = DynamoDBPoller.get_records, DynamoDBPoller.poll_events_from_shard

    def get_records(poller, shard_iterator):
        request = {"ShardIterator": shard_iterator, "Limit": poller.stream_parameters["BatchSize"]}
        response = _ask("DynamoDBStreams_20120810.GetRecords", request)
        if response is None:
            return through_localstack(poller, shard_iterator)  # which knows what to do about the failure
        for record in response["Records"]:
            created = record["dynamodb"]["ApproximateCreationDateTime"]
            record["dynamodb"]["ApproximateCreationDateTime"] = datetime.fromtimestamp(created, UTC)
        poller.found_records = bool(response["Records"])
        return response

    def poll_events_from_shard(poller, shard_id, shard_iterator):
        """A poll that finds nothing makes the pause before the next one longer, as for a queue."""
        poller.found_records = True
        poll(poller, shard_id, shard_iterator)
        if not poller.found_records:
            raise EmptyPollResultsException(service=poller.event_source(), source_arn=poller.source_arn)

    DynamoDBPoller.get_records, DynamoDBPoller.poll_events_from_shard = get_records, poll_events_from_shard


def _ask(operation, request):
    """The answer of dynoxide; None if it refuses."""
    headers = {
        "Authorization": CREDENTIALS,
        "Content-Type": "application/x-amz-json-1.0",
        "X-Amz-Date": "any",
        "X-Amz-Target": operation,
    }
    connection = http.client.HTTPConnection("127.0.0.1", _server().port, timeout=10)
    try:
        connection.request("POST", "/", json.dumps(request), headers)
        response = connection.getresponse()
        return json.load(response) if response.status == 200 else None
    finally:
        connection.close()
