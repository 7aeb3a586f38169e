"""The child process that parses: one file, few rights, hard limits, JSON out (facts e.8).

``sandlock`` (Landlock and seccomp) keeps the child to the interpreter and the libraries: no network, no
file of anybody, no writing, no other process, from its first instruction on. Its one file comes as an open
descriptor, after the libraries are loaded. It runs as an unprivileged user when we are root.
"""

import contextlib
import json as plain_json
import os
import re
import select
import selectors
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import IO, Final, Self

from msgspec import Struct, json

from quality.confining import interpreter, libraries, own_place, policy
from quality.errors import ExaminationCancelled, SandboxUnavailable
from quality.orders import EXIT_MEMORY, HEAD_BYTES, Bounds
from quality.sources import OpenFile

# Since this version Landlock also keeps the child from the network.
LANDLOCK_NEEDED: Final = 6
# Tasks whose children have a folder of their own to write to, gone with them.
WRITING: Final = ("suite", "library")
# How often the parent looks how much memory the child holds [s].
LOOK_EVERY_S: Final = 0.02
END_WITHIN_S: Final = 5.0
DETAIL_BYTES: Final = 2_000
PIECE_BYTES: Final = 1 << 16
PAGE_BYTES: Final = os.sysconf("SC_PAGE_SIZE")
NO_MEMORY: Final = re.compile(r"memory allocation of \d+ bytes failed")
# What sandlock says, and with which code, when the kernel does not let it confine.
UNCONFINED: Final = re.compile(r"sandlock child: .*")
EXIT_UNCONFINED: Final = 127


# Gives the modules of this package without its front, which loads what a child has no use for, and from
# their folder alone, since the folder above may not be looked into.
LOAD: Final = """
import sys, types
package = types.ModuleType("quality")
package.__path__ = [sys.argv[1]]
sys.modules["quality"] = package
"""
PROGRAM: Final = f"""{LOAD}
from quality.child import main
main(sys.argv[2])
"""


class Exit(StrEnum):
    """How a child ended when it gave no answer.

    ``memory`` is by its bound, ``killed`` by somebody else, ``crash`` everything that is not foreseen.
    """

    memory = "memory"
    killed = "killed"
    time = "time"
    crash = "crash"


class Answer(Struct, frozen=True):
    """What a child said, or how it ended without a word."""

    content: bytes | None
    exit: Exit | None = None
    detail: str = ""


class _Told(Struct, frozen=True):
    """What the launcher tells: the child's process, how it ended, or why there is none."""

    pid: int | None = None
    folder: str | None = None
    code: int | None = None
    signal: int | None = None
    reason: str = ""
    error: str | None = None


def never() -> bool:
    """Nobody asks for an end."""
    return False


def run(
    task: str,
    request: Struct,
    file: OpenFile,
    bounds: Bounds,
    *,
    program: str = PROGRAM,
    stopped: Callable[[], bool] = never,
) -> Answer:
    """Start a child, have it do a task of ``quality.child`` on one file, and return what it said; blocks.

    Args:
        task: a name of ``quality.child.TASKS``
        request: handed on as JSON
        file: what the child can read, and all of it
        program: what the child runs
        stopped: asked again and again; when it is true, the child is ended

    Raises:
        ExaminationCancelled: it was stopped
        SandboxUnavailable: the kernel cannot keep a child in
    """
    with Child(task, program=program) as child:
        return child.serve(request, file, bounds, stopped)


