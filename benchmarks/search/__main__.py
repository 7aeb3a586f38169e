"""The search over many products: quality on both sets of queries, latency, facets, size, cost of a write.

Makes its own PostgreSQL on loopback, fills it with seeded products, and prints ratios against a plain
``ILIKE`` over the same texts in the same run; a shared machine drifts, so only these compare.

    python -m benchmarks.search [--products 100000] [--seconds 20]
"""

import argparse
import asyncio
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from sqlalchemy import text

from benchmarks.search.filling import fill, plain_texts
from benchmarks.search.judging import Judged, Truth, queries
from benchmarks.search.products import made_up, rows
from marketplace.catalog.search import matching, service
from marketplace.catalog.search.indexing import learn, put
from marketplace.catalog.search.lexemes import match_query
from marketplace.catalog.search.service import Query
from marketplace.db import Database, Scope

FILTERS: tuple[dict[str, list[str]], ...] = (
    {},
    {"grade": ["A", "B"]},
    {"grade": ["A", "B"], "data_kind": ["time_series", "tabular"]},
)
CLIENTS = 4
JUDGED_MOST = 200_000
PLAIN_MOST = 200_000
WRITES = 300
WEAK = 0.9


def percentiles(taken_ms: list[float]) -> str:
    """Return p50, p95 and p99 of latencies."""
    ordered = sorted(taken_ms)
    at = [ordered[min(int(len(ordered) * share), len(ordered) - 1)] for share in (0.5, 0.95, 0.99)]
    return " / ".join(f"{one:.1f}" for one in at)


async def timed(act: Callable[[], Awaitable[object]]) -> float:
    """Return how long an act takes [ms]."""
    begun = time.perf_counter()
    await act()
    return 1e3 * (time.perf_counter() - begun)


async def ask_all(url: str, rounds: int, only: str = "") -> list[tuple[str, float]]:
    """Ask every query without, with one and with two filters; return class and latency [ms]."""
    database = Database(url, pool_size=1)
    taken: list[tuple[str, float]] = []
    asked = [one for one in queries() if one.of == "laboratory" and only in one.kind]
    for number in range(rounds + 1):
        for filters in FILTERS:
            for one in asked:
                async with database.transaction(Scope.anonymous()) as session:
                    query = Query(one.typed, filters)

                    async def act(session: object = session, query: Query = query) -> object:
                        return await service.locate(session, query)  # type: ignore[arg-type]

                    ms = await timed(act)
                if number:  # the first round warms
                    name = one.kind if filters else f"{one.kind} unfiltered"
                    taken.append((name, ms))
    await database.dispose()
    return taken


def _client(given: tuple[str, int]) -> list[tuple[str, float]]:
    return asyncio.run(ask_all(*given))


async def judge(url: str, products: int) -> None:
    """Print recall and precision of both sets."""
    judged = queries()
    truth = Truth(judged)
    for number in range(1, products + 1):
        truth.feed(made_up(number))
    database = Database(url, pool_size=1)
    scores: dict[str, list[tuple[float, float]]] = {"laboratory": [], "fresh": []}
    by_kind: dict[str, list[tuple[float, float]]] = {}
    for one in judged:
        async with database.transaction(Scope.anonymous()) as session:
            score = await _score(session, one, truth.of(one))
        scores[one.of].append(score)
        by_kind.setdefault(f"{one.of} {one.kind}", []).append(score)
        if min(score) < WEAK:
            print(
                f"    weak: {one.of} {one.kind} {one.typed!r} recall {score[0]:.2f} P@20 {score[1]:.2f}"
            )
    for name, found in scores.items():
        print(
            f"  {name:<11} {len(found)} queries: recall {_mean(found, 0):.3f}, P@20 {_mean(found, 1):.3f}"
        )
    await database.dispose()


def _mean(found: list[tuple[float, float]], at: int) -> float:
    return statistics.fmean(one[at] for one in found)


async def _score(session: object, one: Judged, right: set[int]) -> tuple[float, float]:
    located = await service.locate(session, Query(one.typed))  # type: ignore[arg-type]
    shown = [found.place.position for found in located.found]
    if not right:
        empty = float(not shown)
        return empty, empty
    statement = text("select position from product_search where words @@ cast(:asked as tsquery)")
    asked = match_query(located.wordings, {})
    every = set((await session.scalars(statement, {"asked": asked})).all())  # type: ignore[attr-defined]
    recall = len(every & right) / len(right)
    precise = sum(position in right for position in shown) / len(shown) if shown else 0.0
    return recall, precise


