"""Holds the API against its own description with schemathesis, as an operator, who may do everything.

Run as `python -m control.fuzz`, with the variables of `.local/env`.
"""

import os
import secrets
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from control.customers import make_operator, register, sign_in
from control.paths import ROOT, RUN, TOOLS

CONFIGURATION = ROOT / "tests" / "schemathesis.toml"


def command(values: Mapping[str, str]) -> list[str | Path]:
    """What is to be run against the stack that has these variables."""
    url = values["HOLDFAST_API_URL"]
    return [
        *(TOOLS / "schemathesis", "--config-file", CONFIGURATION, "run", f"{url}/openapi.json", "--url", url),
        *("--checks", "all", "--header", f"Authorization: Bearer {_token(url, values['HOLDFAST_CUSTOMERS_TABLE'])}"),
        *("--report", "junit", "--report-dir", RUN / "schemathesis", "--no-color"),
    ]


def _token(url: str, table: str) -> str:
    """Registers a customer, makes an operator of them, and signs them in."""
    credentials = {"email": f"{secrets.token_hex(8)}@example.com", "password": secrets.token_hex(16)}
    register(url, credentials)
    make_operator(table, sign_in(url, credentials)["customer_id"])
    return sign_in(url, credentials)["access_token"]


if __name__ == "__main__":
    sys.exit(subprocess.run(command(os.environ), cwd=ROOT).returncode)
