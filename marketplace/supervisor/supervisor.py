"""The order of a start and of an end: which part when, and what people are told of it."""

import http.client
import os
import signal
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import Final

from marketplace.embedded.errors import StepFailed
from marketplace.embedded.servers import Servers
from marketplace.settings import PREFIX, Settings, libpq_url, load_settings
from marketplace.stores import make_buckets
from marketplace.supervisor.command import Command
from marketplace.supervisor.console import Console
from marketplace.supervisor.demonstration import Demonstration
from marketplace.supervisor.guard import Guard
from marketplace.supervisor.keeper import Keeper, Part
from marketplace.supervisor.migrated import migrated

READY_PATH: Final = "/health/ready"
READY_LIMIT_S: Final = 60.0
WEB_DEATHS_MAX: Final = 3
"""A web server that ends this often before its first answer will not come up by itself."""
LOOK_S: Final = 0.05
EVERYWHERE: Final = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - compared, not bound


class Ended(Exception):
    """Somebody asked the run to end while it was starting."""


class Supervisor:
    """Starts the four parts, looks after them, and ends them in order.

    Args:
        servers: of the data folder, which the caller holds
        console: where everything speaks
        host: the web server's address
        port: the web server's port
    """

    def __init__(self, servers: Servers, console: Console, *, host: str, port: int) -> None:
        self._servers = servers
        self._console = console
        self._address = (EVERYWHERE.get(host, host), port)
        self._guard = Guard()
        self._keepers: dict[str, Keeper] = {}
        self._steps: list[Command] = []
        self._launches: list[Future[None]] = []
        self._threads = ThreadPoolExecutor(4, thread_name_prefix="start")
        self._ending = threading.Event()
        self._parent_pid = os.getppid() if _started_by_make() else None

    def run(self, *, begun_s: float) -> int:
        """Start, look after and end everything.

        Args:
            begun_s: monotonic time at which the start began [s]

        Returns:
            The exit code.

        Raises:
            ConfigurationError: a part did not come up; the others are ended
        """
        first = not (self._servers.place.data_dir / "settings.env").exists()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._on_signal)
        try:
            settings = self._start()
            self._say_ready(settings, time.monotonic() - begun_s, first=first)
            threading.Thread(target=self._demonstrate, name="demo", daemon=True).start()
            while not self._ending.wait(0.5):
                self._guard.watch()
                self._end_with_make()
        except Ended:
            pass
        finally:
            self._stop()
        return 0

    def _start(self) -> Settings:
        self._guard.watch()
        servers, folder = self._servers, self._servers.place.data_dir
        if servers.postgres is not None:
            self._launch("postgres", servers.postgres, servers.postgres.log)
        if servers.s3 is not None:
            self._launch("s3", servers.s3, servers.s3.log)
        for launch in self._launches:
            self._result(launch)
        servers.write_addresses()
        settings = load_settings(folder)
        store = self._threads.submit(self._ready_store, settings)
        self._result(self._threads.submit(self._ready_database))
        environment = {f"{PREFIX}DATA_DIR": str(folder)}
        web = self._keep("web", Command("web", ["web"], environment, self._console, self._answers))
        self._migrate(settings, environment)
        self._result(store)
        self._await_answer(web)  # with few cores both at once would keep people waiting longer
        self._keep("worker", Command("worker", ["worker"], environment, self._console))
        return settings

    def _launch(self, name: str, part: Part, log: Path) -> None:
        """Start a server in a thread of its own: the two have nothing to wait for."""
        keeper = Keeper(name, part, self._console, self._guard, log)
        self._keepers[name] = keeper
        self._console.say("run", f"{name} 시작 · starting {name}")
        self._launches.append(self._threads.submit(keeper.start))

    def _keep(self, name: str, command: Command) -> Keeper:
        self._console.say("run", f"{name} 시작 · starting {name}")
        keeper = Keeper(name, command, self._console, self._guard)
        self._keepers[name] = keeper
        keeper.start()
        keeper.keep()
        return keeper

    def _ready_database(self) -> None:
        server = self._servers.postgres
        if server is None:
            return
        took_s = server.wait_ready()
        self._keepers["postgres"].keep()
        self._servers.prepare()
        where = f"127.0.0.1:{server.port}"
        self._console.say(
            "run", f"postgres 준비됨 · postgres ready after {took_s:.1f} s at {where}"
        )

    def _ready_store(self, settings: Settings) -> None:
        server = self._servers.s3
        if server is not None:
            took_s = server.wait_ready()
            self._keepers["s3"].keep()
            self._console.say(
                "run", f"s3 준비됨 · s3 ready after {took_s:.1f} s at {server.endpoint}"
            )
        make_buckets(settings)

    def _migrate(self, settings: Settings, environment: dict[str, str]) -> None:
        """Bring the database to the newest schema, where it is not there yet."""
        if migrated(libpq_url(settings.database_owner_url or settings.database_url)):
            return
        self._console.say("run", "데이터베이스 구조를 만듭니다 · migrating the database")
        step = Command("migrate", ["migrate"], environment, self._console)
        if not self._ran(step):
            raise StepFailed(step="migrate", reason=f"exit {step.exit_code}")

    def _ran(self, step: Command) -> bool:
        """Run a command to its end and tell whether it succeeded.

        Raises:
            Ended: the run ends before
        """
        if self._ending.is_set():
            raise Ended
        self._steps.append(step)
        step.start()
        pid = step.pid
        if pid is not None:
            self._guard.add(pid, step.name)
            self._until(lambda: step.pid is None)
            self._guard.remove(pid)
        return step.exit_code == 0

    def _demonstrate(self) -> None:
        folder = self._servers.place.data_dir
        with suppress(Ended):
            Demonstration(folder, self._console, self._ran).show()

    def _await_answer(self, web: Keeper) -> None:
        deadline = time.monotonic() + READY_LIMIT_S

        def settled() -> bool:
            if web.deaths >= WEB_DEATHS_MAX:
                raise StepFailed(step="web", reason=f"{web.deaths} x exit")
            if time.monotonic() > deadline:
                raise StepFailed(step="web", reason=f"no answer in {READY_LIMIT_S:g} s")
            return self._answers()

        self._until(settled)

    def _answers(self) -> bool:
        """Whether the web server can serve people now."""
        connection = http.client.HTTPConnection(*self._address, timeout=2)
        try:
            connection.request("GET", READY_PATH)
            return connection.getresponse().status == http.client.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def _until(self, settled: Callable[[], bool]) -> None:
        while not settled():
            if self._ending.wait(LOOK_S):
                raise Ended
            self._end_with_make()

    def _result(self, future: Future[None]) -> None:
        self._until(future.done)
        future.result()

    def _say_ready(self, settings: Settings, took_s: float, *, first: bool) -> None:
        which = "첫 시작 · first start" if first else "다시 시작 · later start"
        for line in (
            f"준비됨: {took_s:.1f}초({which}). Ready after {took_s:.1f} s.",
            f"주소 · address: {settings.public_url}",
            "끝내려면 Ctrl-C를 누르십시오. Press Ctrl-C to end.",
        ):
            self._console.say("run", line)

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        if self._ending.is_set():  # asked twice: at once, both servers recover from that
            for keeper in self._keepers.values():
                if keeper.part.pid is not None:
                    with suppress(ProcessLookupError):
                        os.killpg(keeper.part.pid, signal.SIGKILL)
        self._ending.set()

    def _end_with_make(self) -> None:
        """End when the ``make`` that started us was killed: for its user it is this run."""
        if self._parent_pid is not None and os.getppid() != self._parent_pid:
            self._ending.set()

    def _stop(self) -> None:
        """End web and worker first, then what they stand on."""
        begun_s = time.monotonic()
        self._ending.set()
        self._console.say("run", "끝내는 중입니다. Ending.")
        if self._servers.postgres is not None:
            self._servers.postgres.give_up()
        wait(self._launches)  # a server must not start after its end
        for keeper in self._keepers.values():
            keeper.let_go()
        for step in self._steps:
            step.stop()
        for names in (("web", "worker"), ("postgres", "s3")):
            self._stop_all([self._keepers[name] for name in names if name in self._keepers])
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._guard.close()
        self._console.say("run", f"끝났습니다. Ended after {time.monotonic() - begun_s:.1f} s.")

    @staticmethod
    def _stop_all(keepers: Sequence[Keeper]) -> None:
        threads = [threading.Thread(target=keeper.stop) for keeper in keepers]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()


def _started_by_make() -> bool:
    try:
        return "make" in Path(f"/proc/{os.getppid()}/comm").read_text()
    except OSError:
        return False