async def latencies(url: str) -> None:
    """Print latencies of one and of four clients."""
    alone = await ask_all(url, 2)
    print(
        f"  one client, {len(alone)} queries, p50 / p95 / p99 ms: {percentiles([ms for _, ms in alone])}"
    )
    short = [ms for kind, ms in alone if kind == "two_syllables unfiltered"]
    print(f"  two syllables without filter: {percentiles(short)}")
    with ProcessPoolExecutor(CLIENTS) as pool:
        loop = asyncio.get_running_loop()
        jobs = [loop.run_in_executor(pool, _client, (url, 1)) for _ in range(CLIENTS)]
        together = [ms for found in await asyncio.gather(*jobs) for _, ms in found]
    print(f"  {CLIENTS} clients, {len(together)} queries: {percentiles(together)}")


async def facets(url: str) -> None:
    """Print the latency of facets, with words and on the landing page."""
    database = Database(url, pool_size=1)
    asked = [Query(), *(Query(word) for word in ("데이터", "금형", "온도", "피막", "금형 온도"))]
    asked += [Query("금형", {"process": ["사출"]}), Query("온도", {"data_kind": ["image"]})]
    for query in asked:
        taken = []
        async with database.transaction(Scope.anonymous()) as session:
            located = await service.locate(session, query)
            for _ in range(4):

                async def act(query: Query = query, located: service.Located = located) -> object:
                    return await service.facets_of(session, query, located)

                taken.append(await timed(act))
        name = query.text or "(landing)"
        chosen = " ".join(f"{key}={value}" for key, value in query.filters.items())
        print(
            f"  facets {name} {chosen}: {statistics.median(taken[1:]):.1f} ms, {located.count} hits"
        )
    await database.dispose()


async def proposals(url: str) -> None:
    """Print the latency of proposals."""
    database = Database(url, pool_size=1)
    asked = ("사", "사추", "금ㅎ", "inj", "ㅅㅊ", "ㅇㅊㄹ", "ㄷ", "용접 비")
    async with database.transaction(Scope.anonymous()) as session:
        taken = [await timed(partial(service.propose, session, typed)) for typed in asked * 3]
    print(f"  proposals p50 / p95 / p99 ms: {percentiles(taken)}")
    await database.dispose()


async def writes(url: str, products: int) -> None:
    """Print the cost of one product more, tokenised, written and committed."""
    database = Database(url, pool_size=1)
    taken = []
    for number in range(products + 1, products + WRITES + 1):

        async def act(number: int = number) -> None:
            row = next(rows(number, number))
            async with database.transaction(Scope.system()) as session:
                await learn(session, row["terms"])
                await put(session, row)

        taken.append(await timed(act))
    print(f"  write of a product p50 / p95 / p99 ms: {percentiles(taken)}")
    await database.dispose()


async def plain(url: str, products: int) -> None:
    """Print the reference: the same words by ILIKE over the same texts."""
    database = Database(url, pool_size=1)
    ratios = []
    async with database.transaction(Scope.system()) as session:
        await plain_texts(session, products)
        for word in ("금형", "온도", "슬래그", "inj_press", "전류밀도"):
            statement = text(
                "select position from bench_text where body ilike :word order by position desc limit 20"
            )
            by_plain = await timed(lambda: session.execute(statement, {"word": f"%{word}%"}))  # noqa: B023
            by_search = min(
                [await timed(lambda: service.locate(session, Query(word))) for _ in range(3)]  # noqa: B023
            )
            ratios.append(by_plain / by_search)
    print(
        f"  ILIKE takes {statistics.median(ratios):.1f} times as long (median of {len(ratios)} words)"
    )
    await database.dispose()


async def measure(url: str, products: int) -> None:
    """Print everything."""
    database = Database(url, pool_size=1)
    async with database.transaction(Scope.system()) as session:
        total = await matching.count_all(session)
        sizes = (
            await session.execute(
                text(
                    "select pg_relation_size('ix_product_search_words'),"
                    " pg_table_size('product_search'), pg_total_relation_size('search_term'),"
                    " (select count(*) from search_term)"
                )
            )
        ).one()
    await database.dispose()
    print(
        f"{total:,} products; index {sizes[0] / 1e6:.0f} MB ({sizes[0] / total:.0f} B a product),"
        f" table with words {sizes[1] / 1e6:.0f} MB, {sizes[3]:,} terms {sizes[2] / 1e6:.1f} MB"
    )
    if products <= JUDGED_MOST:
        await judge(url, products)
    await latencies(url)
    await facets(url)
    await proposals(url)
    if products <= PLAIN_MOST:
        await plain(url, min(products, PLAIN_MOST))
    await writes(url, products)


def main() -> None:
    """Fill a database of its own and measure."""
    from tests import servers

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--products", type=int, default=100_000)
    options = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-")))
        for server in servers.start(folder):
            stack.callback(server.stop)
        servers.prepare_template()
        name = servers.template()
        begun = time.perf_counter()
        fill(servers.dsn(name), options.products)
        print(f"filled in {time.perf_counter() - begun:.0f} s")
        asyncio.run(measure(servers.url(name, "app"), options.products))
        servers.drop_template()


if __name__ == "__main__":
    main()