class Child:
    """A child that loads what its task needs and waits; it serves one file and ends.

    Args:
        task: a name of ``quality.child.TASKS``
        program: what it runs

    Raises:
        SandboxUnavailable: no process can be started
    """

    def __init__(self, task: str, *, program: str = PROGRAM) -> None:
        self.task = task
        self.pid: int | None = None
        self.folder: str | None = None
        self._end: _Told | None = None
        self._orders, theirs = socket.socketpair()
        self._control, far = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        settings = {
            "libraries": libraries(),
            "control": far.fileno(),
            "writes": task in WRITING,
            "policy": policy(),
            "command": [interpreter(), "-S", "-s", "-P", "-c", program, str(own_place()), task],
        }
        script = [str(own_place() / "launcher.py"), plain_json.dumps(settings)]
        with theirs, far:
            try:
                self._launcher = subprocess.Popen(  # noqa: S603 - our own script and interpreter
                    [interpreter(), "-I", "-S", *script],
                    stdin=theirs.fileno(),
                    stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE,
                    pass_fds=[far.fileno()],
                    env={"LC_ALL": "C.UTF-8", "TMPDIR": tempfile.gettempdir()},
                    cwd="/",
                    start_new_session=True,  # Ctrl-C is for us, and we end it
                )
            except OSError as error:
                self._orders.close()
                self._control.close()
                raise SandboxUnavailable(str(error)) from error
        # What a child says there is not listened to.
        self._orders.shutdown(socket.SHUT_RD)
        self._orders.setblocking(False)  # noqa: FBT003
        self._control.setblocking(False)  # noqa: FBT003

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def waits(self) -> bool:
        """Whether it can still serve a file."""
        while self._end is None and select.select([self._control], [], [], 0)[0]:
            self._listen()
        return self._end is None

    def serve(
        self,
        request: Struct,
        file: OpenFile,
        bounds: Bounds,
        stopped: Callable[[], bool] = never,
    ) -> Answer:
        """Give it its one file and return what it says; blocks.

        Raises:
            ExaminationCancelled: it was stopped
            SandboxUnavailable: the kernel cannot keep a child in
        """
        order = json.encode(
            {"task": self.task, "size_bytes": file.size_bytes, "bounds": bounds, "request": request}
        )
        talk = _Talk(self, order, [file.fd, *file.more], bounds)
        talk.stopped = stopped
        how = talk.run(self._orders, self._control, self._launcher)
        self.close()
        return _answer(bytes(talk.said), talk.detail, how or self._how())

    def close(self) -> None:
        """End it, whatever it does. Twice is once."""
        for end in (self._control, self._orders, self._launcher.stdout, self._launcher.stderr):
            if end is not None:
                end.close()
        try:
            self._launcher.wait(END_WITHIN_S)
        except subprocess.TimeoutExpired:
            # The kernel ends the child with its launcher.
            self._launcher.kill()
            self._launcher.wait()

    def _listen(self) -> None:
        """Take one message of the launcher; its end is one, too."""
        content = self._control.recv(PIECE_BYTES)
        told = json.decode(content, type=_Told) if content else _Told(reason="LAUNCHER_KILLED")
        if told.pid is not None:
            self.pid, self.folder = told.pid, told.folder
        else:
            self._end = told

    @property
    def ended(self) -> bool:
        """Whether the launcher has told that it is over."""
        return self._end is not None

    def listen(self) -> None:
        """Take what the launcher tells."""
        if self._end is None:
            self._listen()

    def _how(self) -> _Told:
        assert self._end is not None, "asked only when nothing stopped it before"
        if self._end.error is not None:
            raise SandboxUnavailable(self._end.error)
        return self._end

    def resident_bytes(self) -> int:
        """Return how much memory it holds; 0 when it is not there."""
        if self.pid is None or self.ended:
            return 0
        try:
            pages = Path(f"/proc/{self.pid}/statm").read_bytes().split()
        except OSError:
            return 0
        return int(pages[1]) * PAGE_BYTES if len(pages) > 1 else 0

    def written_bytes(self) -> int:
        """Return how much lies in its folder."""
        written = 0
        for place, _, names in os.walk(self.folder) if self.folder and not self.ended else ():
            for name in names:
                with contextlib.suppress(OSError):
                    written += os.lstat(f"{place}/{name}").st_size
        return written


