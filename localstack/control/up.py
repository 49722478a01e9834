"""`make up` and `make down`."""

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager

from control import demo, environment, host, processes, samples, stack, suppliers
from control.build import build
from control.console import say, strong
from control.install import install
from control.paths import DYNAMODB_URL, ENDPOINT, ENVIRONMENT, ROOT, SUPPLIERS_URL
from control.suppliers import NAME as SUPPLIERS


def up() -> int:
    began = time.monotonic()
    values, _ = bring_up()
    samples.book_trip(values["HOLDFAST_STATE_MACHINE_ARN"])
    samples.place_order(values["HOLDFAST_ORDER_STATE_MACHINE_ARN"])
    say()
    say(strong(f"Holdfast is up ({time.monotonic() - began:.0f} s)"))
    _explain(values)
    return 0


def bring_up(*, built: bool = False) -> tuple[dict[str, str], bool]:
    """Everything but the samples; also tells whether LocalStack was started, or was there before.

    Cut short, it stops what it started, and leaves what was running.
    """
    if not processes.running(host.NAME):
        host.ensure_ports_free()  # better said now than after the build
    was_running = {name for name in (host.NAME, SUPPLIERS) if processes.running(name)}
    try:
        install()
        if not built:
            build()
        started = host.start()
        stack.deploy()
        outputs = stack.outputs()
        suppliers.start(outputs["SuppliersTable"], outputs["WebhookSecret"], demo.secret(outputs["SuppliersKey"]))
        return environment.write(outputs, demo.make(outputs)), started
    except BaseException:
        _stop_all_but(was_running)
        raise


def down() -> int:
    _stop_all_but(set())
    say("Holdfast is down: nothing of it is running. Its state was in memory and is gone.")
    return 0


@contextmanager
def _undisturbed() -> Iterator[None]:
    """A second Ctrl-C must not leave half of it running."""
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    handlers = {number: signal.signal(number, signal.SIG_IGN) for number in numbers}
    yield
    for number, handler in handlers.items():
        signal.signal(number, handler)


@_undisturbed()
def _stop_all_but(kept: set[str]) -> None:
    for name in (SUPPLIERS, host.NAME):
        if name not in kept and processes.running(name):
            say(f"    stopping {name}")
            (suppliers if name == SUPPLIERS else host).stop()
    if host.NAME not in kept:
        strays = processes.stop_strays()
        if strays:
            say(f"    stopped {strays} more that had lost LocalStack")
        ENVIRONMENT.unlink(missing_ok=True)


def _explain(values: dict[str, str]) -> None:
    say(f"""
  AWS (LocalStack)   {ENDPOINT}
  DynamoDB           {DYNAMODB_URL}
  HTTP API           {values.get("HOLDFAST_API_URL", "")}
  suppliers          {SUPPLIERS_URL}/audit

  pages              {values["HOLDFAST_PAGES_URL"]}
    as a customer    {values["HOLDFAST_CUSTOMER_EMAIL"]}  {values["HOLDFAST_CUSTOMER_PASSWORD"]}
  the desk's pages   {values["HOLDFAST_PAGES_URL"]}desk/
    as an operator   {values["HOLDFAST_OPERATOR_EMAIL"]}  {values["HOLDFAST_OPERATOR_PASSWORD"]}
  account            {values["HOLDFAST_ACCOUNT"]}, the customer's

Next, for example:
  source {ENVIRONMENT.relative_to(ROOT)}
  holdfast book tests/trips/sample.json --follow
  holdfast book tests/trips/sample.json --follow --simulate hotel.confirm=refuse
  holdfast desk list
  holdfast help
  make test      all tests, against this stack
  make status    what is running
  make down      stop it; its state is in memory""")
