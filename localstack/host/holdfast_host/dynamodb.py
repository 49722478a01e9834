"""Puts dynoxide, one small native process, where LocalStack starts DynamoDB Local on a JVM.

LocalStack forwards DynamoDB's calls to the port of its `DynamodbServer` (DYNAMODB_LOCAL_PORT). Works with the
second version of its providers: PROVIDER_OVERRIDE_DYNAMODB=v2 and PROVIDER_OVERRIDE_DYNAMODBSTREAMS=v2.

Functions, and programs beside LocalStack, call dynoxide directly. They see the tables that LocalStack sees,
because dynoxide keeps one set of tables, whatever the account and the region of a request.
"""

import os
import re

from localstack.runtime import hooks

# The AWS SDKs want shard ids of at least 28 characters; dynoxide's are 17 and the table's name.
SHARD_PADDING = "-00000000000"


@hooks.on_infra_start()
def put_dynoxide_behind_dynamodb():
    _start_dynoxide_as_the_server()
    _accept_its_arns()
    _pad_its_shard_ids()
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