class _Talk:
    """The order goes out, the answer comes in, within the bounds."""

    def __init__(self, child: Child, order: bytes, fds: list[int], bounds: Bounds) -> None:
        self.said = bytearray()
        self.detail = b""
        self._child, self._bounds, self._fds = child, bounds, fds
        self._left = len(order).to_bytes(HEAD_BYTES, "big") + order
        self.stopped: Callable[[], bool] = never
        self._deadline = time.monotonic() + bounds.wall_s
        self._ready = selectors.DefaultSelector()

    def run(
        self, orders: socket.socket, control: socket.socket, launcher: subprocess.Popen[bytes]
    ) -> "Exit | None":
        """Talk until the child has ended, or return why it must be ended."""
        with self._ready:
            for stream, take in (
                (launcher.stdout, self._take_answer),
                (launcher.stderr, self._take_detail),
            ):
                assert stream is not None, "both are pipes"
                self._ready.register(stream, selectors.EVENT_READ, take)
            self._ready.register(control, selectors.EVENT_READ, self._take_word)
            self._ready.register(orders, selectors.EVENT_WRITE, self._give)
            while self._open():
                for key, _ in self._ready.select(LOOK_EVERY_S):
                    key.data(key.fileobj)
                stopped = self._beyond()
                if stopped is not None:
                    return stopped
        return None

    def _open(self) -> bool:
        return any(key.events == selectors.EVENT_READ for key in self._ready.get_map().values())

    def _beyond(self) -> "Exit | None":
        if self.stopped():
            raise ExaminationCancelled
        if len(self.said) > self._bounds.answer_bytes:
            self.detail = b"the answer is too long"
            return Exit.crash
        if time.monotonic() > self._deadline:
            return Exit.time
        if self._child.resident_bytes() > self._bounds.memory_bytes:
            return Exit.memory
        if self._child.written_bytes() > self._bounds.written_bytes:
            self.detail = b"it writes too much"
            return Exit.memory
        return None

    def _give(self, orders: socket.socket) -> None:
        try:
            if self._fds:
                sent = socket.send_fds(orders, [self._left[:PIECE_BYTES]], self._fds)
                self._fds = []
            else:
                sent = orders.send(self._left[:PIECE_BYTES])
        except OSError:  # it has ended, and how is told elsewhere
            sent = len(self._left)
        self._left = self._left[sent:]
        if not self._left:
            self._ready.unregister(orders)

    def _take_word(self, control: socket.socket) -> None:
        self._child.listen()
        if self._child.ended:
            self._ready.unregister(control)

    def _take_answer(self, stream: IO[bytes]) -> None:
        self.said += self._piece(stream)

    def _take_detail(self, stream: IO[bytes]) -> None:
        self.detail = (self.detail + self._piece(stream))[-DETAIL_BYTES:]

    def _piece(self, stream: IO[bytes]) -> bytes:
        piece = os.read(stream.fileno(), PIECE_BYTES)
        if not piece:
            self._ready.unregister(stream)
        return piece


def _answer(said: bytes, detail_bytes: bytes, how: "Exit | _Told") -> Answer:
    detail = detail_bytes.decode("utf-8", "replace")
    if isinstance(how, Exit):
        return Answer(None, how, detail)
    if how.code == EXIT_UNCONFINED and (why := UNCONFINED.search(detail)):
        raise SandboxUnavailable(why[0])
    if how.code == 0 and said:
        return Answer(said)
    return Answer(None, _exit_of(how, detail), f"{how.reason} {how.code} {how.signal} {detail}")


def _exit_of(how: _Told, detail: str) -> Exit:
    if how.signal == signal.SIGXCPU:
        return Exit.time
    # A library in Rust says this and aborts.
    if how.code == EXIT_MEMORY or NO_MEMORY.search(detail):
        return Exit.memory
    # Not by us: a person, or a machine that is short of memory.
    if how.signal == signal.SIGKILL or how.reason in ("KILLED", "LAUNCHER_KILLED"):
        return Exit.killed
    return Exit.crash


def probes() -> dict[str, bool]:
    """Return what the kernel offers to keep a child in, by name, for an installation's check."""
    import sandlock  # noqa: PLC0415 - only here; whoever examines never loads it

    try:
        version = sandlock.landlock_abi_version()
    except sandlock.SandlockError:
        version = 0
    return {"landlock": version > 0, "landlock_network": version >= LANDLOCK_NEEDED}
