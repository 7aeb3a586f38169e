"""A worker's folder goes with its work, or with the next work here when the worker was killed."""

import logging
import subprocess
import sys
from pathlib import Path

import pytest

from marketplace.catalog.datasets.folders import own_folder

HOLDING = """
import asyncio, pathlib, sys
from marketplace.catalog.datasets.folders import own_folder
async def main():
    async with own_folder(pathlib.Path(sys.argv[1])) as folder:
        (folder / "upload").write_bytes(b"1" * 100)
        print(folder, flush=True)
        await asyncio.sleep(3600)
asyncio.run(main())
"""


def names(parent: Path) -> set[str]:
    return {path.name for path in parent.iterdir()}


def holding(parent: Path) -> tuple["subprocess.Popen[str]", Path]:
    """Start a process that holds a folder, and return both."""
    command = [sys.executable, "-c", HOLDING, str(parent)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    return process, Path(process.stdout.readline().strip())


def kill(process: "subprocess.Popen[str]") -> None:
    with process:
        process.kill()


async def test_a_folder_lasts_as_long_as_its_block(tmp_path: Path) -> None:
    parent = tmp_path / "data" / "work"

    async with own_folder(parent) as one, own_folder(parent) as two:
        (one / "upload").write_bytes(b"1")
        assert names(parent) == {one.name, two.name}
    assert names(parent) == set()

    with pytest.raises(OSError, match="full"):
        async with own_folder(parent):
            raise OSError("full")
    assert names(parent) == set()


async def test_the_folder_of_a_living_process_stays_and_that_of_a_killed_one_goes(
    tmp_path: Path,
) -> None:
    process, theirs = holding(tmp_path)
    async with own_folder(tmp_path) as ours:
        living = names(tmp_path) == {theirs.name, ours.name}
    kill(process)
    left = names(theirs)
    async with own_folder(tmp_path) as ours:
        after = names(tmp_path)

    assert (living, left, after) == (True, {"upload"}, {ours.name})


async def test_what_cannot_be_removed_is_told_and_holds_nothing_up(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file-odd").symlink_to(tmp_path / "nothing")
    (tmp_path / "file-link").symlink_to(tmp_path / "other")
    (tmp_path / "file-plain").write_bytes(b"1")
    (tmp_path / "other").mkdir()

    with caplog.at_level(logging.WARNING):
        async with own_folder(tmp_path) as ours:
            assert ours.is_dir()

    assert "cannot be removed" in caplog.text
    assert names(tmp_path) == {"file-odd", "file-link", "file-plain", "other"}
