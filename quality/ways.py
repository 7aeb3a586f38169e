"""In which way a file is examined: by which engine, who is told how far it is, and who may end it."""

import threading
from collections.abc import Callable

from msgspec import Struct

from quality.engines import Engine, Stopped
from quality.engines.local import Threads
from quality.sandbox import never
from quality.sources import ReadRange


class Way(Struct, frozen=True, kw_only=True):
    """How a file is examined; the report is the same to the byte, whatever the way.

    Args:
        engine: where its parts are counted
        progress: is told how many bytes of the file are counted, at the end all of them; never fewer than before,
            sometimes by another thread
        stopped: asked some fifty times a second, sometimes by another thread; when it is true, the children are
            ended, and ``examine`` raises ``ExaminationCancelled``
        read_range: gives the file's bytes to other machines; without it they read it by its path. It must be
            possible to pickle it where the engine does so
    """

    engine: Engine | Threads = Threads()
    progress: Callable[[int], None] | None = None
    stopped: Stopped = never
    read_range: ReadRange | None = None

    @property
    def tasks(self) -> tuple[str, ...]:
        """The tasks of the children that are worth waiting with their libraries loaded."""
        return ("gate", "profile" if isinstance(self.engine, Threads) else "plan")


class Meter:
    """Adds up what was counted, and tells of it; what is told too much is left out."""

    def __init__(self, size_bytes: int, progress: Callable[[int], None] | None) -> None:
        self._size_bytes, self._progress = size_bytes, progress
        self._done_bytes = 0
        self._lock = threading.Lock()

    def add(self, size_bytes: int) -> None:
        """Take bytes that were counted."""
        with self._lock:
            done = min(self._done_bytes + size_bytes, self._size_bytes)
            if done > self._done_bytes and self._progress is not None:
                self._progress(done)
            self._done_bytes = done

    def end(self) -> None:
        """Take all bytes that are left."""
        self.add(self._size_bytes)
