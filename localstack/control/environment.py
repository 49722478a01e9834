"""Writes `.local/env`: what a shell, or a test, needs to talk to the local stack."""

import re
import shlex

from control.paths import AWS_ENVIRONMENT, COMMANDS, ENVIRONMENT, STATE, SUPPLIERS_URL, TOOLS


def variables(outputs: dict[str, str], others: dict[str, str]) -> dict[str, str]:
    """`StateMachineArn` becomes HOLDFAST_STATE_MACHINE_ARN, and so on; others are named as they are."""
    named = {f"HOLDFAST_{_upper_snake(key)}": value for key, value in outputs.items()}
    ours = {"HOLDFAST_SUPPLIERS_URL": SUPPLIERS_URL, "HOLDFAST_STATE_DIR": str(STATE)}
    return AWS_ENVIRONMENT | {"AWS_PAGER": ""} | named | ours | others


def write(outputs: dict[str, str], others: dict[str, str]) -> dict[str, str]:
    values = variables(outputs, others)
    lines = [f"export {key}={shlex.quote(value)}" for key, value in values.items()]
    # Nothing of another account may take precedence over the credentials above.
    lines += ["unset AWS_PROFILE AWS_SESSION_TOKEN"]
    lines += [f'export PATH={shlex.quote(f"{COMMANDS}:{TOOLS}")}:"$PATH"']
    # The AWS CLI of PyPI ignores AWS_ENDPOINT_URL for SQS.
    lines += ['aws() { command aws --endpoint-url "$AWS_ENDPOINT_URL" "$@"; }']
    completions = '[ -z "${BASH_VERSION-}" ] || eval "$(holdfast completions bash)"'
    lines += [f"case $- in *i*) {completions} ;; esac"]
    ENVIRONMENT.write_text(
        "\n".join(["# To be sourced: the local stack of Holdfast, and the tools for it.", *lines, ""])
    )
    return values


def _upper_snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).upper()
