"""The browser that the pages are tested in: Chromium, and the driver that tests speak to."""

import os
import shutil
import subprocess

from control.console import Problem, say, step
from control.install import install_axe
from control.paths import LOCAL

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
DRIVER = "chromedriver"
PACKAGES = ("chromium", "chromium-driver")
HOW = f"on Debian: apt-get install {' '.join(PACKAGES)}"


def settings() -> dict[str, str] | None:
    """What the tests need to know; nothing where there is no browser. In CI there is one, or the run fails."""
    found = _find()
    if found is None and os.environ.get("CI") == "true":
        _install()
        found = _find()
        if found is None:
            raise Problem(f"the pages cannot be tested: there is no Chromium with its driver ({HOW})")
    if found is None:
        say(f"    skipped: there is no Chromium with its driver ({HOW})")
        return None
    browser, driver = found
    return {
        "HOLDFAST_BROWSER": browser,
        "HOLDFAST_BROWSER_DRIVER": driver,
        "HOLDFAST_AXE": str(install_axe()),
        "HOLDFAST_SCREENSHOTS": str(LOCAL / "screenshots"),
    }


def _find() -> tuple[str, str] | None:
    browsers = (path for name in BROWSERS if (path := shutil.which(name)))
    browser, driver = next(browsers, None), shutil.which(DRIVER)
    return (browser, driver) if browser and driver else None


def _install() -> None:
    with step("Installing Chromium", "a minute"):
        for command in (["apt-get", "update"], ["apt-get", "install", "--yes", *PACKAGES]):
            environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
            if subprocess.run(command, env=environment, stdout=subprocess.DEVNULL).returncode != 0:
                return
