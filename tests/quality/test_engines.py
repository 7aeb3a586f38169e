"""Any engine gives the same report to the byte: random splits, threads, children, a Dask cluster."""

import gzip
import os
import pickle
import random
import shutil
import tempfile
import threading
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from msgspec import json, msgpack, to_builtins

from quality import FileReport, Limits, canonical, examine
from quality.engines import tasks
from quality.engines.counting import Counter
from quality.engines.dasked import Dask
from quality.engines.encoding import decode, encode
from quality.engines.local import Processes, Threads
from quality.engines.orders import COUNTS, LENGTH_BYTES, CountRequest, Job, JoinRequest, Planned
from quality.engines.sparked import Spark, mapping
from quality.errors import EngineUnavailable, ExaminationCancelled, PartialDamaged
from quality.findings import Refused
from quality.orders import ExamineRequest
from quality.profile import profile
from quality.profile.parts.names import KEPT
from quality.profile.parts.words import Coded, Words
from quality.profile.pieces import Work
from quality.sandbox import never
from quality.sources import opened_at
from quality.ways import Way
from tests.quality.machine_tables import written

KINDS = {"utf-8": "a.csv", "utf-8-sig": "a.csv", "cp949": "a.csv", "jsonl": "a.jsonl", "parquet": "a.parquet"}  # fmt: skip
SLOWLY = settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
tables = given(
    kind=st.sampled_from(sorted(KINDS)),
    seed=st.integers(0, 2**32),
    count=st.integers(1, 400),
    block_bytes=st.sampled_from([512, 2_048, 8_192]),
)


class Given:
    """A table in a file, and what one thread says of it."""

    def __init__(self, folder: Path, kind: str, chance: random.Random, count: int, block: int):
        self.name, self.kind = KINDS[kind], KINDS[kind].rpartition(".")[2]
        self.limits = Limits(block_bytes=block)
        self.path = written(folder / self.name, kind, chance, count)
        with opened_at(self.path) as file:
            self.alone = canonical(profile(file, self.name, self.limits))

    def planned(self) -> Planned:
        with opened_at(self.path) as file:
            request = to_builtins(ExamineRequest(self.name, self.limits))
            planned = tasks.plan(file, request)
        assert isinstance(planned, Planned)
        return planned

    def part(self, planned: Planned, low: int, high: int) -> bytes:
        request = CountRequest(table=planned.table, limits=self.limits, low=low, high=high)
        with opened_at(self.path) as file:
            return tasks.count(file, to_builtins(request))

    def jobs(self) -> list[Job]:
        planned, size = self.planned(), self.path.stat().st_size
        return [
            Job(
                size_bytes=size,
                low=low,
                high=low + 1,
                share_bytes=1,
                table=planned.table,
                limits=self.limits,
            )
            for low in range(planned.cell_count)
        ]

    def joined(self, planned: Planned, parts: Sequence[bytes]) -> bytes:
        request = JoinRequest(
            name=self.name,
            kind=self.kind,
            size_bytes=self.path.stat().st_size,
            table=planned.table,
            limits=self.limits,
        )
        with tempfile.NamedTemporaryFile() as pipe:
            for part in parts:
                pipe.write(len(part).to_bytes(LENGTH_BYTES, "little") + part)
            pipe.flush()
            with opened_at(Path(pipe.name)) as file:
                report = tasks.join(file, to_builtins(request))
        assert isinstance(report, FileReport)
        return canonical(report)


def splits(chance: random.Random, count: int) -> Iterator[tuple[int, int]]:
    """Some borders between cells, parts without any among them."""
    edges = sorted({0, count, *(chance.randrange(count + 1) for _ in range(chance.randrange(6)))})
    return pairwise(edges)


@SLOWLY
@tables
@example(kind="cp949", seed=7, count=400, block_bytes=512)
@example(kind="jsonl", seed=7, count=400, block_bytes=512)
def test_any_split_gives_the_report_of_one_thread(
    tmp_path: Path, kind: str, seed: int, count: int, block_bytes: int
) -> None:
    chance = random.Random(seed)
    table = Given(tmp_path, kind, chance, count, block_bytes)
    planned = table.planned()
    plan = json.decode(planned.table, type=tasks.Table).plan
    parts = [table.part(planned, *edges) for edges in splits(chance, planned.cell_count)]

    while len(parts) > 1 and chance.randrange(2):
        at = chance.randrange(len(parts) - 1)
        left, right = (decode(one.removeprefix(COUNTS), plan) for one in parts[at : at + 2])
        left.merge(right)
        parts[at : at + 2] = [COUNTS + encode(left)]

    assert all(part.startswith(COUNTS) for part in parts)
    assert table.joined(planned, parts) == table.alone


