"""What runs before anything is installed: told apart from a real installation by stand-in programs."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PYTHON = """#!/bin/sh
echo "python $*" >> "{log}"
case "$*" in
  *"pip install"*) {pip} ;;
  *"-m marketplace"*) echo "the exchange: $*" ;;
esac
"""
UV = """#!/bin/sh
echo "uv $*" >> "{log}"
exit {code}
"""


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A clone with a virtual environment whose Python only notes what it is asked to do."""
    (tmp_path / "tools").mkdir()
    shutil.copy(ROOT / "tools" / "bootstrap.py", tmp_path / "tools")
    for name in ("pyproject.toml", "constraints.txt"):
        (tmp_path / name).write_text("first")
    stand_in(tmp_path)
    return tmp_path


def stand_in(clone: Path, pip: str = "exit 0") -> None:
    python = clone / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True, exist_ok=True)
    python.write_text(PYTHON.format(log=clone / "log", pip=pip))
    python.chmod(0o755)


def asked(clone: Path) -> str:
    log = clone / "log"
    return log.read_text() if log.exists() else ""


def bootstrap(clone: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    outside = {"PATH": "/usr/bin:/bin", "HOME": str(clone)}  # no uv of this machine
    return subprocess.run(
        [sys.executable, str(clone / "tools" / "bootstrap.py"), *arguments],
        env=outside | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_it_installs_once_with_exact_versions(clone: Path) -> None:
    assert bootstrap(clone).returncode == 0
    assert f"-c constraints.txt -e {clone}" in asked(clone)
    before = asked(clone)

    assert bootstrap(clone).stdout == ""
    assert asked(clone) == before


@pytest.mark.parametrize("name", ["pyproject.toml", "constraints.txt"])
def test_a_changed_input_installs_again(clone: Path, name: str) -> None:
    bootstrap(clone)
    (clone / name).write_text("second")
    bootstrap(clone)

    assert asked(clone).count("pip install") == 2


def test_the_tools_of_developers_come_on_top_and_stay(clone: Path) -> None:
    bootstrap(clone)
    bootstrap(clone, "--dev")
    assert asked(clone).count("pip install") == 2
    assert f"-e {clone}[dev]" in asked(clone)

    bootstrap(clone)
    assert asked(clone).count("pip install") == 2
    (clone / "constraints.txt").write_text("second")
    bootstrap(clone)
    assert asked(clone).count(f"-e {clone}[dev]") == 2


def test_it_becomes_the_exchange(clone: Path) -> None:
    said = bootstrap(clone, "--exec", "run", "--data-dir", "var")

    assert said.returncode == 0
    assert said.stdout.splitlines()[-1] == "the exchange: -m marketplace run --data-dir var"


def test_an_installation_that_was_cut_off_is_repeated(clone: Path) -> None:
    stand_in(clone, pip="exit 1")
    said = bootstrap(clone)
    assert said.returncode == 2
    assert "could not be installed" in said.stderr
    assert "Traceback" not in said.stderr

    stand_in(clone)
    assert bootstrap(clone).returncode == 0
    assert asked(clone).count("pip install") == 2


def test_a_full_disk_is_named(clone: Path) -> None:
    stand_in(clone, pip="echo 'OSError: [Errno 28] No space left on device'; exit 1")

    said = bootstrap(clone)

    assert said.returncode == 2
    assert f"The disk of {clone} is full" in said.stderr
    assert "가득 찼습니다" in said.stderr


def test_a_missing_venv_module_is_named_with_its_package(clone: Path) -> None:
    shutil.rmtree(clone / ".venv")
    (clone / "absent").mkdir()
    (clone / "absent" / "ensurepip.py").write_text("raise ImportError")

    said = bootstrap(clone, PYTHONPATH=str(clone / "absent"))

    assert said.returncode == 2
    version = "{}.{}".format(*sys.version_info)
    assert f"sudo apt install python{version}-venv" in said.stderr
    assert "Traceback" not in said.stderr
    assert not (clone / ".venv").exists()


def with_uv(clone: Path, code: int) -> dict[str, str]:
    uv = clone / "uv" / "uv"
    uv.parent.mkdir()
    uv.write_text(UV.format(log=clone / "log", code=code))
    uv.chmod(0o755)
    return {"PATH": f"{uv.parent}:/usr/bin:/bin"}


def test_uv_installs_where_it_exists(clone: Path) -> None:
    bootstrap(clone, **with_uv(clone, 0))

    assert f"uv pip install --python {clone}/.venv/bin/python" in asked(clone)
    assert "python -m pip" not in asked(clone)


def test_where_uv_cannot_install_pip_does(clone: Path) -> None:
    said = bootstrap(clone, **with_uv(clone, 1))

    assert said.returncode == 0
    assert "python -m pip install" in asked(clone)


def test_an_environment_of_somebody_else_is_used_as_it_is(clone: Path) -> None:
    (clone / ".venv").rename(clone / "other")
    (clone / ".venv").symlink_to(clone / "other")

    assert bootstrap(clone, "--dev").returncode == 0
    assert asked(clone) == ""


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_named(clone: Path) -> None:
    shutil.rmtree(clone / ".venv")
    clone.chmod(0o500)
    try:
        said = bootstrap(clone)
    finally:
        clone.chmod(0o700)

    assert said.returncode == 2
    assert str(clone) in said.stderr
    assert "Traceback" not in said.stderr


def test_help_lists_every_target() -> None:
    said = subprocess.run(
        ["/usr/bin/make", "--no-print-directory", "help"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )

    listed = {line.split()[0] for line in said.stdout.splitlines()}
    lines = (ROOT / "Makefile").read_text().splitlines()
    targets = {line.split(":")[0] for line in lines if line[:1].isalpha() and ": " in line}
    assert listed == {name for name in targets if name.islower()} - {"make"}
    assert {"run", "test", "check", "fix"} <= listed
