"""Who is made to sign in with: once for each stack, and the same after an interruption."""

import pytest

from control import demo
from control.console import Problem

OUTPUTS = {
    "ApiUrl": "url",
    "CustomersTable": "customers",
    "TerminalKey": "terminal",
    "SuppliersKey": "suppliers",
}


@pytest.fixture
def made(monkeypatch, tmp_path):
    """What was asked of the stack, in order."""
    asked = []
    session = {"customer_id": "cus_1", "access_token": "token"}
    monkeypatch.setattr(demo, "DEMO", tmp_path / "demo")
    monkeypatch.setattr(demo, "register", lambda _, who: asked.append(("register", who["password"])))
    monkeypatch.setattr(demo, "sign_in", lambda *_: session)
    monkeypatch.setattr(demo, "make_operator", lambda *_: asked.append(("operator", "cus_1")))
    monkeypatch.setattr(demo, "post", lambda _, body, __: asked.append(("account", body["account_id"])))
    monkeypatch.setattr(demo, "secret", lambda secret: f"the {secret}'s key")
    return asked


def test_a_stack_gets_its_identities_once(made):
    first = demo.make(OUTPUTS)
    assert [what for what, _ in made] == ["register", "register", "operator", "account"]
    assert demo.make(OUTPUTS) == first
    assert len(made) == 4
    assert first["HOLDFAST_CUSTOMER_PASSWORD"] != first["HOLDFAST_OPERATOR_PASSWORD"]
    assert first["HOLDFAST_TERMINAL_KEY"] == "the terminal's key"
    assert first["HOLDFAST_SUPPLIERS_KEY"] == "the suppliers's key"
    assert first["HOLDFAST_ACCOUNT"] == "demo"


def test_an_interrupted_up_goes_on_with_the_same_passwords(made, monkeypatch):
    def refuse(*_):
        raise Problem("refused")

    with monkeypatch.context() as broken:
        broken.setattr(demo, "post", refuse)
        with pytest.raises(Problem):
            demo.make(OUTPUTS)
    values = demo.make(OUTPUTS)
    tried = [password for what, password in made if what == "register"]
    assert tried[:2] == tried[2:] == [values["HOLDFAST_CUSTOMER_PASSWORD"], values["HOLDFAST_OPERATOR_PASSWORD"]]


def test_only_this_user_reads_the_passwords(made):
    demo.make(OUTPUTS)
    assert demo.DEMO.stat().st_mode & 0o077 == 0
