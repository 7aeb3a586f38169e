"""Ask a child: its bounds by the size of the file, a second try where somebody killed it, its answer checked."""

import logging
from collections.abc import Callable
from typing import TypeVar

from msgspec import Struct

from quality.answers import AnswerWrong, read
from quality.limits import Limits
from quality.orders import Bounds
from quality.sandbox import WRITING, Answer, Exit
from quality.sources import OpenFile

# ``quality.sandbox.run``, or that of children who wait.
Run = Callable[[str, Struct, OpenFile, Bounds], Answer]

logger = logging.getLogger(__name__)

T = TypeVar("T", bound=Struct)


def bounds_of(task: str, size_bytes: int, limits: Limits, image_count: int = 0) -> Bounds:
    """Return what a child may use for a file of this size and so many images."""
    more_s = limits.more_s(size_bytes, image_count)
    suite = limits.suite_memory_bytes
    held = {"gate": limits.gate_memory_bytes, "suite": suite, "library": suite}
    memory = held.get(task, limits.profile_memory_bytes)
    addresses = memory if task == "gate" else memory + limits.address_free_bytes
    written = max(limits.written_free_bytes, int(limits.written_share * size_bytes))
    return Bounds(
        memory_bytes=memory,
        cpu_s=limits.cpu_s + more_s,
        wall_s=limits.wall_s + 2 * more_s,
        answer_bytes=limits.answer_bytes,
        address_bytes=addresses,
        written_bytes=written if task in WRITING else 0,
    )


def ask(run: Run, task: str, request: Struct, file: OpenFile, bounds: Bounds) -> Answer:
    """Have a child do a task; one that somebody killed is started once more.

    What the file did it does again; what came from outside does not.
    """
    answer = run(task, request, file, bounds)
    if answer.exit is Exit.killed:
        logger.warning("the %s child was killed and is started again", task)
        answer = run(task, request, file, bounds)
    if answer.content is None:
        logger.warning("the %s child ended: %s %s", task, answer.exit, answer.detail)
    return answer


def understood(answer: Answer, kind: type[T]) -> T | Answer:
    """Return what a child said, or how it ended, which a wrong answer is, too."""
    if answer.content is None:
        return answer
    try:
        return read(answer.content, kind)
    except AnswerWrong as error:
        logger.warning("a child's answer is wrong: %s", error)
        return Answer(None, Exit.crash, str(error))
