"""Which files a command means: those named, and all below the folders named."""

from collections.abc import Iterable
from pathlib import Path

from msgspec import Struct


class Given(Struct, frozen=True):
    """A file to examine, and the name it goes by: its own, or its path below the folder given."""

    path: Path
    name: str
    size_bytes: int


def gather(paths: Iterable[Path]) -> list[Given]:
    """Return the files, each once; those of a folder in the order of their names, hidden ones left out.

    Raises:
        OSError: one is not there or cannot be read
    """
    found: dict[Path, Given] = {}
    for path in paths:
        for one, name in _below(path) if path.is_dir() else [(path, path.name)]:
            given = Given(one, _utf8(name), one.stat().st_size)
            found.setdefault(one.resolve(), given)
    return list(found.values())


def _below(folder: Path) -> list[tuple[Path, str]]:
    found = []
    for path in sorted(folder.rglob("*")):
        inner = path.relative_to(folder)
        if path.is_file() and not any(part.startswith(".") for part in inner.parts):
            found.append((path, inner.as_posix()))
    return found


def _utf8(name: str) -> str:
    """Return a name that can be written; bytes that are no UTF-8 are shown as such."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
