"""The child reads its one file and nothing else, has no network, and ends when it takes too much."""

import logging
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec import Struct
from msgspec.structs import replace
from typing_extensions import override

from quality import Limits, examine, sandbox
from quality.children import Children
from quality.orders import EXIT_MEMORY, Bounds, ExamineRequest
from quality.sandbox import LOAD, Answer, Child, Exit
from quality.sources import OpenFile, opened_at
from tests.repository import ROOT

pytestmark = pytest.mark.slow  # real children

MIB = 1 << 20
BOUNDS = Bounds(1 << 30, 5, 10, 4 * MIB, 4 << 30)
# The order and the file are received as a child does; ``file`` is the file.
RECEIVED = f"{LOAD}\nfrom quality.child import receive\norder, file = receive()\n"
GOOD = b"a,b\n1,2\n"


def served(file: OpenFile, program: str, bounds: Bounds = BOUNDS) -> sandbox.Answer:
    """Run another program in the child's place, under the same policy."""
    request = ExamineRequest("a.csv", Limits())
    return sandbox.run("gate", request, file, bounds, program=RECEIVED + program)


def ended(path: Path, program: str, bounds: Bounds = BOUNDS) -> sandbox.Answer:
    """Run another program on the file at a path."""
    with opened_at(path) as file:
        return served(file, program, bounds)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "a.csv"
    path.write_bytes(GOOD)
    return path


