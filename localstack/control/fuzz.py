"""Holds the API against its own description with schemathesis, as an operator, who may do everything.

Run as `python -m control.fuzz`, with the variables of `.local/env`.
"""

import json
import os
import secrets
import subprocess
import sys
import urllib.request
from collections.abc import Mapping
from pathlib import Path

from control.paths import ROOT, RUN, TOOLS
from control.stack import aws

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
    customer = _post(f"{url}/customers", credentials)["customer_id"]
    key = {"pk": {"S": f"CUSTOMER#{customer}"}, "sk": {"S": "PROFILE"}}
    aws(
        *("dynamodb", "update-item", "--table-name", table, "--key", json.dumps(key)),
        *("--update-expression", "SET #role = :role", "--expression-attribute-names", '{"#role": "role"}'),
        *("--expression-attribute-values", '{":role": {"S": "operator"}}'),
        *("--condition-expression", "attribute_exists(pk)"),
    )
    return _post(f"{url}/sessions", credentials)["access_token"]


def _post(url: str, body: dict[str, str]) -> dict[str, str]:
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(url, json.dumps(body).encode(), headers)
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


if __name__ == "__main__":
    sys.exit(subprocess.run(command(os.environ), cwd=ROOT).returncode)
