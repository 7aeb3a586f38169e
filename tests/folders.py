"""Folders for real servers, which run as another user when root runs the tests."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def passable_folder() -> Iterator[Path]:
    """Make a folder that every user may pass through and nobody else may list, for a while.

    Pytest's own folders lie below one that each new run of pytest closes to other users again.
    """
    folder = Path(tempfile.mkdtemp(prefix="marketplace-test-"))
    folder.chmod(0o711)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
