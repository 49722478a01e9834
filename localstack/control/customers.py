"""Customers of the stack, made as front ends make them: over the HTTP API."""

import json
import urllib.error
import urllib.request

from control.console import Problem
from control.stack import aws

CONFLICT = 409


def register(url: str, credentials: dict[str, str]) -> None:
    """Registers a customer, unless the address is registered already."""
    post(f"{url}/customers", credentials, but_for=CONFLICT)


def sign_in(url: str, credentials: dict[str, str]) -> dict[str, str]:
    """The customer's session."""
    return post(f"{url}/sessions", credentials)


def make_operator(table: str, customer: str) -> None:
    """Takes effect when they sign in the next time."""
    key = {"pk": {"S": f"CUSTOMER#{customer}"}, "sk": {"S": "PROFILE"}}
    aws(
        *("dynamodb", "update-item", "--table-name", table, "--key", json.dumps(key)),
        *("--update-expression", "SET #role = :role", "--expression-attribute-names", '{"#role": "role"}'),
        *("--expression-attribute-values", '{":role": {"S": "operator"}}'),
        *("--condition-expression", "attribute_exists(pk)"),
    )


def post(url: str, body: dict, token: str | None = None, but_for: int | None = None) -> dict:
    """Sends JSON; an error is a problem, but for the status that is expected."""
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
    request = urllib.request.Request(url, json.dumps(body).encode(), headers)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        said = error.read().decode(errors="replace")
        if error.code == but_for:
            return json.loads(said)
        raise Problem(f"POST {url} was refused with {error.code}: {said}") from None
    except OSError as error:
        raise Problem(f"POST {url} had no answer: {error}") from None
