"""The sections of `make test`: what one of them needs and this machine does not have."""

import sys

import pytest

from control import browser
from control.suite import Section, Suite, _run_all

PASSES = [sys.executable, "-c", "import os; print(os.environ['HOLDFAST_STACK'])"]


@pytest.fixture
def no_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(browser, "_find", lambda: None)
    monkeypatch.setattr(browser, "_install", lambda: None)
    monkeypatch.delenv("CI", raising=False)


def ran(section: Section) -> int:
    suite = Suite()
    _run_all(suite, [section], {"HOLDFAST_STACK": "the stack"})
    return suite.verdict()


def test_a_section_knows_the_stack(capsys):
    assert ran(Section("Trips", PASSES)) == 0
    assert "the stack" in capsys.readouterr().out


def test_what_runs_beside_a_section_counts_as_much(no_browser, capsys):
    fails = [sys.executable, "-c", "raise SystemExit('no stack is needed')"]
    skipped = Section("Pages", PASSES, browser.settings, beside=[Section("Texts", fails), Section("Letters", PASSES)])
    assert ran(skipped) == 1
    told = capsys.readouterr()
    assert "FAILED: Texts" in told.err
    assert "Pages: skipped" in told.out
    assert told.out.count("no stack is needed") == 2  # once as it comes, once in the end


def test_without_a_browser_its_section_is_skipped_in_one_line_that_says_how_to_get_one(no_browser, capsys):
    assert ran(Section("Pages", PASSES, browser.settings)) == 0
    told = capsys.readouterr().out
    assert "Pages: skipped, for there is no Chromium with its driver (on Debian: apt-get install chromium" in told
    assert "the stack" not in told


def test_in_ci_a_section_without_its_browser_fails_and_the_others_go_on(no_browser, monkeypatch, capsys):
    monkeypatch.setenv("CI", "true")
    assert ran(Section("Pages", PASSES, browser.settings)) == 1
    told = capsys.readouterr()
    assert "FAILED: Pages" in told.err
    assert "apt-get install chromium" in told.err


def test_in_ci_a_missing_browser_is_installed(no_browser, monkeypatch):
    monkeypatch.setenv("CI", "true")
    found: list[tuple[str, str]] = []
    monkeypatch.setattr(browser, "_install", lambda: found.append(("/chromium", "/driver")))
    monkeypatch.setattr(browser, "_find", lambda: found[0] if found else None)
    monkeypatch.setattr(browser, "install_axe", lambda: "/axe")
    assert browser.settings()["HOLDFAST_BROWSER"] == "/chromium"
