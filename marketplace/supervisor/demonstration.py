"""The demonstration of a run: loaded once, after people can sign in, and its accounts printed."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from marketplace.supervisor.command import Command
from marketplace.supervisor.console import Console

LOADED: Final = "demonstration.loaded"
"""In the data folder: nothing is loaded (again); a restored exchange gets it too."""
CREDENTIALS: Final = "demo.json"

Ran = Callable[[Command], bool]


class Demonstration:
    """Loads and prints while people work already.

    Args:
        data_dir: the data folder
        console: where its lines go
        ran: runs a command to its end and tells whether it succeeded
    """

    def __init__(self, data_dir: Path, console: Console, ran: Ran) -> None:
        self._data_dir = data_dir
        self._console = console
        self._ran = ran

    def show(self) -> None:
        """Load the demonstration where it was not loaded yet, and print its accounts."""
        marker = self._data_dir / LOADED
        if not marker.exists():
            self._console.say("demo", "시연 자료를 넣습니다. Loading the demonstration.")
            if not self._ran(self._command("load")):
                self._console.say(
                    "demo",
                    "시연 자료를 다 넣지 못했습니다. 다음에 시작할 때 이어서 넣습니다."
                    " The demonstration is incomplete; the next start goes on with it.",
                )
                return
            marker.touch()
        if (self._data_dir / CREDENTIALS).exists():
            self._ran(self._command("accounts"))

    def _command(self, name: str) -> Command:
        return Command("demo", ["demo", name, "--data-dir", str(self._data_dir)], {}, self._console)
