"""Children wait, serve one file each, and what they say is held within bounds before anybody believes it."""

import gzip
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from quality import FileReport, Limits, examine, sandbox
from quality.answers import AnswerWrong, read
from quality.asking import bounds_of
from quality.children import Children
from quality.findings import Refused
from quality.gate import look
from quality.orders import ExamineRequest, Looked
from quality.profile import profile
from quality.sandbox import LOAD, Child
from quality.scans import Handed, TextFacts
from quality.sources import opened_at
from tests.quality import corpus_json
from tests.quality.corpus import GOOD, workbook, zipped

LIMITS = Limits()
# What the child that looks first may not load, Arrow for Parquet alone.
NEVER = {"polars", "duckdb", "great_expectations", "pandas", "scipy", "pyarrow"}
MODULES = f"""{LOAD}
import sys
from quality.child import AHEAD, gate, receive
for module in AHEAD["gate"]: __import__(module)
order, file = receive()
gate(file, order.request)
print(" ".join(sorted({{name.partition(".")[0] for name in sys.modules}})))
"""


def pid(child: Child) -> int:
    """Return a child's process once there is one."""
    while child.waits and child.pid is None:
        time.sleep(0.01)
    assert child.pid is not None
    return child.pid


@pytest.fixture
def waiting() -> Iterator[Children]:
    with Children() as some:
        yield some


@pytest.mark.slow
def test_another_child_waits_once_one_has_served(waiting: Children, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(GOOD)
    before = {task: pid(child) for task, child in waiting._waiting.items()}

    reports = [examine(path, name="a.csv", children=waiting) for _ in range(2)]

    after = {task: pid(child) for task, child in waiting._waiting.items()}
    assert replace(reports[0], memory_bytes=0) == replace(reports[1], memory_bytes=0)
    assert before.keys() == after.keys() == {"gate", "profile"}
    assert not set(before.values()) & set(after.values())


@pytest.mark.slow
def test_a_file_is_examined_though_nobody_waits_any_more(waiting: Children, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(GOOD)
    for child in waiting._waiting.values():
        os.kill(pid(child), signal.SIGKILL)
        while child.waits:
            time.sleep(0.01)

    assert not examine(path, name="a.csv", children=waiting).blocked


@pytest.mark.slow
def test_no_more_children_are_started_than_there_are_files(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(GOOD)
    with Children(files=1) as one:
        examine(path, name="a.csv", children=one)
        assert one._waiting == {}
    closed = Children()
    closed.close()
    closed.prepare()
    assert closed._waiting == {}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "content"),
    [("a.csv", "가,b\n1,2\n".encode()), ("a.jsonl", corpus_json.GOOD), ("a.xlsx", workbook())],
)
def test_the_child_that_looks_first_loads_no_large_library(
    name: str, content: bytes, tmp_path: Path
) -> None:
    path = tmp_path / "upload"
    path.write_bytes(content)
    bounds = bounds_of("gate", len(content), LIMITS)
    with opened_at(path) as file:
        answer = sandbox.run("gate", ExamineRequest(name, LIMITS), file, bounds, program=MODULES)

    assert answer.content is not None, answer
    loaded = set(answer.content.decode().split())
    assert {"quality", "numpy"} <= loaded
    assert loaded & NEVER == set()


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"[]",
        b'{"name": "a"}',
        b'{"name": "a", "kind": "csv", "size_bytes": "9"}',
        b'{"name": "a", "kind": "csv", "size_bytes": NaN}',
        b'{"name": "a", "kind": "csv", "size_bytes": 1e3}',
        b'{"name": "a", "kind": "csv", "size_bytes": 99999999999999999999}',
        b'{"name": "a", "kind": "csv", "size_bytes": ' + b"9" * 5_000 + b"}",
        b'{"name": "\xff", "kind": "csv", "size_bytes": 9}',
        b'{"name": "a", "kind": "csv", "size_bytes": 9, "tables": ' + b"[" * 100_000,
        (
            b'{"name": "a", "kind": "csv", "size_bytes": 9, "findings": [{"code": "NO_SUCH",'
            b' "severity": "blocker", "ko": "", "en": ""}]}'
        ),
        b'{"name": "a", "kind": "csv", "size_bytes": 9, "images": {"image_count": 1e999}}',
    ],
)
def test_an_answer_of_another_form_is_refused(said: bytes) -> None:
    with pytest.raises(AnswerWrong):
        read(said, FileReport)


def test_an_answer_of_the_right_form_is_read() -> None:
    report = FileReport(name="a.csv", kind="csv", size_bytes=9)

    assert read(msgspec.json.encode(report), FileReport) == report


TEXTS = {
    "a.csv": GOOD * 3,
    "b.csv": "시각,온도\n2026-01-01 00:00:00,1.5\n2026-01-01 00:00:01,1.6\n".encode("cp949"),
    "c.csv": "시각,온도\n1,2\n3,4\n".encode("utf-16"),
    "a.csv.gz": gzip.compress(GOOD * 3),
    "a.jsonl": corpus_json.GOOD * 3,
    "a.zip": zipped(("a.csv", GOOD), ("b.csv", GOOD * 2)),
}


def looked(path: Path, name: str) -> Looked:
    with opened_at(path) as file:
        return look(file, name, LIMITS)


def counted(path: Path, name: str, handed: Handed) -> FileReport:
    """Return the report of the second child, run here."""
    with opened_at(path) as file:
        return replace(profile(file, name, LIMITS, handed), memory_bytes=0)


@pytest.mark.parametrize("name", TEXTS)
def test_what_the_first_child_hands_on_changes_nothing(name: str, tmp_path: Path) -> None:
    path = tmp_path / "upload"
    path.write_bytes(TEXTS[name])

    handed = looked(path, name).handed

    assert handed != Handed()
    assert counted(path, name, handed) == counted(path, name, Handed())


@pytest.mark.parametrize(
    "change",
    [
        {"record_count": 9},
        {"record_count": 2},
        {"encoding": "rot13"},
        {"line_end": b"3"},
        {"line_count": -1},
        {"grid": {"size_bytes": 5}},
        {"grid": {"quoted": ()}},
        {"grid": {"lines": (0, 0)}},
        {"grid": {"lines": (10**9,)}},
        {"grid": {"cell_bytes": 1}},
    ],
    ids=str,
)
def test_a_wrong_scan_is_a_finding(change: dict[str, object], tmp_path: Path) -> None:
    path = tmp_path / "upload"
    path.write_bytes(TEXTS["a.csv"])
    scan = looked(path, "a.csv").handed.scan
    assert isinstance(scan, TextFacts)
    if isinstance(inner := change.get("grid"), dict):
        change = {"grid": replace(scan.grid, **inner)}

    with pytest.raises(Refused) as refused:
        counted(path, "a.csv", Handed(scan=replace(scan, **change)))

    assert refused.value.finding.code == "FILE_INVALID"


def test_what_is_handed_on_is_small_for_the_largest_text() -> None:
    cells = 20 * (1 << 30) // (16 << 20) + 1
    grid = {"size_bytes": 20 << 30, "quoted": [False] * cells, "lines": [50_000_000] * cells}

    assert len(msgspec.json.encode(grid)) < LIMITS.answer_bytes / 100
