"""The command's engines and staged tables, and how it ends when somebody is tired of waiting."""

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from pyarrow import parquet

from quality.cli import UNREADABLE, run
from tests.quality.machine_tables import written
from tests.repository import ROOT

Shown = pytest.CaptureFixture[bytes]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return written(tmp_path / "a.csv", "utf-8", random.Random(4), 300)


def reported(shown: Shown, file: Path, *options: object) -> bytes:
    run(["profile", str(file), "--json", "-", *map(str, options)])
    return shown.readouterr().out


@pytest.mark.slow  # real children
def test_engines_change_nothing_but_who_counts(
    file: Path, tmp_path: Path, capfdbinary: Shown
) -> None:
    alone = reported(capfdbinary, file)
    staged = tmp_path / "staged"

    assert alone.startswith(b"{")
    assert reported(capfdbinary, file, "--engine", "threads:2", "--parquet", staged) == alone
    assert reported(capfdbinary, file, "--engine", "processes:2") == alone
    assert parquet.read_metadata(staged / "a.csv" / "1.parquet").num_columns == 7


@pytest.mark.parametrize("engine", ["", "ray", "threads:0", "threads:x", "dask", "thread:2"])
def test_an_engine_that_is_none_is_said_to_be_none(file: Path, engine: str, capfd: Shown) -> None:
    assert run(["profile", str(file), "--engine", engine]) == UNREADABLE


@pytest.mark.slow  # a command of its own, with real children
def test_the_command_ends_its_children_when_it_is_interrupted(tmp_path: Path) -> None:
    file = tmp_path / "large.csv"
    file.write_bytes(b"a,b\n" + b"1,2.5\n" * (288 << 20 >> 3))
    command = [sys.executable, "-m", "quality", "profile", str(file), "--engine", "processes:2"]

    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL) as running:
        while not (children := [one for one in below(running.pid) if says(one, "count")]):
            assert running.poll() is None, "it was over before it could be interrupted"
            time.sleep(0.05)
        running.send_signal(signal.SIGINT)
        assert running.wait(20) == 128 + signal.SIGINT

    deadline = time.monotonic() + 10
    while any(Path(f"/proc/{child}").exists() for child in children):
        assert time.monotonic() < deadline, "a child is left"
        time.sleep(0.05)


def below(process: int) -> list[int]:
    """All processes that one has started, and theirs."""
    found: list[int] = []
    for place in Path("/proc").glob(f"{process}/task/*/children"):
        for one in place.read_text().split():
            found += [int(one), *below(int(one))]
    return found


def says(process: int, word: str) -> bool:
    try:
        return word.encode() in Path(f"/proc/{process}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return False
