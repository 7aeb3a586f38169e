"""Regular expressions as Python reads them, run by the linear engine of Arrow where both mean the same.

A rule's pattern comes from outside, and Python's engine can take for ever on some of them; it is
given so much time in all and then stopped, which is a reason that the rule could not be run.
"""

import re
import signal
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from re import _constants as sre
from re import _parser as sre_parser
from types import FrameType
from typing import Any, Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from quality.profile.numbers import matching

Flags = NDArray[np.bool_]
TIME_S: Final = 20.0
REPEAT_MAX: Final = 1_000
# Spelt the same in both, and read in another way.
SPELLINGS: Final = ("[:", "{,", r"\Z", r"\z", r"\C", "(?")
ODD_BYTES: Final = np.array([*range(0x1C, 0x20), 0x0A, 0x0B], dtype=np.uint8)


class TooSlow(Exception):
    """A pattern took more than its time."""


class Pattern:
    """A pattern and the time that is left for it; it is searched anywhere in a text."""

    def __init__(self, source: str) -> None:
        self.source = source
        with warnings.catch_warnings():
            # Of sets that may mean something else in a later Python.
            warnings.simplefilter("ignore")
            self._searched = re.compile(source)
            self._linear = _means_the_same(source)
        self._left_s = TIME_S

    def found_in(self, texts: pa.Array) -> Flags:
        """Return in which texts it is found, shape (n,).

        Raises:
            TooSlow: the time is over
        """
        if self._linear and _plain(texts):
            try:
                return matching(texts, self.source)
            except pa.ArrowInvalid:
                self._linear = False
        with self._bounded():
            search = self._searched.search
            return np.array([search(one) is not None for one in texts.to_pylist()], dtype=bool)

    @contextmanager
    def _bounded(self) -> Iterator[None]:
        if self._left_s <= 0:
            raise TooSlow

        def over(_number: int, _frame: FrameType | None) -> None:
            raise TooSlow

        before = signal.signal(signal.SIGVTALRM, over)
        signal.setitimer(signal.ITIMER_VIRTUAL, self._left_s)
        try:
            yield
        except TooSlow:
            self._left_s = 0.0
            raise
        finally:
            left, _ = signal.setitimer(signal.ITIMER_VIRTUAL, 0)
            signal.signal(signal.SIGVTALRM, before)
            self._left_s = min(self._left_s, left)


def _plain(texts: pa.Array) -> bool:
    """Whether all texts are ASCII without the signs that the engines take differently."""
    _, offset_buffer, data = texts.buffers()
    if data is None or not len(texts):
        return True
    offsets = np.frombuffer(offset_buffer, dtype=np.int32)
    used = np.frombuffer(data, dtype=np.uint8)[
        offsets[texts.offset] : offsets[texts.offset + len(texts)]
    ]
    return not len(used) or bool(used.max() < 0x80 and not np.isin(used, ODD_BYTES).any())


def _means_the_same(source: str) -> bool:
    if any(one in source.replace("(?:", "") for one in SPELLINGS) or not source.isascii():
        return False
    parsed = sre_parser.parse(source)
    return parsed.state.flags in (0, re.UNICODE.value) and _simple(parsed)


def _simple(parsed: Any) -> bool:
    return all(_simple_step(step, argument) for step, argument in parsed)


def _simple_step(step: Any, argument: Any) -> bool:
    if step in (sre.LITERAL, sre.NOT_LITERAL, sre.ANY, sre.IN):
        return True
    if step in (sre.MAX_REPEAT, sre.MIN_REPEAT):
        low, high, inner = argument
        return (
            low <= REPEAT_MAX and (high == sre.MAXREPEAT or high <= REPEAT_MAX) and _simple(inner)
        )
    if step is sre.SUBPATTERN:
        return bool(_simple(argument[3]))
    if step is sre.BRANCH:
        return all(_simple(one) for one in argument[1])
    return step is sre.AT and argument in (sre.AT_BEGINNING, sre.AT_END)
