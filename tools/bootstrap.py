"""Make .venv, install into it when something changed, and start what was asked for in it.

    python3 tools/bootstrap.py [--dev] [--exec ARGUMENT ...]

Runs before anything is installed: standard library only, and readable by Python 3.7, so that an
old one can say which is needed. ``--exec run`` becomes ``python -m marketplace run``.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "installed.stamp"
INPUTS = ("pyproject.toml", "constraints.txt")
OLDEST = (3, 11)
NEWER = tuple(f"python3.{minor}" for minor in range(15, 10, -1))


class NotPossible(Exception):
    """What keeps us from installing: a sentence in Korean and one in English."""

    def __init__(self, ko: str, en: str) -> None:
        super().__init__(f"{ko}\n{en}")


def main(arguments: list[str]) -> None:
    """Install what is needed; with ``--exec`` this process then becomes the exchange."""
    go_on_in_new_python(arguments)
    os.chdir(ROOT)
    try:
        # One at a time: two starts in one clone would write into the same folder.
        with (ROOT / INPUTS[0]).open("rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            install(dev="--dev" in arguments)
    except OSError as error:
        raise explained(error) from error
    if "--exec" in arguments:
        rest = arguments[arguments.index("--exec") + 1 :]
        os.execv(PYTHON, [str(PYTHON), "-m", "marketplace", *rest])  # noqa: S606 - our own program


def go_on_in_new_python(arguments: list[str]) -> None:
    """Start again in a Python that is new enough, where this one is not."""
    if sys.version_info >= OLDEST:
        return
    for found in filter(None, map(shutil.which, NEWER)):
        os.execv(found, [found, str(Path(__file__).resolve()), *arguments])  # noqa: S606 - found on PATH
    here = ".".join(map(str, sys.version_info[:2]))
    raise NotPossible(
        f"Python 3.11 이상이 필요한데 이것은 {here}입니다. 새 Python을 설치하거나 지정하십시오: make run PYTHON=python3.12",
        f"Python 3.11 or newer is needed and this is {here}. Install one, or name it: make run PYTHON=python3.12",
    )


def install(*, dev: bool) -> None:
    """Bring .venv to what the inputs ask for; when nothing changed this costs nothing."""
    if VENV.is_symlink():  # somebody else's environment: used as it is
        return
    wanted = fingerprint()
    present = STAMP.read_text().split() if PYTHON.exists() and STAMP.exists() else []
    if present[:1] == [wanted] and (not dev or "dev" in present):
        return
    dev = dev or "dev" in present
    say("설치하는 중입니다. 처음에는 몇 분 걸립니다. Installing; the first time takes minutes.")
    options = ["-c", "constraints.txt", "-e", f"{ROOT}[dev]" if dev else str(ROOT)]
    uv = shutil.which("uv")
    if not (uv and installed_by_uv(uv, options)):
        install_by_pip(options)
    STAMP.write_text("\n".join([wanted, "dev"] if dev else [wanted]))
    say("설치했습니다. Installed.")


def installed_by_uv(uv: str, options: list[str]) -> bool:
    """Whether uv could install; where it knows no index, pip may know one."""
    if not PYTHON.exists():
        shutil.rmtree(VENV, ignore_errors=True)
        if run([uv, "venv", "--quiet", "--python", sys.executable, str(VENV)])[0] != 0:
            return False
    return run([uv, "pip", "install", "--python", str(PYTHON), *options])[0] == 0


def install_by_pip(options: list[str]) -> None:
    """Install by the standard library's venv and pip."""
    if not PYTHON.exists() or run([str(PYTHON), "-c", "import pip"], aloud=False)[0] != 0:
        make_venv()
    code, last = run([str(PYTHON), "-m", "pip", "install", "--progress-bar", "off", *options])
    if code != 0:
        refuse_full_disk(last)
        raise NotPossible(
            "패키지를 설치하지 못했습니다. 위의 기록을 보고 네트워크와 pip 설정을 확인한 뒤 다시 실행하십시오.",
            "The packages could not be installed. See the lines above, check the network and pip's settings, and run it again.",
        )


def make_venv() -> None:
    """Make .venv by the standard library; Debian ships a part of that in its own package."""
    shutil.rmtree(VENV, ignore_errors=True)
    if run([sys.executable, "-c", "import venv, ensurepip"], aloud=False)[0] != 0:
        package = "python{}.{}-venv".format(*sys.version_info)
        raise NotPossible(
            f"이 Python에는 venv 모듈이 없습니다. 설치한 뒤 다시 실행하십시오: sudo apt install {package} (또는 uv를 설치하십시오)",
            f"This Python has no venv module. Install it and run this again: sudo apt install {package} (or install uv)",
        )
    code, last = run([sys.executable, "-m", "venv", str(VENV)])
    if code != 0:
        shutil.rmtree(VENV, ignore_errors=True)
        refuse_full_disk(last)
        raise NotPossible(
            f"{VENV}에 가상환경을 만들지 못했습니다. 위의 기록을 확인하십시오.",
            f"No virtual environment could be made in {VENV}. See the lines above.",
        )


def run(command: list[str], *, aloud: bool = True) -> tuple[int, str]:
    """Run a command with a prefix before its lines; return its exit code and its last lines."""
    last: list[str] = []
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, universal_newlines=True
    ) as process:
        assert process.stdout is not None, "it was asked for"
        for line in process.stdout:
            last = [*last[-20:], line]
            if aloud:
                say(line.rstrip())
    return process.returncode, "".join(last)


def fingerprint() -> str:
    """Return what decides what is installed: the inputs, the Python and the place."""
    found = hashlib.sha256(repr((sys.version_info[:3], str(ROOT))).encode())
    for name in INPUTS:
        found.update((ROOT / name).read_bytes())
    return found.hexdigest()


def refuse_full_disk(lines: str) -> None:
    """Raise the sentence about the disk where the lines of a program name it as the reason."""
    if "No space left on device" in lines or "Disk quota exceeded" in lines:
        raise explained(OSError(errno.ENOSPC, "full", str(ROOT)))


def explained(error: OSError) -> NotPossible:
    """Return the sentence for an error of the operating system."""
    place = error.filename or ROOT
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return NotPossible(
            f"{place}의 디스크가 가득 찼습니다. 1GB 이상 비운 뒤 다시 실행하십시오.",
            f"The disk of {place} is full. Free 1 GB or more and run this again.",
        )
    return NotPossible(
        f"{place}을(를) 쓸 수 없습니다({error.strerror}). 소유자를 바꾸거나 쓸 수 있는 폴더에 저장소를 받으십시오.",
        f"{place} cannot be used ({error.strerror}). Change its owner, or clone into a folder you can write.",
    )


def say(text: str) -> None:
    """Print a line at once."""
    print(f"install  | {text}", flush=True)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except NotPossible as reason:
        print(reason, file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)
