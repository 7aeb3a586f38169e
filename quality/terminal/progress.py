"""A bar on standard error while files are read; nothing where no terminal listens."""

import threading
import time
from collections.abc import Iterator
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
        self._done_bytes = 0
        self._begun_s = time.monotonic()

    @contextmanager
    def reading(self, name: str, size_bytes: int) -> Iterator[None]:
        """Show a file while it is read; a child reads it, so the bar moves when it has ended."""
        if not self._stream.isatty():
            yield
            return
        ended = threading.Event()
        drawer = threading.Thread(target=self._draw_until, args=(ended, name), daemon=True)
        drawer.start()
        try:
            yield
        finally:
            ended.set()
            drawer.join()
            self._done_bytes += size_bytes
            self._stream.write("\r\x1b[K")
            self._stream.flush()

    def _draw_until(self, ended: threading.Event, name: str) -> None:
        turn = 0
        while True:
            self._stream.write(f"\r\x1b[K{self._line(name, turn)}")
            self._stream.flush()
            turn += 1
            if ended.wait(PERIOD_S):
                return

    def _line(self, name: str, turn: int) -> str:
        share = min(self._done_bytes / self._total_bytes, 1)
        bar = "#" * int(share * BAR)
        seconds = int(time.monotonic() - self._begun_s)
        reading = self._say("읽는 중", "reading")
        done = f"{size(self._done_bytes)} / {size(self._total_bytes)}"
        spin = _SPINS[turn % len(_SPINS)]
        return f"{spin} [{bar:<{BAR}}] {done}  {seconds} s  {reading} {cut(name, 30)}"
