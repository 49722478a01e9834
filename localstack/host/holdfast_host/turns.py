"""Lets a crowd of invocations take turns.

On AWS each has a processor of its own. Here they share this machine's: three hundred at once would each have a new
process, and none would get far before its time-out. A few at a time are done sooner, all of them.
"""

import os
import threading

# Most invocations wait for a supplier or a table. More than this would only wait for a processor.
AT_ONCE = 12 * (os.cpu_count() or 1)


def one_of(turns: threading.Semaphore, call):
    """The call, done when it has a turn."""

    def wait_and_call(*args, **kwargs):
        with turns:
            return call(*args, **kwargs)

    return wait_and_call
