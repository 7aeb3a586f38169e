"""Whom the servers run as and where their data lie.

PostgreSQL refuses root. Started by root, the servers run as an unprivileged user that exists, and
their data go where that user can reach them without any folder above being changed.
"""

import os
import pwd
import secrets
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from marketplace.embedded.errors import FolderUnwritable, NoServerAccount

CANDIDATES: Final = ("marketplace", "nobody")
"""Users to take when root starts the servers; the first that exists."""
SERVERS: Final = "servers"
"""Name inside the data folder: a folder, or a link to where the servers' data lie."""
ELSEWHERE: Final = Path("/var/lib/marketplace")


@dataclass(frozen=True)
class Account:
    """An unprivileged user."""

    uid: int
    gid: int
    home: str
    name: str = ""


@dataclass(frozen=True)
class Place:
    """Where a data folder's servers work.

    Args:
        data_dir: the data folder itself, absolute; settings and secrets lie here
        servers: parent of the servers' own folders; account may reach it
        account: whom the servers run as, None for the caller
    """

    data_dir: Path
    servers: Path
    account: Account | None

    @property
    def moved(self) -> bool:
        """Whether the servers' data lie outside the data folder."""
        return self.servers != self.data_dir / SERVERS


def server_account(data_dir: Path | None = None) -> Account | None:
    """Return the user to run servers as when the caller is root, None when it is not.

    Args:
        data_dir: a folder that belongs to somebody else than root is served as its owner, so
            that both can start the exchange on it

    Raises:
        NoServerAccount: root, and none of the known users exists
    """
    if os.geteuid() != 0:
        return None
    owner = data_dir.stat().st_uid if data_dir and data_dir.is_dir() else 0
    candidates: list[str | int] = [owner] if owner else list(CANDIDATES)
    for candidate in candidates:
        try:
            entry = (
                pwd.getpwuid(candidate) if isinstance(candidate, int) else pwd.getpwnam(candidate)
            )
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid, entry.pw_dir, entry.pw_name)
    raise NoServerAccount(names=", ".join(map(str, candidates)))


def reachable(path: Path, account: Account | None) -> bool:
    """Whether the account may enter the folder, and so every folder above it.

    The kernel is asked as that user: mode bits alone would miss access lists.
    """
    if account is None:
        return os.access(path, os.X_OK)
    asked = subprocess.run(  # noqa: S603 - a fixed program and a path
        ["/usr/bin/env", "test", "-x", str(path)],
        user=account.uid,
        group=account.gid,
        extra_groups=[],
        cwd="/",
        check=False,
    )
    return asked.returncode == 0


def claim(data_dir: Path, elsewhere: Path = ELSEWHERE) -> Place:
    """Make the data folder and find where its servers work; a second call finds the same.

    Raises:
        FolderUnwritable: the folder can be neither made nor written
        NoServerAccount: root, and none of the known users exists
    """
    data_dir = data_dir.absolute()
    account = server_account(data_dir)
    try:
        _make(data_dir, mode=0o711 if account else 0o700)
        probe = data_dir / f".probe-{secrets.token_hex(4)}"
        probe.touch()
        probe.unlink()
        servers = _servers(data_dir, account, elsewhere)
    except OSError as error:
        where = error.filename or data_dir
        raise FolderUnwritable(folder=str(where), reason=error.strerror) from error
    return Place(data_dir, servers, account)


def _servers(data_dir: Path, account: Account | None, elsewhere: Path) -> Path:
    known = data_dir / SERVERS
    if known.is_symlink():
        target = known.readlink()
        _make(target, mode=0o711)
        return target
    if known.is_dir() and not reachable(known, account):
        assert account is not None
        raise FolderUnwritable(folder=str(known), reason=f"closed to the user {account.name}")
    if known.is_dir() or reachable(data_dir, account):
        _make(known, mode=0o711 if account else 0o700)
        return known
    # A fresh name each time: data belong to the link, a removed data folder takes them along.
    target = elsewhere / f"{data_dir.name}-{secrets.token_hex(4)}"
    _make(target, mode=0o711)
    known.symlink_to(target)
    return target


def _make(folder: Path, *, mode: int) -> None:
    """Make the folder and its missing parents with this mode; what exists keeps its own."""
    if not folder.is_dir():
        _make(folder.parent, mode=mode)
        folder.mkdir()
        folder.chmod(mode)  # whatever the umask


def own_folder(path: Path, account: Account | None) -> None:
    """Make a folder that only the account can read."""
    path.mkdir(mode=0o700, exist_ok=True)
    give(path, account)


def give(path: Path, account: Account | None) -> None:
    """Hand a file or folder to the account."""
    if account is not None:
        os.chown(path, account.uid, account.gid)


def write_private(path: Path, text: str, account: Account | None = None) -> None:
    """Write a file that only its owner can read, whole or not at all."""
    new = path.with_name(f"{path.name}.new")
    new.unlink(missing_ok=True)
    new.touch(mode=0o600)
    new.write_text(text)
    give(new, account)
    new.replace(path)


def copy_for(account: Account | None, tree: Path, own: Path) -> Path:
    """Return a copy of the programs in ``tree`` that the account can reach, else ``tree`` itself.

    Args:
        tree: the installed folder
        own: where the copy belongs; its name carries the version, so an update copies again
    """
    if reachable(tree, account):
        return tree
    if not own.exists():
        own.parent.mkdir(exist_ok=True)
        own.parent.chmod(0o755)
        new = own.with_name(f"{own.name}.new")
        shutil.rmtree(new, ignore_errors=True)
        shutil.copytree(tree, new, symlinks=True, ignore=shutil.ignore_patterns("include"))
        new.chmod(0o755)
        new.rename(own)
    return own
