"""Installs the pinned Python packages into `.local`, each lock file into an environment of its own.

LocalStack and the tools are kept apart, because the newest SAM and AWS CLIs do not go together with what
LocalStack 4.14.0 needs. The installer is uv, which needs a tenth of pip's time; pip is there to install it.
"""

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

from control.console import Problem, step
from control.paths import HOST_PYTHON, LOCAL, LOCALSTACK, LOGS

PIP = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input", "--no-cache-dir"]
UV = LOCAL / "installer" / "bin" / "uv"
UV_INSTALL = ["pip", "install", "--quiet", "--no-cache", "--no-deps", "--python"]


def install() -> None:
    if not _is_installed("installer"):
        with step("Preparing .local for Python packages", "15 s"):
            _fresh("installer")
            subprocess.run([sys.executable, "-m", "venv", UV.parents[1]], check=True)
            _run([UV.with_name("python"), *PIP, "--require-hashes", "--requirement", _lock("installer")])
            _mark("installer")
    if not _is_installed("localstack"):
        _install("localstack", "30 s")
        _run([UV, *UV_INSTALL, HOST_PYTHON, "--no-build-isolation", "--editable", LOCALSTACK / "host"])
        _mark("localstack")
    if not _is_installed("tools"):
        _install("tools", "30 s")
        _mark("tools")


def install_axe() -> Path:
    """The script that looks for what people cannot see, hear or reach in a page."""
    if not _is_installed("browser"):
        _install("browser", "5 s")
        _mark("browser")
    return next((LOCAL / "browser").rglob("axe.min.js"))


def digest(*paths: Path) -> str:
    """Of the contents and names of files, and of all files below folders."""
    total = hashlib.sha256()
    for path in paths:
        files = sorted(path.rglob("*")) if path.is_dir() else [path]
        for file in files:
            if file.is_file() and "__pycache__" not in file.parts:
                total.update(f"{file.name}\0".encode() + hashlib.sha256(file.read_bytes()).digest())
    return total.hexdigest()


def _install(name: str, usually: str) -> None:
    with step(f"Installing {name} into .local/{name}", usually):
        _fresh(name)
        _run([UV, "venv", "--quiet", "--no-cache", "--python", sys.executable, LOCAL / name])
        python = LOCAL / name / "bin" / "python"
        _run([UV, *UV_INSTALL, python, "--require-hashes", "--requirements", _lock(name)])


def _run(command: list[str | Path]) -> None:
    LOGS.mkdir(parents=True, exist_ok=True)
    log = LOGS / "install.log"
    with open(log, "ab") as file:
        if subprocess.run(command, stdout=file, stderr=file).returncode == 0:
            return
    tail = log.read_text(errors="replace").splitlines()[-8:]
    raise Problem(f"an installation failed; the end of {log}:\n  " + "\n  ".join(tail))


def _lock(name: str) -> Path:
    return LOCALSTACK / f"{'requirements' if name == 'localstack' else name}.lock"


def _fresh(name: str) -> None:
    shutil.rmtree(LOCAL / name, ignore_errors=True)


def _is_installed(name: str) -> bool:
    mark = LOCAL / name / "installed"
    return mark.exists() and mark.read_text() == _identity(name)


def _mark(name: str) -> None:
    """Written last, so that an interrupted installation is begun anew."""
    (LOCAL / name / "installed").write_text(_identity(name))


def _identity(name: str) -> str:
    """An environment is outdated when its lock changes, and broken when its checkout or its Python has moved."""
    files = [_lock(name), *([LOCALSTACK / "host" / "pyproject.toml"] if name == "localstack" else [])]
    return f"{digest(*files)} {LOCAL} {sys.base_prefix}"
