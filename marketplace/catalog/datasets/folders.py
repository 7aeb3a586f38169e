"""The worker's folder for one file at a time; what a killed worker left goes before the next begins.

A folder belongs to the process that holds its lock. The system lets a lock go with its process, however
that ends, so an unlocked folder is one that nobody will come back to.
"""

import asyncio
import fcntl
import logging
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path
from typing import Final

PREFIX: Final = "file-"

logger = logging.getLogger(__name__)


@asynccontextmanager
async def own_folder(parent: Path) -> AsyncIterator[Path]:
    """Make a folder that goes with the block, or with the next one here after this process was killed.

    Args:
        parent: of all workers of this machine; made where it is missing
    """
    with ExitStack() as held:
        left, made = _take(parent, held)
        try:
            await asyncio.to_thread(_remove, left)
            yield made
        finally:
            shutil.rmtree(made)


def _take(parent: Path, held: ExitStack) -> tuple[list[Path], Path]:
    """Return the folders that nobody owns and a new one, all of them locked now until ``held`` ends."""
    parent.mkdir(parents=True, exist_ok=True)
    # Between a folder's making and its locking it looks like one that was left.
    with ExitStack() as making:
        _lock(parent, fcntl.LOCK_EX, making)
        left = [folder for folder in parent.glob(f"{PREFIX}*") if _is_left(folder, held)]
        made = Path(tempfile.mkdtemp(prefix=PREFIX, dir=parent))
        _lock(made, fcntl.LOCK_EX, held)
    return left, made


def _is_left(folder: Path, held: ExitStack) -> bool:
    try:
        _lock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB, held)
    except (BlockingIOError, FileNotFoundError):
        return False
    except OSError as error:
        _complain(folder, error)
        return False
    return True


def _lock(folder: Path, how: int, held: ExitStack) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    held.callback(os.close, descriptor)
    fcntl.flock(descriptor, how)


def _remove(left: Sequence[Path]) -> None:
    """Remove folders; what cannot be removed is told, and holds nobody's file up."""
    for folder in left:
        shutil.rmtree(folder, onerror=lambda _, path, error: _complain(Path(path), error[1]))


def _complain(path: Path, error: BaseException) -> None:
    logger.warning("what a killed worker left cannot be removed: %s: %s", path, error)
