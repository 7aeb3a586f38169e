"""Find Chromium for the browser tests, or install it where that needs nobody's leave.

As root on Debian and its kin through apt, with a Korean font; otherwise what is there is used.
Without one the browser tests are skipped, and the last lines of the tests say so.
"""

import os
import shutil
import subprocess

NAMES = ("chromium", "chromium-browser", "google-chrome")
PACKAGES = ("chromium", "fonts-noto-cjk")


def find() -> str | None:
    """Return the path of an installed browser."""
    return next((path for path in map(shutil.which, NAMES) if path), None)


def install() -> None:
    """Install through apt; what goes wrong is printed and leaves the tests to be skipped."""
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for command in (
        ["apt-get", "update", "-qq"],
        ["apt-get", "install", "-qq", "-y", "--no-install-recommends", *PACKAGES],
    ):
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            print(f"chromium | {(done.stderr.strip().splitlines() or ['apt-get failed'])[-1]}")
            return


def main() -> None:
    """Say which browser the tests will drive."""
    if find() is None and os.geteuid() == 0 and shutil.which("apt-get"):
        print("chromium | installing through apt", flush=True)
        install()
    print(f"chromium | {find() or 'none here; the browser tests will be skipped'}")


if __name__ == "__main__":
    main()
