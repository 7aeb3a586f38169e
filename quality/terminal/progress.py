"""A bar on standard error while files are read; nothing where no terminal listens."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final, TextIO

from quality.terminal.words import Tongue, cut, size

BAR: Final = 24
PERIOD_S: Final = 0.2
_SPINS: Final = "|/-\\"


class Progress:
    """Shows how many bytes of all files are done, the file being read, and for how long.

    Args:
        total_bytes: of all files
        stream: where to; one that is no terminal gets nothing
    """

    def __init__(self, total_bytes: int, stream: TextIO, say: Tongue) -> None:
        self._total_bytes = max(total_bytes, 1)
        self._stream = stream
        self._say = say
        self._done_bytes = self._file_bytes = 0
        self._begun_s = time.monotonic()

    @contextmanager
    def reading(self, name: str, size_bytes: int) -> Iterator[Callable[[int], None]]:
        """Show a file while it is read; what is yielded takes how many bytes of it are counted."""
        if not self._stream.isatty():
            yield self._counted
            return
        ended = threading.Event()
        drawer = threading.Thread(target=self._draw_until, args=(ended, name), daemon=True)
        drawer.start()
        try:
            yield self._counted
        finally:
            ended.set()
            drawer.join()
            self._done_bytes, self._file_bytes = self._done_bytes + size_bytes, 0
            self._stream.write("\r\x1b[K")
            self._stream.flush()

    def _counted(self, size_bytes: int) -> None:
        self._file_bytes = size_bytes

    def _draw_until(self, ended: threading.Event, name: str) -> None:
        turn = 0
        while True:
            self._stream.write(f"\r\x1b[K{self._line(name, turn)}")
            self._stream.flush()
            turn += 1
            if ended.wait(PERIOD_S):
                return

    def _line(self, name: str, turn: int) -> str:
        done_bytes = self._done_bytes + self._file_bytes
        share = min(done_bytes / self._total_bytes, 1)
        bar = "#" * int(share * BAR)
        seconds = int(time.monotonic() - self._begun_s)
        reading = self._say("읽는 중", "reading")
        done = f"{size(done_bytes)} / {size(self._total_bytes)}"
        spin = _SPINS[turn % len(_SPINS)]
        return f"{spin} [{bar:<{BAR}}] {done}  {seconds} s  {reading} {cut(name, 30)}"
