"""``marketplace run``: what must be right before anything starts, each with its sentence."""

import errno
import shutil
from pathlib import Path
from typing import Final

from marketplace.embedded.accounts import Place, claim
from marketplace.embedded.errors import DiskFull, SandboxOnly
from marketplace.embedded.holding import holding
from marketplace.embedded.servers import build_servers, data_folder, given_settings, origin_of
from marketplace.supervisor.console import Console
from marketplace.supervisor.ports import parse_port, refuse_unusable_address
from marketplace.supervisor.supervisor import Supervisor

NEEDED_MB: Final = 500
"""A new cluster and store take 150 MB; the rest is for what people do on the first days."""


def run(data_dir: Path | None, console: Console, *, begun_s: float) -> int:
    """Run the exchange of a data folder in the foreground until it is asked to end.

    Args:
        data_dir: the folder; the settings' without it
        console: where everything speaks
        begun_s: monotonic time at which the start began [s]

    Returns:
        The exit code of an orderly end.

    Raises:
        ConfigurationError: what keeps it from starting, as a sentence with the way out
    """
    given = given_settings()
    if given.get("ENV") == "production":
        raise SandboxOnly
    host, port = given.get("HOST", "127.0.0.1"), parse_port(given.get("PORT", "8000"))
    folder = data_folder(data_dir)
    try:
        place = claim(folder)
        _refuse_full_disk(place.servers)
        with holding(place.data_dir, port):
            refuse_unusable_address(host, port)
            _say_where(console, place)
            servers = build_servers(place, given=given, origin=origin_of(given))
            return Supervisor(servers, console, host=host, port=port).run(begun_s=begun_s)
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise _full(folder) from error
        raise


def _refuse_full_disk(folder: Path) -> None:
    if shutil.disk_usage(folder).free < NEEDED_MB * 2**20:
        raise _full(folder)


def _full(folder: Path) -> DiskFull:
    existing = next(place for place in (folder, *folder.parents) if place.exists())
    free_mb = shutil.disk_usage(existing).free // 2**20
    return DiskFull(folder=str(folder), free_mb=free_mb, needed_mb=NEEDED_MB)


def _say_where(console: Console, place: Place) -> None:
    console.say("run", f"데이터 폴더 · data folder: {place.data_dir}")
    if place.account is not None:
        console.say(
            "run",
            f"root이므로 서버는 사용자 {place.account.name}(으)로 실행합니다."
            f" Started by root, the servers run as the user {place.account.name}.",
        )
    if place.moved:
        console.say(
            "run",
            f"그 사용자가 데이터 폴더에 닿지 못하므로 서버의 데이터와 프로그램은 {place.servers}에 둡니다."
            f" That user cannot reach the data folder, so the servers' data and programs lie in {place.servers}.",
        )
