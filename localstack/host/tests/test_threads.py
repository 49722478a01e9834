import subprocess
import sys
from pathlib import Path

PROGRAM = """
import threading, time
from holdfast_host import threads

threads.INTERVAL = 0.05
threads.join_all_that_end()
mappings = lambda: len(open("/proc/self/maps").readlines())
before = mappings()
kept = [threading.Thread(target=lambda: None) for _ in range(400)]
for thread in kept:
    thread.start()
until = time.monotonic() + 20
while mappings() > before + 100 and time.monotonic() < until:
    time.sleep(0.05)
print(mappings() - before)
"""


def test_ended_threads_give_back_their_stacks_though_somebody_keeps_them():
    # In a process of its own: it changes how every thread of the process is started.
    ran = subprocess.run([sys.executable, "-c", PROGRAM], cwd=Path(__file__).parents[1], capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    assert int(ran.stdout) <= 100
