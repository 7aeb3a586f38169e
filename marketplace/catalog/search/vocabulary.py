"""The words of the market: which are known, what a joined word is made of, what a slip meant."""

import math
from collections.abc import Collection, Iterable
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.catalog.search.tokens import hangul, is_choseong, jamo, runs

# Particles (조사) that stand behind a noun, the longest first.
PARTICLES: Final = tuple(
    sorted(
        (
            "이에서", "으로써", "으로", "에서", "에게", "부터", "까지", "마다", "처럼", "보다", "이나",
            "이", "가", "을", "를", "은", "는", "의", "과", "와", "로", "에", "도", "만", "별", "나",
        ),
        key=len,
        reverse=True,
    )
)  # fmt: skip
STEM_CHARS_MIN: Final = 2
# On a large market a word that one or two products use may itself be a slip.
SMALL_MARKET: Final = 1_000
COMMON_MIN: Final = 3
EDITS_MAX: Final = 2
SLIP_LETTERS_MIN: Final = 4
CANDIDATES: Final = 40
EXPANDED_MOST: Final = 10

_KNOWN = text(
    "select term, product_count from search_term where term = any(:terms) and product_count >= :least"
)
_STARTING = text(
    "select term from search_term where jamo like :start and product_count >= :least"
    " order by product_count desc, term limit :most"
)
_JAMO_STARTING = text(
    "select term, product_count from search_term where jamo like :start and product_count > 0"
    " order by product_count desc, term limit :most"
)
_CHOSEONG_STARTING = text(
    "select term, product_count from search_term where choseong like :start and product_count > 0"
    " order by product_count desc, term limit :most"
)
_SIMILAR = text(
    "select term, jamo, product_count from search_term where jamo % :letters"
    " and length(jamo) between :shortest and :longest and product_count >= :least"
    " order by similarity(jamo, :letters) desc, product_count desc limit :most"
)


def least_count(product_count: int) -> int:
    """Return how many products must use a word for it to be believed."""
    return 1 if product_count < SMALL_MARKET else COMMON_MIN


async def known(session: AsyncSession, terms: Iterable[str], least: int) -> dict[str, int]:
    """Return those of the words that the market uses, with the number of products."""
    wanted = list(dict.fromkeys(terms))
    if not wanted:
        return {}
    rows = await session.execute(_KNOWN, {"terms": wanted, "least": least})
    return {row.term: row.product_count for row in rows}


async def stems(session: AsyncSession, words: Collection[str], least: int) -> list[str]:
    """Return words without their particle: only where the stem is known and the whole is not."""
    candidates = {word: stems_of(word) for word in words}
    asked = [one for word, found in candidates.items() if found for one in (word, *found)]
    there = await known(session, asked, least)
    return [
        word if word in there else next((one for one in candidates[word] if one in there), word)
        for word in words
    ]


def stems_of(word: str) -> list[str]:
    """Return what a word may be without a particle. Pure."""
    if not hangul(word):
        return []
    return [
        word[: -len(particle)]
        for particle in PARTICLES
        if word.endswith(particle) and len(word) - len(particle) >= STEM_CHARS_MIN
    ]


async def starting_with(session: AsyncSession, word: str, least: int) -> list[str]:
    """Return the ten most used words that begin with a Latin one, whose letters are its jamo too."""
    asked = {"start": _like(word), "least": least, "most": EXPANDED_MOST}
    return list((await session.scalars(_STARTING, asked)).all())


async def split(session: AsyncSession, word: str, product_count: int, least: int) -> list[str]:
    """Return the known words that a joined one is made of; the likeliest, or none.

    Words of two syllables and more; the likelihood of a word is its share of the products.
    """
    pieces = {
        word[start:end]
        for start in range(len(word))
        for end in range(start + STEM_CHARS_MIN, len(word) + 1)
    }
    there = await known(session, pieces, least)
    cost = {term: -math.log(count / max(product_count, count)) for term, count in there.items()}
    best: dict[int, tuple[float, list[str]]] = {0: (0.0, [])}
    for end in range(STEM_CHARS_MIN, len(word) + 1):
        ways = [
            (best[start][0] + cost[word[start:end]], [*best[start][1], word[start:end]])
            for start in range(end - 1)
            if start in best and word[start:end] in cost
        ]
        if ways:
            best[end] = min(ways)
    found = best.get(len(word), (0.0, []))[1]
    return found if len(found) > 1 else []


async def meant(session: AsyncSession, word: str, least: int) -> str | None:
    """Return the known word that a mistyped one stands for, at most two letters away."""
    letters = jamo(word)
    if len(letters) < SLIP_LETTERS_MIN:
        return None
    asked = {
        "letters": letters, "shortest": len(letters) - EDITS_MAX,
        "longest": len(letters) + EDITS_MAX, "least": least, "most": CANDIDATES,
    }  # fmt: skip
    found = [
        (edits, -row.product_count, row.term)
        for row in await session.execute(_SIMILAR, asked)
        if row.term != word and (edits := edit_distance(letters, row.jamo)) <= EDITS_MAX
    ]
    return min(found)[2] if found else None


def edit_distance(one: str, other: str) -> int:
    """Return the letters to insert, delete, change or swap with their neighbour. Pure.

    Source:
        Damerau 1964; the variant that edits no stretch twice (optimal string alignment).
    """
    before: list[int] = []
    last = list(range(len(other) + 1))
    for row, letter in enumerate(one, start=1):
        now = [row]
        for column, against in enumerate(other, start=1):
            least = min(last[column] + 1, now[-1] + 1, last[column - 1] + (letter != against))
            swapped = (
                row > 1 and column > 1 and letter == other[column - 2] and one[row - 2] == against
            )
            if swapped:
                least = min(least, before[column - 2] + 1)
            now.append(least)
        before, last = last, now
    return last[-1]


async def proposals(session: AsyncSession, typed: str, most: int) -> list[str]:
    """Return known words that somebody may be typing: half a syllable, or first letters alone."""
    if is_choseong(typed.strip()):
        asked = {"start": _like(typed.strip()), "most": most}
        rows = await session.execute(_CHOSEONG_STARTING, asked)
        return [row.term for row in rows]
    words = runs(typed) or [typed.strip().lower()]
    start = jamo(words[-1])
    if not start:
        return []
    rows = await session.execute(_JAMO_STARTING, {"start": _like(start), "most": most})
    before = " ".join(words[:-1])
    return [f"{before} {row.term}".strip() for row in rows]


def _like(start: str) -> str:
    for special in "\\%_":
        start = start.replace(special, "\\" + special)
    return start.replace("\0", "") + "%"
