"""Shows bookings and orders to people: what `make up` prints of its samples."""


def describe(saga: dict) -> list[str]:
    """A booking or an order in a few lines."""
    head = f"status {saga['status']}: {saga['reason'] or _money(saga['total'])}".rstrip(": ")
    return [head, *(map(_step, saga["steps"]) if "steps" in saga else _parts(saga))]


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
