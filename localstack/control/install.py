"""Installs the pinned Python packages into `.local`, each lock file into an environment of its own.

Two, because the newest SAM and AWS CLIs do not go together with what LocalStack 4.14.0 needs.
"""

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

from control.console import Problem, step
from control.paths import HOST_PYTHON, LOCAL, LOCALSTACK, LOGS

PIP = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input", "--no-deps"]


def install() -> None:
    if _install("localstack", LOCALSTACK / "requirements.lock", "a minute"):
        _pip(HOST_PYTHON, ["--no-build-isolation", "--editable", LOCALSTACK / "host"])
        _mark("localstack", LOCALSTACK / "requirements.lock")
    if _install("tools", LOCALSTACK / "tools.lock", "a minute"):
        _mark("tools", LOCALSTACK / "tools.lock")


def digest(*paths: Path) -> str:
    """Of the contents and names of files, and of all files below folders."""
    total = hashlib.sha256()
    for path in paths:
        files = sorted(path.rglob("*")) if path.is_dir() else [path]
        for file in files:
            if file.is_file() and "__pycache__" not in file.parts:
                total.update(f"{file.name}\0".encode() + hashlib.sha256(file.read_bytes()).digest())
    return total.hexdigest()


def _install(name: str, lock: Path, usually: str) -> bool:
    """Makes the environment unless it is there; false if there was nothing to do."""
    if _mark_file(name).exists() and _mark_file(name).read_text() == _identity(lock):
        return False
    with step(f"Installing {name} from {lock.name} into .local/{name}", usually):
        shutil.rmtree(LOCAL / name, ignore_errors=True)
        subprocess.run([sys.executable, "-m", "venv", LOCAL / name], check=True)
        _pip(LOCAL / name / "bin" / "python", ["--require-hashes", "--requirement", lock])
    return True


def _pip(python: Path, arguments: list[str | Path]) -> None:
    LOGS.mkdir(parents=True, exist_ok=True)
    log = LOGS / "install.log"
    with open(log, "ab") as file:
        if subprocess.run([python, *PIP, *arguments], stdout=file, stderr=file).returncode == 0:
            return
    tail = log.read_text(errors="replace").splitlines()[-8:]
    raise Problem(f"pip could not install; the end of {log}:\n  " + "\n  ".join(tail))


def _identity(lock: Path) -> str:
    """An environment is outdated when its lock changes, and broken when its checkout or its Python has moved."""
    return f"{digest(lock)} {LOCAL} {sys.executable}"


def _mark(name: str, lock: Path) -> None:
    """Written last, so that an interrupted installation is begun anew."""
    _mark_file(name).write_text(_identity(lock))


def _mark_file(name: str) -> Path:
    return LOCAL / name / "installed"
