"""Filling the index with many products at once: rows by COPY, words and counts by one statement each."""

from collections import Counter
from concurrent.futures import ProcessPoolExecutor

import psycopg
from psycopg import sql
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from benchmarks.search.products import made_up, rows
from marketplace.catalog.search.tokens import choseong, jamo

BLOCK = 2_000
COLUMNS = (
    "product_id", "position", "organization_id", "listed_at", "price_won", "industry", "process",
    "equipment", "data_kind", "formats", "price_band", "grade", "terms",
)  # fmt: skip


def fill(dsn: str, products: int) -> None:
    """Fill the index of a database with the products from 1 on, without their own tables.

    Args:
        dsn: of a superuser: foreign keys and triggers rest meanwhile
    """
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("drop index ix_product_search_words")
    blocks = [(dsn, at, min(at + BLOCK - 1, products)) for at in range(1, products + 1, BLOCK)]
    terms: Counter[str] = Counter()
    with ProcessPoolExecutor(2) as pool:
        for found in pool.map(_block, blocks):
            terms.update(found)
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("set session_replication_role = replica")
        with connection.cursor().copy(
            "copy search_term (term, product_count, jamo, choseong) from stdin"
        ) as copy:
            for term, count in terms.items():
                copy.write_row((term, count, jamo(term), choseong(term)))
        for name, column in (
            ("industry", "industry"), ("process", "process"), ("equipment", "equipment"),
            ("data_kind", "data_kind"), ("price", "price_band"), ("grade", "grade"),
            ("seller", "organization_id::text"), ("format", "unnest(formats)"), ("all", "''"),
        ):  # fmt: skip
            connection.execute(
                sql.SQL(
                    "insert into facet_count select {}, {}, count(*) from product_search group by 2"
                ).format(sql.Literal(name), sql.SQL(column))
            )
        connection.execute(
            "create index ix_product_search_words on product_search using gin (words)"
        )
        connection.execute("vacuum analyze product_search")
        connection.execute("vacuum analyze search_term")
        connection.execute("select setval('product_search_position', %s)", (products,))
        # The products themselves are not made, so their rows may stand alone in this database.
        for constraint in (
            "fk_product_search_product_id_product",
            "fk_product_search_organization_id_organization",
        ):
            connection.execute(
                sql.SQL("alter table product_search drop constraint {}").format(
                    sql.Identifier(constraint)
                )
            )


def _block(given: tuple[str, int, int]) -> dict[str, int]:
    dsn, first, last = given
    terms: Counter[str] = Counter()
    with psycopg.connect(dsn) as connection:
        connection.execute("set session_replication_role = replica")
        statement = f"copy product_search ({', '.join(COLUMNS)}, words) from stdin"
        with connection.cursor().copy(statement.encode()) as copy:
            for row in rows(first, last):
                terms.update(row["terms"])
                words = " ".join(_quoted(one) for one in row["words"])
                copy.write_row((*(row[name] for name in COLUMNS), words))
    return dict(terms)


def _quoted(lexeme: str) -> str:
    return "'" + lexeme.replace("\\", "\\\\").replace("'", "''") + "'"


async def plain_texts(session: AsyncSession, products: int) -> None:
    """Make a table of the same texts for the reference."""
    await session.execute(text("create temporary table bench_text (position bigint, body text)"))
    for first in range(1, products + 1, BLOCK):
        values = [
            {"position": number, "body": made_up(number).latin}
            for number in range(first, min(first + BLOCK, products + 1))
        ]
        await session.execute(text("insert into bench_text values (:position, :body)"), values)
