"""What stands in the index, and how a query names it. Pure.

A token stands for "anywhere", ``B`` and the token for title, names and columns, ``A`` and the token for
the title. Facets are ``Fname:value``; ``S`` is the stretch of 16,384 positions that a product lies in,
``Z`` a random 64th of all, ``P`` a narrow band of prices. Tokens have no capital letters, so nothing
is taken for another. The index holds no weights: PostgreSQL would read the row again for each hit.
"""

import zlib
from collections.abc import Iterable, KeysView, Mapping, Sequence
from typing import Final, NamedTuple
from uuid import UUID

from marketplace.catalog.search.tokens import Word

STRETCH_BITS: Final = 14
SAMPLES: Final = 64
TITLE: Final = "A"
NAMES: Final = "B"
ANYWHERE: Final = ""
TIERS: Final = (TITLE, NAMES, ANYWHERE)
FACETS: Final = (
    "industry", "process", "equipment", "data_kind", "format", "price", "grade", "seller",
)  # fmt: skip
GRADES: Final = ("A", "B", "C", "D", "-")
# Bands that people choose from: below the first, between, from the last on [won without VAT].
PRICE_STEPS_WON: Final = (1_000_000, 3_000_000, 10_000_000)
# Bands for sorting: each half as dear again as the one before.
_NARROW_FROM_WON: Final = 1_000
_NARROW_FACTOR: Final = 1.5
NARROW_BANDS: Final = 40


class Alternatives(NamedTuple):
    """A word of a query as any of several known tokens."""

    tokens: tuple[str, ...]


Asked = Word | Alternatives


def price_band(price_won: int) -> str:
    """Return the band that a price is shown under: "0" to "3"."""
    return str(sum(price_won >= step for step in PRICE_STEPS_WON))


def narrow_band(price_won: int) -> int:
    """Return the narrow band of a price, 0 to 39, dearer upward."""
    band, limit = 0, float(_NARROW_FROM_WON)
    while price_won >= limit * _NARROW_FACTOR and band < NARROW_BANDS - 1:
        band, limit = band + 1, limit * _NARROW_FACTOR
    return band


def stretch_of(position: int) -> int:
    """Return the stretch of positions that a product lies in."""
    return position >> STRETCH_BITS


def places_of(product_id: UUID, position: int, price_won: int) -> list[str]:
    """Return the lexemes that say where a product lies."""
    return [
        f"S{stretch_of(position)}",
        f"Z{zlib.crc32(product_id.bytes) % SAMPLES}",
        f"P{narrow_band(price_won)}",
    ]


def facet(name: str, value: str) -> str:
    """Return the lexeme of a facet's value."""
    return f"F{name}:{value}"


def quoted(lexeme: str, *, prefix: bool = False) -> str:
    """Return a lexeme as it stands in a query of PostgreSQL, whatever characters it holds."""
    safe = lexeme.replace("\0", "").replace("\\", "\\\\").replace("'", "''")
    return f"'{safe}':*" if prefix else f"'{safe}'"


def words_query(words: Sequence[Asked], tier: str) -> str:
    """Return what asks for all the words in a tier."""
    return " & ".join(_parts(words, tier))


def _parts(words: Sequence[Asked], tier: str) -> KeysView[str]:
    """Return what must all be there, in order and each once."""
    asked: list[str] = []
    for word in words:
        if isinstance(word, Alternatives):
            asked.append(either(quoted(tier + token) for token in word.tokens))
            continue
        asked += [quoted(tier + token, prefix=word.prefix) for token in word.tokens]
    return dict.fromkeys(asked).keys()


def filters_query(filters: Mapping[str, Sequence[str]]) -> str:
    """Return what asks for one of the values of each facet."""
    return every(
        either(quoted(facet(name, value)) for value in values)
        for name, values in filters.items()
        if values
    )


def match_query(
    wordings: Sequence[Sequence[Asked]], filters: Mapping[str, Sequence[str]], *more: str
) -> str:
    """Return what asks for one of several wordings of a query, one value of each filter, and more.

    A wording that asks for all that another does, and more, finds nothing that the other does not.
    """
    parts = [_parts(words, ANYWHERE) for words in wordings]
    needed = [one for one in parts if one and not any(other and other < one for other in parts)]
    asked = list(dict.fromkeys(" & ".join(one) for one in needed))
    return every(
        (either(f"({one})" for one in asked) if asked else "", filters_query(filters), *more)
    )


def either(parts: Iterable[str]) -> str:
    """Join alternatives."""
    return "(" + " | ".join(parts) + ")"


def every(parts: Iterable[str]) -> str:
    """Join conditions, leaving empty ones out."""
    return " & ".join(f"({part})" for part in parts if part)
