"""Files of versions that are ready, brought from the store onto the worker's disk."""

import shutil
from pathlib import Path

from marketplace.catalog.datasets.errors import WorkerDiskFull
from marketplace.catalog.datasets.models import DataFile
from marketplace.catalog.datasets.processing import DISK_LEFT_BYTES, Shelves
from storage.objects import ObjectKey


def fetch(shelves: Shelves, file: DataFile, path: Path) -> Path:
    """Write a file's bytes to a path of the worker's and return it; blocks.

    Raises:
        WorkerDiskFull: no room for it here
        StorageError: the store does not answer
    """
    if shutil.disk_usage(path.parent).free < file.size_bytes + DISK_LEFT_BYTES:
        raise WorkerDiskFull(size_bytes=file.size_bytes, retry_after_s=60)
    assert file.object_key is not None, "files of a version that is ready have their key"
    with path.open("wb") as target:
        target.writelines(shelves.store.read(shelves.published, ObjectKey(file.object_key)))
    return path