@SLOWLY
@tables
def test_any_number_of_threads_gives_the_report_of_one(
    tmp_path: Path, kind: str, seed: int, count: int, block_bytes: int
) -> None:
    chance = random.Random(seed)
    table = Given(tmp_path, kind, chance, count, block_bytes)
    done: list[int] = []
    work = Work(chance.randrange(2, 5), chance.randrange(1, 12), tick=done.append)

    with opened_at(table.path) as file:
        report = profile(file, table.name, table.limits, work=work)

    assert canonical(report) == table.alone
    assert sum(done) <= table.path.stat().st_size
    assert kind == "parquet" or sum(done) == table.path.stat().st_size


def test_texts_keep_their_names_however_a_table_is_split() -> None:
    """Above the number of names that are kept, those with the smallest hashes are."""
    texts = [f"값 {number}" for number in range(3 * KEPT)]

    def words(low: int, high: int) -> Words:
        cells = Coded(pa.array(texts[low:high]))
        found = Words()
        found.add(cells, np.zeros(len(cells.values), dtype=bool), numeric=False)
        return found

    whole = words(0, len(texts))
    edges = [0, 10, KEPT + 5, 2 * KEPT, len(texts)]
    parts = [words(low, high) for low, high in pairwise(edges)]
    while len(parts) > 1:
        parts[-2].merge(parts[-1], 0)
        del parts[-1]

    for one in (whole, parts[0]):
        one.names.settle()
    assert len(whole.names.texts) == KEPT
    assert parts[0].names.texts == whole.names.texts


@pytest.fixture(scope="module")
def cluster() -> Iterator[str]:
    """Two workers of Dask on the loopback, processes of their own."""
    distributed = pytest.importorskip("distributed", reason="Dask is not installed")
    with distributed.LocalCluster(
        n_workers=2,
        threads_per_worker=1,
        processes=True,
        host="127.0.0.1",
        # Without an address it would take port 8787 of every interface.
        dashboard_address="127.0.0.1:0",
    ) as started:
        yield started.scheduler_address


@pytest.fixture
def table(tmp_path: Path) -> Given:
    return Given(tmp_path, "cp949", random.Random(3), 400, 4_096)


def examined(table: Given, way: Way | None = None) -> FileReport:
    return examine(table.path, name=table.name, limits=table.limits, way=way)


@pytest.mark.slow  # real children, several for each engine
@pytest.mark.parametrize("kind", ["utf-8", "cp949", "jsonl", "parquet"])
def test_every_engine_gives_the_report_of_one_thread(
    tmp_path: Path, kind: str, cluster: str
) -> None:
    block = 16_384
    table = Given(tmp_path, kind, random.Random(5), 900, block)
    engines = (Threads(3, 6), Processes(2, 12), Dask(cluster, 2, 12))
    alone = canonical(examined(table))

    for engine in engines:
        done: list[int] = []
        report = examined(table, Way(engine=engine, progress=done.append))
        assert canonical(report) == alone, type(engine).__name__
        assert done == sorted(set(done))
        assert done[-1] == table.path.stat().st_size


@pytest.mark.slow  # a real child is ended while it works
@pytest.mark.parametrize("engine", [Threads(), Processes(2)])
def test_an_examination_that_is_stopped_ends_its_children_soon(
    table: Given, engine: Threads | Processes
) -> None:
    begun, before = threading.Event(), set(children_of(os.getpid()))
    way = Way(engine=engine, progress=lambda _: begun.set(), stopped=begun.is_set)

    with pytest.raises(ExaminationCancelled):
        examined(table, way)

    assert begun.is_set()
    assert set(children_of(os.getpid())) <= before


def children_of(parent: int) -> list[int]:
    """The processes that another one has started and not ended."""
    listed = Path(f"/proc/{parent}/task").glob("*/children")
    return [int(one) for place in listed for one in place.read_text().split()]


