"""Products made up for the benchmark, the same for the same number: who says what, and in which words."""

import itertools
import random
import tomllib
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from marketplace.catalog.search.indexing import Described, Placed, row_of, seller_words, terms_of
from marketplace.catalog.search.lexemes import price_band

HERE = Path(__file__).parent
BEGAN = datetime(2024, 1, 1, tzinfo=UTC)
SELLERS = 2_000
OFTEN, MOSTLY = 0.4, 0.7
DIVISIONS = tuple(str(number) for number in range(10, 35))
KINDS = ("time_series", "tabular", "image", "sound", "mixed")
FORMATS = ("csv", "xlsx", "parquet", "zip")
GRADES = ("A", "B", "C", "D", "-")
SPACE = uuid.UUID("6f1d3c1e-5a0b-4d7e-9b1a-000000000000")


@dataclass(frozen=True)
class MadeUp:
    """A product: what is indexed, and the nouns and Latin words that it truly holds."""

    number: int
    described: Described
    placed: Placed
    nouns: frozenset[str]
    latin: str
    seller: str


class _Words:
    def __init__(self) -> None:
        told = tomllib.loads((HERE / "words.toml").read_text(encoding="utf-8"))
        self.topics = {name: nouns.split() for name, nouns in told["processes"].items()}
        self.processes = list(self.topics)
        self.nouns = told["general"]["nouns"].split()
        self.materials = told["general"]["materials"].split()
        self.equipment = told["general"]["equipment"].split()
        self.english = told["general"]["english"].split()
        self.particles = told["general"]["particles"].split()
        self.verbs = told["general"]["verbs"].split()
        self.latin_columns = told["columns"]["english"].split()
        self.korean_columns = told["columns"]["korean"].split()
        pick = random.Random(7)  # noqa: S311 - seeded on purpose
        firsts, seconds = told["sellers"]["first"].split(), told["sellers"]["second"].split()
        self.sellers = [
            f"{pick.choice(('', '(주)', '주식회사 '))}{pick.choice(firsts)}"
            f"{pick.choice(('', '', ' '))}{pick.choice(seconds)}{pick.choice(('', f' {at}'))}"
            for at in range(SELLERS)
        ]
        # Some words are much more frequent than others, as in any market.
        self.weights = list(
            itertools.accumulate(1 / rank for rank in range(1, len(self.nouns) + 1))
        )
        self.process_weights = list(
            itertools.accumulate(rank**-0.6 for rank in range(1, len(self.processes) + 1))
        )


@cache
def words() -> _Words:
    """Return the words of the benchmark."""
    return _Words()


def made_up(number: int) -> MadeUp:
    """Return the product of a number, from 1 on; the newest has the greatest."""
    known = words()
    pick = random.Random(number)  # noqa: S311 - seeded on purpose
    process = pick.choices(known.processes, cum_weights=known.process_weights)[0]
    topic = known.topics[process]
    equipment = pick.choice(known.equipment)
    near = pick.sample(topic, 3)
    general = pick.choices(known.nouns, cum_weights=known.weights, k=26)
    english = pick.sample(known.english, 4)
    materials = pick.sample(known.materials, 2)
    title_nouns = [process, *near[:2], *general[:2]]
    title = _title(pick, title_nouns, english[0])
    korean_columns = pick.sample(known.korean_columns, 4)
    latin_columns = pick.sample(known.latin_columns, 5)
    columns = " ".join((*korean_columns, *latin_columns))
    seller_at = int(pick.random() ** 1.6 * SELLERS)
    seller = known.sellers[seller_at]
    prose_nouns = [*topic[:4], *near, *general[2:], *materials]
    prose = _prose(pick, prose_nouns, english[1:])
    price_won = int(10 ** pick.uniform(5.3, 7.4)) // 1000 * 1000
    grade = pick.choices(GRADES, weights=(3, 5, 2, 1, 0.5))[0]
    organization_id = uuid.uuid5(SPACE, f"seller {seller_at}")
    facets = {
        "industry": [DIVISIONS[known.processes.index(process) % len(DIVISIONS)]],
        "process": [process],
        "equipment": [equipment],
        "data_kind": [pick.choice(KINDS)],
        "format": [pick.choice(FORMATS)],
        "price": [price_band(price_won)],
        "grade": [grade],
        "seller": [str(organization_id)],
    }
    vocabulary = " ".join((title, process, equipment, columns, seller))
    names = " ".join((process, equipment, columns, seller_words(seller), *facets["format"]))
    return MadeUp(
        number,
        Described(title, names, prose, vocabulary, facets),
        Placed(
            uuid.uuid5(SPACE, f"product {number}"), organization_id, number,
            BEGAN + timedelta(minutes=number), price_won, grade,
        ),
        frozenset((*title_nouns, *prose_nouns, equipment, process, *korean_columns)),
        f"{title} {names} {prose}",
        seller,
    )  # fmt: skip


def _title(pick: random.Random, nouns: list[str], english: str) -> str:
    """Write a title; neighbours are joined to a compound half the time."""
    parts: list[str] = []
    for noun in nouns:
        if parts and pick.random() < OFTEN:
            parts[-1] += noun
        else:
            parts.append(noun)
    if pick.random() < OFTEN:
        parts.insert(pick.randrange(len(parts) + 1), english)
    return " ".join(parts)


def _prose(pick: random.Random, nouns: list[str], english: list[str]) -> str:
    known = words()
    said: list[str] = []
    for noun in nouns:
        particle = pick.choice(known.particles) if pick.random() < MOSTLY else ""
        said.append(noun + particle)
        if pick.random() < OFTEN:
            said.append(pick.choice(known.verbs))
    said += english
    pick.shuffle(said)
    return " ".join(said)


def rows(first: int, last: int) -> Iterator[dict[str, Any]]:
    """Yield the rows of the index of the products from one number to another."""
    for number in range(first, last + 1):
        product = made_up(number)
        yield row_of(product.placed, product.described, terms_of(product.described.vocabulary))
