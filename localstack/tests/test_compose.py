"""As much of compose.yaml as can be checked without Docker."""

import re
from pathlib import Path

import pytest
import yaml

LOCALSTACK = Path(__file__).parents[1]


@pytest.fixture
def services():
    return yaml.safe_load((LOCALSTACK / "compose.yaml").read_text())["services"]


def test_it_is_the_localstack_that_runs_without_docker(services):
    pinned = re.search(r"==(\S+)", (LOCALSTACK / "requirements.in").read_text())
    assert pinned
    assert {service["image"] for service in services.values()} == {f"localstack/localstack:{pinned[1]}"}


def test_it_is_published_on_loopback_only(services):
    ports = [port for service in services.values() for port in service.get("ports", [])]
    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_what_it_mounts_is_there(services):
    for service in services.values():
        for source in (volume.split(":")[0] for volume in service["volumes"]):
            assert source == "/var/run/docker.sock" or (LOCALSTACK / source).is_file()


def test_the_scheduler_needs_nothing_of_the_plugin():
    source = (LOCALSTACK / "host/holdfast_host/scheduler.py").read_text()
    assert "holdfast_host" not in source
    assert "import localstack" not in source
