"""Has queues deliver when they should.

LocalStack looks once a second for messages whose delay is over, the longer an event source was empty the
longer it is left alone, and a batch waits until the one before is done: a timer whose message is due would
fire up to ten seconds late. On AWS a delay ends when it ends, and Lambda asks a queue without a pause, for
five batches at a time to begin with.
"""

import logging
import threading

from localstack.runtime import hooks

LOG = logging.getLogger(__name__)
LOOK = 0.1  # seconds
BATCHES = 5


@hooks.on_infra_start()
def end_delays_on_time():
    from localstack.services.sqs.provider import QueueUpdateWorker, Scheduler, start_thread

    def start(worker):
        with worker.mutex:
            if worker.thread:
                return
            worker.scheduler = scheduler = Scheduler()
            scheduler.schedule(worker.do_update_all_queues, period=LOOK)
            worker.thread = start_thread(lambda *_: scheduler.run(), name="sqs-queue-update-worker")

    QueueUpdateWorker.start = start


@hooks.on_infra_start()
def ask_event_sources_without_long_pauses():
    """The longest pause is a setting of LocalStack; the first one is not, and is longer."""
    from localstack.services.lambda_.event_source_mapping import esm_worker

    original = esm_worker.ExponentialBackoff

    def backoff(initial_interval, max_interval):
        return original(initial_interval=min(initial_interval, max_interval), max_interval=max_interval)

    esm_worker.ExponentialBackoff = backoff


@hooks.on_infra_start()
def look_before_asking():
    """A request that finds its queue empty costs as much as any other, and most of them do.

    All queues together are asked some forty times a second: a fifth of a processor went on that.
    """
    from localstack.services.lambda_.event_source_mapping.pollers.poller import EmptyPollResultsException
    from localstack.services.lambda_.event_source_mapping.pollers.sqs_poller import SqsPoller
    from localstack.services.sqs.models import sqs_stores
    from localstack.utils.aws.arns import parse_arn
    from localstack.utils.patch import patch

    def is_empty(arn):
        parts = parse_arn(arn)
        queue = sqs_stores[parts["account"]][parts["region"]].queues.get(parts["resource"])
        return queue is not None and queue.approximate_number_of_messages == 0

    @patch(SqsPoller.poll_events)
    def poll_events(original, poller):
        if is_empty(poller.source_arn):
            raise EmptyPollResultsException(service="sqs", source_arn=poller.source_arn)
        original(poller)


@hooks.on_infra_start()
def handle_batches_side_by_side():
    from localstack.services.lambda_.event_source_mapping.pollers.sqs_poller import SqsPoller

    original_init, original = SqsPoller.__init__, SqsPoller.handle_messages

    def init(poller, *arguments, **named):
        original_init(poller, *arguments, **named)
        poller.free = threading.BoundedSemaphore(BATCHES)

    def handle(poller, messages):
        try:
            original(poller, messages)
        except Exception:
            LOG.exception("a batch of %s failed", poller.source_arn)  # its messages come again
        finally:
            poller.free.release()

    def handle_messages(poller, messages):
        poller.free.acquire()
        threading.Thread(target=handle, args=(poller, messages), name="batch", daemon=True).start()

    SqsPoller.__init__, SqsPoller.handle_messages = init, handle_messages
