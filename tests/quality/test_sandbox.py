"""The child reads its one file and nothing else, has no network, and ends when it takes too much."""

import logging
import os
import signal
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest

from quality import FileReport, Limits, examine, sandbox
from quality.orders import EXIT_MEMORY, Bounds, ExamineRequest
from quality.sandbox import Exit

pytestmark = pytest.mark.slow  # real children

BOUNDS = Bounds(1 << 30, 5, 10, 4 << 20)


def ended(path: Path, program: str, bounds: Bounds = BOUNDS) -> sandbox.Answer:
    """Run another program in the child's place, under the same policy."""
    return sandbox.run("gate", ExamineRequest("a.csv", Limits()), path, bounds, program=program)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "a.csv"
    path.write_bytes(b"a,b\n1,2\n")
    return path


@pytest.mark.parametrize(
    "attempt",
    [
        "open('/etc/passwd').read()",
        "open({beside!r}).read()",
        "open({own!r}, 'ab').write(b'x')",
        "import socket; socket.create_connection(('127.0.0.1', {port}), 2)",
        "import os; assert os.listdir({folder!r})",
    ],
)
def test_what_is_not_the_childs_business_is_refused(file: Path, attempt: str) -> None:
    beside = file.with_name("secret")
    beside.write_bytes(b"secret")
    names = {"beside": str(beside), "own": str(file), "folder": str(file.parent), "port": 9}

    answer = ended(file, attempt.format(**names))

    assert answer.exit is Exit.crash
    assert "Permission" in answer.detail or "Errno 13" in answer.detail, answer.detail
    assert file.read_bytes() == b"a,b\n1,2\n"


def test_the_child_is_not_root_and_reads_its_file(file: Path) -> None:
    program = f"import os; assert os.getuid(); print(open({str(file)!r}).read())"

    assert ended(file, program).content == b"a,b\n1,2\n\n"


def test_too_much_memory_and_too_much_time_are_told_apart(file: Path) -> None:
    """What a library is refused ends the child in order; what the child itself takes, it is killed for."""
    quick = Bounds(256 << 20, 1, 10, 4 << 20)
    in_order = f"import sys; sys.exit({EXIT_MEMORY})"

    assert ended(file, in_order).exit is Exit.memory
    assert ended(file, "x = b'x' * (1 << 30)", quick).exit is Exit.killed
    assert ended(file, "import time; time.sleep(30)", Bounds(1 << 30, 5, 1, 9)).exit is Exit.time


def test_an_answer_that_is_too_long_is_none(file: Path) -> None:
    assert ended(file, "print('x' * 100)", Bounds(1 << 30, 5, 10, 50)).content is None


def test_a_broken_child_is_logged_and_becomes_a_finding(
    file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        report = examine(file, name="a.csv", limits=Limits(answer_bytes=10))

    assert [one.code for one in report.findings] == ["FILE_INVALID"]
    assert "child ended" in caplog.text


def test_the_kernel_keeps_children_in() -> None:
    assert all(sandbox.probes().values())


def children(file: Path, task: str) -> set[int]:
    """Return the children that examine a file now."""
    found = set()
    for place in Path("/proc").iterdir():
        with suppress(OSError):
            line = (place / "cmdline").read_bytes() if place.name.isdecimal() else b""
            if str(file).encode() in line and f'"task":"{task}"'.encode() in line:
                found.add(int(place.name))
    return found


def examined(file: Path, task: str, *, kills: int) -> FileReport:
    """Examine a file whose children of a task are killed as they come, so many of them.

    A child that was over before it was seen is waited for in the next examination.
    """
    while True:
        killed: set[int] = set()
        with ThreadPoolExecutor(1) as pool:
            report = pool.submit(examine, file, name="a.csv")
            while not report.done():
                for child in children(file, task) - killed:
                    if len(killed) < kills:
                        os.kill(child, signal.SIGKILL)
                        killed.add(child)
        if len(killed) == kills:
            return report.result()


@pytest.mark.parametrize("task", ["gate", "profile"])
def test_a_child_killed_from_outside_is_started_again(
    file: Path, task: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        report = examined(file, task, kills=1)

    assert (report.blocked, report.findings) == (False, examine(file, name="a.csv").findings)
    assert f"the {task} child was killed and is started again" in caplog.text


def test_a_child_killed_twice_is_told_as_too_much_memory(file: Path) -> None:
    report = examined(file, "gate", kills=2)

    assert [one.code for one in report.findings] == ["FILE_EXPANSION"]
