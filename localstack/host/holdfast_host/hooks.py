"""Starts and stops with LocalStack what goes on beside it: the scheduler, what joins ended threads, and turns."""

import os
import threading

from localstack import config
from localstack.runtime import hooks

_stop = threading.Event()


@hooks.on_infra_start(priority=50)
def let_go_of_ended_threads():
    from holdfast_host.threads import join_all_that_end

    join_all_that_end()


@hooks.on_infra_start()
def have_invocations_take_turns():
    from localstack.services.lambda_.invocation.version_manager import LambdaVersionManager

    from holdfast_host.turns import AT_ONCE, one_of

    LambdaVersionManager.invoke = one_of(threading.Semaphore(AT_ONCE), LambdaVersionManager.invoke)


@hooks.on_infra_ready()
def start_scheduler():
    from holdfast_host.scheduler import Scheduler, clients

    client = clients(
        endpoint_url=f"http://127.0.0.1:{config.GATEWAY_LISTEN[0].port}",
        region_name=os.environ.get("AWS_DEFAULT_REGION", "us-east-1"),
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )
    threading.Thread(target=Scheduler(client).run, args=(_stop,), name="scheduler", daemon=True).start()


@hooks.on_infra_shutdown()
def stop_scheduler():
    _stop.set()
