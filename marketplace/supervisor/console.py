"""What people see of a run: one line at a time, and before each line who speaks."""

import threading
from typing import TextIO

NAME_WIDTH = len("postgres")


class Console:
    """Prints lines of several threads without mixing them.

    Args:
        stream: where to; when nobody reads it any more the lines are lost and the run goes on
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._lock = threading.Lock()

    def say(self, who: str, text: str) -> None:
        """Print a line at once; an empty one is left out."""
        if not text.strip():
            return
        with self._lock:
            try:
                self._stream.write(f"{who:<{NAME_WIDTH}} | {text.rstrip()}\n")
                self._stream.flush()
            except (OSError, ValueError):  # a closed pipe, a terminal that went away
                return
