"""Lets go of threads that have ended.

LocalStack keeps every execution it has ever run, and with it the threads that ran it. A thread that was not
joined keeps its stack: after some 1,100 bookings the process had as many memory mappings as Linux allows
(`vm.max_map_count`), and could start no thread any more.
"""

import threading

INTERVAL = 5.0  # seconds


def join_what_has_ended(threads: list[threading.Thread]) -> list[threading.Thread]:
    """Joins those that have ended, which does not wait, and answers with the others."""
    alive = [thread for thread in threads if thread.is_alive()]
    for thread in set(threads).difference(alive):
        thread.join()
    return alive


def join_all_that_end() -> None:
    """From now on, for every thread of this process."""
    started: list[threading.Thread] = []
    lock = threading.Lock()
    start = threading.Thread.start

    def start_and_note(thread):
        start(thread)
        with lock:
            started.append(thread)

    def join_for_ever():
        nonlocal started
        pause = threading.Event()
        while not pause.wait(INTERVAL):
            with lock:
                looked_at, started = started, []
            alive = join_what_has_ended(looked_at)
            with lock:
                started += alive

    threading.Thread(target=join_for_ever, daemon=True, name="thread-joiner").start()
    threading.Thread.start = start_and_note
