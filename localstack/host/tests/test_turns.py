import threading
from concurrent.futures import ThreadPoolExecutor

from holdfast_host.turns import one_of


def test_no_more_than_have_a_turn_are_under_way():
    under_way, most, lock, meet = 0, 0, threading.Lock(), threading.Barrier(2)

    def call():
        nonlocal under_way, most
        with lock:
            under_way += 1
            most = max(most, under_way)
        meet.wait(10)  # two must be under way, or none gets on
        with lock:
            under_way -= 1

    taken = one_of(threading.Semaphore(2), call)
    with ThreadPoolExecutor(8) as pool:
        for done in [pool.submit(taken) for _ in range(8)]:
            done.result(10)
    assert most == 2
