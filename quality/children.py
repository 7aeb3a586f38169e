"""Children that wait with their libraries loaded, so that nobody pays for imports; each serves one file and ends."""

import threading
from collections.abc import Callable, Sequence
from typing import Final, Self

from msgspec import Struct

from quality.orders import Bounds
from quality.sandbox import Answer, Child, never
from quality.sources import OpenFile

TASKS: Final = ("gate", "profile")


class Children:
    """Keeps one child of each task waiting, and starts the next when one has served.

    What is asked for while none waits is served by a child started then. Threads may share it.

    Args:
        tasks: for which children wait
        files: how many files they are for, None for as long as there is work
    """

    def __init__(self, tasks: Sequence[str] = TASKS, *, files: int | None = None) -> None:
        self._lock = threading.Lock()
        self._waiting: dict[str, Child] = {}
        self._left: dict[str, int | None] = dict.fromkeys(tasks, files)
        self._closed = False

    def __enter__(self) -> Self:
        self.prepare()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def prepare(self) -> None:
        """Start those that are to wait.

        Raises:
            SandboxUnavailable: no process can be started
        """
        for task in self._left:
            self._start(task)

    def run(
        self,
        task: str,
        request: Struct,
        file: OpenFile,
        bounds: Bounds,
        *,
        stopped: Callable[[], bool] = never,
    ) -> Answer:
        """Do as ``quality.sandbox.run`` does, by a child that waits where there is one; blocks.

        Raises:
            SandboxUnavailable: the kernel cannot keep a child in
        """
        with self._lock:
            child = self._waiting.pop(task, None)
        if child is not None and not child.waits:
            child.close()
            child = None
        with child or Child(task) as serving:
            answer = serving.serve(request, file, bounds, stopped)
        self._start(task)
        return answer

    def close(self) -> None:
        """End those that wait, and start no more."""
        with self._lock:
            self._closed = True
            waiting, self._waiting = list(self._waiting.values()), {}
        for child in waiting:
            child.close()

    def _start(self, task: str) -> None:
        with self._lock:
            left = self._left.get(task, 0)
            if self._closed or left == 0 or task in self._waiting:
                return
            self._left[task] = None if left is None else left - 1
            self._waiting[task] = Child(task)