@pytest.mark.slow  # real children
def test_other_kinds_are_counted_in_one_child(tmp_path: Path, table: Given) -> None:
    packed = tmp_path / "a.csv.gz"
    packed.write_bytes(gzip.compress(table.path.read_bytes()))
    done: list[int] = []

    report = examine(
        packed,
        name="a.csv.gz",
        limits=table.limits,
        way=Way(engine=Processes(2), progress=done.append),
    )

    assert (report.kind, len(report.tables)) == ("gz", 1)
    assert done[-1] == packed.stat().st_size


def test_an_engine_that_does_not_answer_says_so(table: Given) -> None:
    pytest.importorskip("distributed", reason="Dask is not installed")
    with pytest.raises(EngineUnavailable):
        list(Dask("tcp://127.0.0.1:9", within_s=1).map(no_job, [], in_flight=1, stopped=never))


def no_job(job: Job, stopped: object) -> bytes:
    raise AssertionError("there is no job")


def test_a_failing_store_is_no_finding_of_the_file(table: Given) -> None:
    """Whoever reads the bytes fails: nothing is said of the file."""
    job = table.jobs()[0]

    with pytest.raises(PermissionError):
        Counter(no_bytes)(job, never)


def no_bytes(low: int, high: int) -> bytes:
    raise PermissionError("the store says no")


def test_spark_maps_numbered_jobs(table: Given) -> None:
    """Without Spark: the function that its executors call."""
    planned, jobs = table.planned(), table.jobs()
    rows = [{"number": number, "job": json.encode(job)} for number, job in enumerate(jobs)]
    batches = [pa.RecordBatch.from_pylist(rows[at : at + 2]) for at in range(0, len(rows), 2)]

    mapped = mapping(lambda job, _: table.part(planned, job.low, job.high))(batches)
    said = [row for batch in mapped for row in batch.to_pylist()]

    assert [row["number"] for row in said] == list(range(len(jobs)))
    assert table.joined(planned, [row["said"] for row in said]) == table.alone


@pytest.mark.slow  # a Java machine, where there is one
def test_spark_gives_the_report_of_one_thread(table: Given) -> None:
    sql = pytest.importorskip("pyspark.sql", reason="pyspark is not installed")
    if shutil.which("java") is None:
        pytest.skip("Spark needs Java")
    session = sql.SparkSession.builder.master("local[2]").getOrCreate()
    try:
        report = examined(table, Way(engine=Spark(session)))
    finally:
        session.stop()
    assert canonical(report) == canonical(examined(table))


def damaged(content: bytes) -> dict[str, bytes]:
    """What a hostile child could say in place of counts."""
    version, state = msgpack.decode(content)
    (name, attributes) = state[1:]
    foreign = {**attributes, "merge": 1}
    return {
        "nothing": b"",
        "no MessagePack": b"\xc1" * 10,
        "the half": content[: len(content) // 2],
        "more behind": content + b"\x00",
        "a pickle": pickle.dumps(print),
        "another version": msgpack.encode([version + 1, state]),
        "a class of others": msgpack.encode([version, ["object", "Popen", {"args": "id"}]]),
        "an attribute that is none": msgpack.encode([version, ["object", name, foreign]]),
        "an extension": msgpack.encode([version, msgpack.Ext(1, b"x")]),
        "a part in place of the whole": msgpack.encode([version, attributes["odd"]]),
        "too deep": msgpack.encode([version, nested(200)]),
        "an array of objects": msgpack.encode([version, ["array", "|O8", [1], b"x" * 8]]),
        "an array without its bytes": msgpack.encode([version, ["array", "<f8", [1 << 40], b""]]),
        "texts for numbers": content.replace(
            msgpack.encode("row_count") + msgpack.encode(400),
            msgpack.encode("row_count") + b"\xa1x",
        ),
    }


def nested(depth: int) -> list[Any]:
    return ["list", [nested(depth - 1)] if depth else []]


def test_counts_travel_as_they_are_and_what_is_none_is_refused(tmp_path: Path) -> None:
    table = Given(tmp_path, "parquet", random.Random(3), 400, 4_096)
    planned = table.planned()
    plan = json.decode(planned.table, type=tasks.Table).plan
    content = table.part(planned, 0, planned.cell_count).removeprefix(COUNTS)

    assert encode(decode(content, plan)) == content
    for what, other in damaged(content).items():
        assert other != content, what
        with pytest.raises(PartialDamaged):
            decode(other, plan)
        with pytest.raises(Refused):
            table.joined(planned, [COUNTS + other])
