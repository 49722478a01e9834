"""The browser that the pages are tested in: Chromium, and the driver that tests speak to."""

import os
import shutil
import subprocess

from control.console import Problem, Skipped, step
from control.install import install_axe
from control.paths import LOCAL, ROOT

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
DRIVER = "chromedriver"
PICTURES = ROOT / "functions" / "pages" / "pictures"  # those of the READMEs
SCREENSHOTS = LOCAL / "screenshots"  # of every page; each run of the tests makes them anew
PACKAGES = ("chromium", "chromium-driver")
MISSING = f"there is no Chromium with its driver (on Debian: apt-get install {' '.join(PACKAGES)})"


def settings() -> dict[str, str]:
    """What the tests need to know. In CI there is a browser, or the run fails; elsewhere the tests are skipped."""
    if _find() is None:
        if os.environ.get("CI") != "true":
            raise Skipped(MISSING)
        _install()
    return needed()


def needed() -> dict[str, str]:
    """The same where nothing can be done without a browser."""
    found = _find()
    if found is None:
        raise Problem(MISSING)
    browser, driver = found
    return {
        "HOLDFAST_BROWSER": browser,
        "HOLDFAST_BROWSER_DRIVER": driver,
        "HOLDFAST_AXE": str(install_axe()),
        "HOLDFAST_SCREENSHOTS": str(SCREENSHOTS),
    }


def pictures() -> dict[str, str]:
    """What `make screenshots` needs to know."""
    PICTURES.mkdir(exist_ok=True)
    return needed() | {"HOLDFAST_PICTURES": str(PICTURES)}


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
