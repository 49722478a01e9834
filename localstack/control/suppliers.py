"""The simulated suppliers: on AWS a Lambda of the stack, locally a process beside it."""

from control import processes
from control.console import step
from control.host import answers, ensure_free
from control.install import digest
from control.paths import BINARIES, SUPPLIERS_PORT, SUPPLIERS_URL, with_tools

NAME = "suppliers"


def start(table: str, webhook_secret: str, key: str, chaos: float = 0) -> bool:
    """Starts them; false if they run already and are what they would be now."""
    made_of = f"{digest(BINARIES / NAME)}{table} {webhook_secret} {chaos}"
    if record := processes.running(NAME):
        if record["made_of"] == made_of and answers(f"{SUPPLIERS_URL}/healthz"):
            return False
        processes.stop(NAME)
    ensure_free(SUPPLIERS_PORT, "HOLDFAST_SUPPLIERS_PORT")
    with step(f"Starting the simulated suppliers on {SUPPLIERS_URL}"):
        environment = with_tools() | {
            "PORT": str(SUPPLIERS_PORT),
            "SUPPLIERS_TABLE": table,
            "SUPPLIERS_KEY": key,
            "WEBHOOK_SECRET_ID": webhook_secret,
            "CHAOS_RATE": str(chaos),
        }
        process = processes.start(NAME, [BINARIES / NAME], environment, made_of)
        processes.wait_until_up(NAME, process, lambda: answers(f"{SUPPLIERS_URL}/healthz"), 30)
    return True


def stop() -> bool:
    return processes.stop(NAME)
