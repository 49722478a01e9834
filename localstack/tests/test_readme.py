"""The texts: short, without dead ends, and their commands held against what they print."""

import json
import re
import subprocess
from pathlib import Path

import pytest

from control import readme
from control.paths import ROOT

MOST_BYTES = {ROOT / "README.md": 10_240}
LINK = re.compile(r"\[[^\]]*\]\((?!https?:)([^)\s]*)\)")
# Code blocks are taken out first: what stands in them is no link and no heading.
CODE_BLOCK = re.compile(r"^```.*?^```$", re.M | re.S)
NAMED = re.compile(r"`((?:functions|localstack|statemachine|tests)/[\w./-]*)`")
TEXTS = pytest.mark.parametrize("file", readme.texts(), ids=lambda file: str(file.relative_to(ROOT)))


@TEXTS
def test_a_text_is_short(file):
    assert len(file.read_bytes()) <= MOST_BYTES.get(file, 16_384)


@TEXTS
def test_links_lead_somewhere(file):
    for link in LINK.findall(CODE_BLOCK.sub("", file.read_text())):
        path, _, heading = link.partition("#")
        target = (file.parent / path).resolve() if path else file
        assert target.exists(), f"{link} leads nowhere"
        assert not heading or heading in anchors(target), f"{link}: there is no such heading"


@TEXTS
def test_files_that_are_named_exist(file):
    missing = [name for name in NAMED.findall(CODE_BLOCK.sub("", file.read_text())) if not (ROOT / name).exists()]
    assert missing == []


@TEXTS
def test_commands_of_cargo_and_make_exist(file):
    text = file.read_text()
    targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.M)
    assert [word for word in re.findall(r"(?:^|`)make ([a-z]+)", text, re.M) if word not in targets] == []
    known = packages()
    for package, name in re.findall(r"^cargo test(?: -p (\S+))?.*?--test (\S+)", text, re.M):
        tests = known[package] if package else {name for names in known.values() for name in names}
        assert name in tests, f"{package} has no test {name}"


def anchors(file: Path) -> set[str]:
    """The names that GitHub gives to headings."""
    headings = re.findall(r"^#+ (.*)$", CODE_BLOCK.sub("", file.read_text()), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def packages() -> dict[str, set[str]]:
    command = ["cargo", "metadata", "--no-deps", "--locked", "--offline", "--format-version", "1"]
    told = json.loads(subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout)
    return {
        package["name"]: {target["name"] for target in package["targets"] if "test" in target["kind"]}
        for package in told["packages"]
    }


@pytest.fixture
def try_readme(tmp_path, monkeypatch):
    """Runs a README of these commands; tells what is wrong with it."""
    monkeypatch.setattr(readme, "ENVIRONMENT", tmp_path / "env")
    (tmp_path / "env").write_text("greet() { echo hello $1; }\n")

    def run(*lines: str) -> str | None:
        file = tmp_path / "README.md"
        file.write_text("\n".join(["# Text", "", "```sh", *lines, "```", ""]))
        return readme.run(file)

    return run


def test_what_is_as_written_passes(try_readme):
    assert try_readme("NAME=you", "greet $NAME", "#> hello you") is None
    assert try_readme("greet you; greet me; greet them", "#> hello …", "#> …", "#> h…o …em") is None
    assert try_readme("greet you; false", "#! hello you", "greet me") is None
    assert try_readme("greet you; (exit 3)", "#!3 hello you", "greet me") is None
    assert try_readme("# only a comment") is None


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (["greet you", "#> hello me"], "this was printed"),
        (["greet you; greet me", "#> hello you"], "this was printed"),
        (["greet you", "#> hello", "#> …"], "this was printed"),
        (["false"], "the exit status was 1, not 0"),
        (["greet you", "#! hello you"], "the exit status was 0, not 1"),
        (["greet you; false", "#!3 hello you"], "the exit status was 1, not 3"),
        (["no-such-command"], "the exit status was 127, not 0"),
        (["exit 0"], "it did not end"),
        (["if"], "it did not end"),
    ],
)
def test_what_is_not_as_written_is_found(try_readme, lines, said):
    assert said in try_readme(*lines)


def test_a_command_that_does_not_end_is_stopped(try_readme, monkeypatch):
    monkeypatch.setattr(readme, "MOST_SECONDS", 0.5)
    assert "it did not end" in try_readme("echo before", "#> before", "sleep 60")


def test_a_problem_is_told_with_its_line(try_readme):
    assert try_readme("greet you", "#> hello you", "false").startswith("6: false")


def test_all_that_has_commands_is_run():
    assert ROOT / "README.md" in readme.readmes()