@pytest.mark.parametrize(
    "attempt",
    [
        "open('/etc/passwd').read()",
        "open({beside!r}).read()",
        "open({own!r}).read()",
        "open({own!r}, 'ab').write(b'x')",
        "open(f'/proc/self/fd/{{file.fd}}').read()",
        "open(f'/proc/self/fd/{{file.fd}}', 'ab').write(b'x')",
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
    assert file.read_bytes() == GOOD


def test_the_child_can_neither_write_its_file_nor_start_another_process(file: Path) -> None:
    assert "Bad file descriptor" in ended(file, "import os; os.write(file.fd, b'x')").detail
    assert "temporarily unavailable" in ended(file, "import os; os.fork()").detail


def test_the_child_is_not_root_and_has_nothing_open_but_its_file(file: Path) -> None:
    program = (
        "import os, fcntl\n"
        "assert os.getuid()\n"
        "def there(fd):\n"
        "    try: return fcntl.fcntl(fd, fcntl.F_GETFD) >= 0\n"
        "    except OSError: return False\n"
        "print(file.read(0, 99).decode(), [fd for fd in range(3, 64) if there(fd)] == [file.fd])"
    )

    assert ended(file, program).content == GOOD + b" True\n"


def test_streams_of_the_file_have_a_place_each(file: Path) -> None:
    program = (
        "one, other = file.open(), file.open()\n"
        "one.read(4); other.seek(-4, 2)\n"
        "print(one.read(), other.read(), other.tell(), file.read(2, 5))"
    )

    assert ended(file, program).content == b"b'1,2\\n' b'1,2\\n' 8 b'b\\n1'\n"


def test_too_much_memory_and_too_much_time_are_told_apart(file: Path) -> None:
    """What the kernel refuses ends the child in order; what it holds beyond its bound, we end it for."""
    quick = Bounds(256 * MIB, 1, 10, 4 * MIB, 4 << 30)
    in_order = f"import sys; sys.exit({EXIT_MEMORY})"
    holding = "import time; x = b'x' * (1 << 29); time.sleep(9)"

    assert ended(file, in_order).exit is Exit.memory
    assert ended(file, holding, quick).exit is Exit.memory
    assert ended(file, "import time; time.sleep(30)", Bounds(1 << 30, 5, 1, 9, 4 << 30)).exit is (
        Exit.time
    )


def test_the_kernel_holds_addresses_processor_time_and_writing(file: Path) -> None:
    limited = "from quality.child import _limit; _limit(order.bounds)\n"
    small = Bounds(256 * MIB, 1, 30, 4 * MIB, 512 * MIB, written_bytes=100)
    writing = (
        "import os\n"
        "try: print(os.pwrite(file.more[0], b'x' * 200, 0), os.pwrite(file.more[0], b'x', 100))\n"
        "except OSError as error: print(error.strerror)"
    )

    assert "MemoryError" in ended(file, f"{limited}x = bytearray(1 << 29)", small).detail
    assert ended(file, f"{limited}while True: pass", small).exit is Exit.time
    place = file.with_name("place")
    with opened_at(file) as given, place.open("wb") as written:
        more = OpenFile(given.fd, given.size_bytes, (written.fileno(),))
        assert served(more, limited + writing, small).content == b"File too large\n"
    assert place.stat().st_size == 100


FOLDER = """
import os, pathlib, tempfile
own = pathlib.Path(file.folder)
assert tempfile.gettempdir() == str(own) == os.environ["HOME"]
(own / "a").write_bytes(b"x" * {size})
print((own / "a").stat().st_size, flush=True)
try: (own.parent / "b").write_bytes(b"x")
except PermissionError: print("only there", flush=True)
{then}
"""


def test_a_task_that_writes_has_a_folder_of_its_own_and_its_bound_there(file: Path) -> None:
    bounds = replace(BOUNDS, written_bytes=1_000)

    def run(size: int, then: str) -> tuple[Answer, Path]:
        program = RECEIVED + FOLDER.format(size=size, then=then)
        with opened_at(file) as given, Child("suite", program=program) as child:
            process_of(child)
            assert child.folder is not None
            request = ExamineRequest("a.csv", Limits())
            return child.serve(request, given, bounds), Path(child.folder)

    answer, place = run(1_000, "")
    assert answer.content == b"1000\nonly there\n"
    assert not place.exists()

    answer, place = run(2_000, "import time; time.sleep(20)")
    assert (answer.exit, answer.detail) == (Exit.memory, "it writes too much")
    assert not place.exists()


def test_an_answer_that_is_too_long_is_none(file: Path) -> None:
    assert ended(file, "print('x' * 100)", Bounds(1 << 30, 5, 10, 50, 4 << 30)).content is None
    flood = "import sys\nwhile True: sys.stdout.write('x' * 1000000)"
    begun = time.monotonic()

    assert ended(file, flood).detail == "the answer is too long"
    assert time.monotonic() - begun < BOUNDS.wall_s


def test_a_broken_child_is_logged_and_becomes_a_finding(
    file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        report = examine(file, name="a.csv", limits=Limits(answer_bytes=10))

    assert [one.code for one in report.findings] == ["FILE_INVALID"]
    assert "child ended" in caplog.text


def test_the_kernel_keeps_children_in() -> None:
    assert all(sandbox.probes().values())


class Killing(Children):
    """Children of which the first of a task are killed by somebody."""

    def __init__(self, task: str, *, kills: int) -> None:
        super().__init__(files=0)
        self.task, self.kills = task, kills

    @override
    def run(
        self,
        task: str,
        request: Struct,
        file: OpenFile,
        bounds: Bounds,
        *,
        stopped: Callable[[], bool] = sandbox.never,
    ) -> Answer:
        with Child(task) as child:
            if task == self.task and self.kills:
                self.kills -= 1
                os.kill(process_of(child), signal.SIGKILL)
            return child.serve(request, file, bounds, stopped)


def process_of(child: Child) -> int:
    """Return a child's process once there is one."""
    while child.waits and child.pid is None:
        time.sleep(0.01)
    assert child.pid is not None
    return child.pid


@pytest.mark.parametrize("task", ["gate", "profile"])
def test_a_child_killed_from_outside_is_started_again(
    file: Path, task: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        report = examine(file, name="a.csv", children=Killing(task, kills=1))

    assert (report.blocked, report.findings) == (False, examine(file, name="a.csv").findings)
    assert f"the {task} child was killed and is started again" in caplog.text


def test_a_child_killed_twice_is_told_as_too_much_memory(file: Path) -> None:
    report = examine(file, name="a.csv", children=Killing("gate", kills=2))

    assert [one.code for one in report.findings] == ["FILE_EXPANSION"]


# Starts children that wait and one that works, names them, and stays.
PARENT = """
import sys, threading, time
from pathlib import Path
from quality.children import Children
from quality.orders import Bounds, ExamineRequest
from quality.limits import Limits
from quality.sandbox import LOAD, Child
from quality.sources import opened_at
waiting = Children()
waiting.prepare()
busy = Child("gate", program=LOAD + "while True: pass")
def work():
    with opened_at(Path(sys.argv[1])) as file:
        busy.serve(ExamineRequest("a.csv", Limits()), file, Bounds(1 << 30, 60, 60, 99, 4 << 30))
threading.Thread(target=work).start()
writing = Child("suite", program=LOAD + "from quality.child import receive; receive()")
mine = [busy, writing, *waiting._waiting.values()]
while any(child.pid is None and child.waits for child in mine[1:]) or busy.pid is None:
    time.sleep(0.05)
print(writing.folder, *[child.pid for child in mine], *[child._launcher.pid for child in mine], flush=True)
time.sleep(60)
"""


@pytest.mark.parametrize("victim", ["parent", "launchers"])
def test_children_end_with_whoever_started_them(file: Path, victim: str) -> None:
    command = [sys.executable, "-c", PARENT, str(file)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        folder, *words = parent.stdout.readline().split()
        processes = [int(word) for word in words]
        assert (len(processes), Path(folder).is_dir()) == (8, True)
        assert not any(gone(process, within_s=0) for process in processes)
        for process in [parent.pid] if victim == "parent" else processes[4:]:
            os.kill(process, signal.SIGKILL)

        assert [process for process in processes if not gone(process)] == []
        parent.kill()
        # Of a launcher that is killed the folder stays, for whoever empties the folder of passing things.
        assert Path(folder).exists() is (victim == "launchers")
        shutil.rmtree(folder, ignore_errors=True)


def gone(process: int, *, within_s: float = 5.0) -> bool:
    """Whether a process is over."""
    deadline = time.monotonic() + within_s
    while True:
        try:
            state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            return True
        if state == "Z" or time.monotonic() > deadline:
            return state == "Z"
        time.sleep(0.05)
