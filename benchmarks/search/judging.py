"""Whether the right products were found: the truth by the words that were put into them."""

import re
import tomllib
import unicodedata
from collections import defaultdict
from dataclasses import dataclass

from benchmarks.search.products import HERE, MadeUp

_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_LATIN = re.compile(r"[a-z0-9]+(?:[_\-][a-z0-9]+)*")
_PART = re.compile(r"[a-z]+|[0-9]+")


LONG_CHARS = 4


@dataclass(frozen=True)
class Judged:
    """A query: the set and class it is of, what is typed, what a right product holds."""

    of: str
    kind: str
    typed: str
    holds: tuple[str, ...]


def queries() -> list[Judged]:
    """Return the queries of both sets."""
    told = tomllib.loads((HERE / "queries.toml").read_text(encoding="utf-8"))
    return [
        _read(of, kind, one)
        for of, classes in told.items()
        for kind, written in classes.items()
        for one in written
    ]


def _read(of: str, kind: str, written: str) -> Judged:
    typed, _, meant = written.partition("=")
    if typed.startswith("nfd:"):
        typed = typed.removeprefix("nfd:")
        meant = meant or typed
        return Judged(of, kind, unicodedata.normalize("NFD", typed), tuple(meant.split()))
    return Judged(of, kind, typed, tuple((meant or typed).split()))


class Truth:
    """Which products hold what; fed with every product once."""

    def __init__(self, judged: list[Judged]) -> None:
        self._wanted = {word for one in judged for word in one.holds}
        self._holders: dict[str, set[int]] = defaultdict(set)
        self._of_noun: dict[str, list[str]] = {}

    def feed(self, product: MadeUp) -> None:
        """Note what a product holds."""
        text = product.latin
        humped = _HUMP.sub("_", text).lower()
        latin = {*_LATIN.findall(humped), *_PART.findall(humped), *_LATIN.findall(text.lower())}
        for word in self._wanted:
            if self._holds(word, product, latin, text):
                self._holders[word].add(product.number)

    def _holds(self, word: str, product: MadeUp, latin: set[str], text: str) -> bool:
        if word.startswith("@"):
            return word[1:] in product.seller.replace(" ", "")
        if word.isascii():
            start = _HUMP.sub("_", word).lower()
            return any(one.startswith((start, word.lower())) for one in latin)
        # Across the seam of two nouns a long word is meant, a short one is an accident.
        return any(word in noun for noun in product.nouns) or (
            len(word) >= LONG_CHARS and (word in text or word in product.seller)
        )

    def of(self, judged: Judged) -> set[int]:
        """Return the numbers of the products that a query should find."""
        found = [self._holders[word] for word in judged.holds]
        return set.intersection(*found) if found else set()
