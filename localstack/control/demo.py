"""For trying the local stack by hand: a customer and an operator to sign in with, an account, and the stack's keys.

They are made once for each stack. Their passwords are random, and are kept as long as the stack lives.
"""

import json
import os
import secrets
from collections.abc import Mapping

from control.console import step
from control.customers import make_operator, post, register, sign_in
from control.paths import DEMO
from control.stack import aws

ACCOUNT = "demo"
# In cents.
BALANCES = {"FOOD": 50_000, "MEAL": 50_000, "MOBILITY": 20_000, "HEALTH": 30_000, "CASH": 500_000}
CUSTOMER = "customer@demo.holdfast.example"
OPERATOR = "operator@demo.holdfast.example"
# Variables of `.local/env`, and the outputs that name the secrets with their values.
KEYS = {"HOLDFAST_TERMINAL_KEY": "TerminalKey", "HOLDFAST_SUPPLIERS_KEY": "SuppliersKey"}


def make(outputs: Mapping[str, str]) -> dict[str, str]:
    """The variables for `.local/env`. What is there already is left as it is."""
    known = json.loads(DEMO.read_text()) if DEMO.exists() else _credentials()
    if not known.get("made"):
        _keep(known)  # before they are used: an interrupted `make up` goes on with the same passwords
        with step("Making a demo customer, a demo operator and a demo account"):
            _make(outputs["ApiUrl"], outputs["CustomersTable"], known["customer"], known["operator"])
        _keep(known | {"made": True})
    keys = {name: secret(outputs[output]) for name, output in KEYS.items()}
    return keys | {
        "HOLDFAST_CUSTOMER_EMAIL": known["customer"]["email"],
        "HOLDFAST_CUSTOMER_PASSWORD": known["customer"]["password"],
        "HOLDFAST_OPERATOR_EMAIL": known["operator"]["email"],
        "HOLDFAST_OPERATOR_PASSWORD": known["operator"]["password"],
        "HOLDFAST_ACCOUNT": ACCOUNT,
    }


def _credentials() -> dict[str, dict[str, str]]:
    addresses = {"customer": CUSTOMER, "operator": OPERATOR}
    return {who: {"email": email, "password": secrets.token_hex(16)} for who, email in addresses.items()}


def _keep(known: Mapping[str, object]) -> None:
    DEMO.parent.mkdir(parents=True, exist_ok=True)
    new = DEMO.with_suffix(".new")
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(known, file)
    new.replace(DEMO)


def _make(url: str, table: str, customer: dict[str, str], operator: dict[str, str]) -> None:
    for credentials in (customer, operator):
        register(url, credentials)
    make_operator(table, sign_in(url, operator)["customer_id"])
    token = sign_in(url, operator)["access_token"]
    account = {
        "account_id": ACCOUNT,
        "customer_id": sign_in(url, customer)["customer_id"],
        "balances": BALANCES,
    }
    post(f"{url}/accounts", account, token)


def secret(name: str) -> str:
    """What a secret of the stack holds."""
    read = ("secretsmanager", "get-secret-value", "--secret-id", name)
    return json.loads(aws(*read))["SecretString"]
