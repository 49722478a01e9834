"""Shows answers of the stack to people: what `make up` and the helpers for the shell print.

As a program it reads JSON from its standard input, and needs nothing but Python 3:

    answers.py ended         what describe-execution answers; exit status 1 if the execution failed
    answers.py field PATH    one field, such as offers.0.price
    answers.py leg LEG_ID    the leg that the first of some offers makes
    answers.py refused       what a Lambda answers that failed
    answers.py news          the events that the API tells
"""

import json
import sys


def describe(saga: dict) -> list[str]:
    """A booking or an order in a few lines."""
    head = f"status {saga['status']}: {saga['reason'] or _money(saga['total'])}".rstrip(": ")
    return [head, *(map(_step, saga["steps"]) if "steps" in saga else _parts(saga))]


def ended(execution: dict) -> int:
    error, cause = execution.get("error"), execution.get("cause")
    how = f"execution {execution['status']}" + (f" with {error}" if error else "")
    try:
        first, *rest = describe(json.loads(execution.get("output") or cause))
        print(f"{how}, {first}", *rest, sep="\n")
    except (ValueError, TypeError):  # it ended before there was a booking
        print(f"{how}: {cause}")
    return int(execution["status"] != "SUCCEEDED")


def field(answer: object, path: str) -> int:
    value = answer
    for name in path.split("."):
        try:
            value = value[int(name) if isinstance(value, list) else name]
        except (LookupError, TypeError, ValueError):
            print(f"holdfast: there is no `{path}` in {json.dumps(answer)[:500]}", file=sys.stderr)
            return 1
    print(value if isinstance(value, str) else json.dumps(value))
    return 0


def leg(answer: dict, leg_id: str) -> int:
    if not answer["offers"]:
        print("holdfast: there is no such offer", file=sys.stderr)
        return 1
    offer = answer["offers"][0]
    print(json.dumps({"id": leg_id, "kind": offer["kind"], "spec": offer["spec"]}))
    return 0


def refused(answer: dict) -> int:
    print(f"{answer['errorType']}: {answer['errorMessage']}")
    return 0


def news(answer: dict) -> int:
    for event in answer["events"]:
        legs = [f"{name} {leg['status']}" for name, leg in event["legs"].items()]
        print("  " + "  ".join(filter(None, [event["name"], event["note"], ", ".join(legs)])))
    return 0


def _parts(booking: dict) -> list[str]:
    legs = [_row(leg["id"], leg["kind"], leg) for leg in booking["legs"]]
    return [*legs, _row("payment", "", booking["payment"]), _row("timer", "", _timer(booking["timer"]))]


def _step(step: dict) -> str:
    known = [step["data"][key] for key in ("reference", "number", "credit_note", "tracking") if step["data"].get(key)]
    return f"  {step['name']:<18} {step['status']:<13} {', '.join(known)}".rstrip()


def _row(name: str, kind: str, part: dict) -> str:
    reference, price = part.get("reference") or "", _money(part.get("price"))
    return f"  {name:<9} {kind:<10} {part['status']:<15} {reference:<12} {price}".rstrip()


def _money(money: dict | None) -> str:
    return f"{money['currency']} {money['amount'] / 100:,.2f}" if money else ""


def _timer(timer: dict) -> dict:
    by = f" by {timer['by']}" if "by" in timer else ""
    return {"status": timer["state"] + by}


def main(arguments: list[str]) -> int:
    commands = {"ended": ended, "field": field, "leg": leg, "refused": refused, "news": news}
    text = sys.stdin.read()
    try:
        answer = json.loads(text)
    except ValueError:
        print(f"holdfast: this is no JSON: {text[:500]}", file=sys.stderr)
        return 1
    return commands[arguments[0]](answer, *arguments[1:])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
