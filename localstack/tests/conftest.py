"""Gives the scripts a `.local` of their own, with LocalStack and dynoxide from the real one.

So the tests start and stop real processes and never touch those of a stack that is up.
"""

import os
import shutil
import socket
import sys
import tempfile
from pathlib import Path

import pytest

LOCALSTACK = Path(__file__).parents[1]
REAL = LOCALSTACK.parent / ".local"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def pytest_configure(config):
    """The scripts read these when they are imported."""
    own = tempfile.mkdtemp(prefix="test-", dir=REAL)
    os.environ |= {
        "HOLDFAST_LOCAL": own,
        "HOLDFAST_PORT": str(_free_port()),
        "HOLDFAST_SUPPLIERS_PORT": str(_free_port()),
        "HOLDFAST_DYNAMODB_PORT": str(_free_port()),
    }
    sys.path.insert(0, str(LOCALSTACK))
    for environment in ("localstack", "tools"):
        (Path(own) / environment).symlink_to(REAL / environment)
    (Path(own) / "bin").mkdir()
    shutil.copy2(REAL / "bin" / "dynoxide", Path(own) / "bin" / "dynoxide")
    # Not before it is there: without it the scripts mean the real one.
    config.add_cleanup(lambda: _remove(own))


def _remove(own):
    from control import up

    up.down()
    shutil.rmtree(own, ignore_errors=True)


@pytest.fixture(autouse=True)
def nothing_running():
    """Each test starts with nothing running, and must not leave it to the next to clean up."""
    yield
    from control import up

    up.down()
