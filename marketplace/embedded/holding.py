"""One exchange at a time on one data folder: the lock, and who holds it."""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from marketplace.embedded.errors import FolderHeld

LOCK = "run.lock"


@contextmanager
def holding(data_dir: Path, port: int | str = "-") -> Iterator[None]:
    """Hold the data folder for the time of the block; the kernel lets go when the process ends.

    Args:
        data_dir: the folder, which exists
        port: where the web server will listen, for the sentence a second run prints

    Raises:
        FolderHeld: another process of ours works on the folder
    """
    with (data_dir / LOCK).open("a+b") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            lock.seek(0)
            raise FolderHeld(folder=str(data_dir), **_holder(lock.read())) from error
        lock.truncate(0)
        lock.write(json.dumps({"pid": os.getpid(), "port": port}).encode())
        lock.flush()
        yield


def _holder(written: bytes) -> dict[str, object]:
    """Return what the holder wrote about itself; it may be about to write."""
    try:
        found = json.loads(written)
        return {"pid": found["pid"], "port": found["port"]}
    except (ValueError, KeyError, TypeError):
        return {"pid": "?", "port": "?"}
