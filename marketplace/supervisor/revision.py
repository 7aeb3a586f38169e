"""Whether the database needs migrating, found without Alembic, whose import takes most of a second.

When in doubt the answer is yes: ``marketplace migrate`` then finds out properly.
"""

import ast
import re
from pathlib import Path

import psycopg

_LINE = re.compile(r"^(revision|down_revision)(?::[^=]+)?\s*=\s*(.+)$", re.MULTILINE)


def newest_in(folder: Path) -> str | None:
    """Return the one revision that no other builds on, None when that cannot be told."""
    revisions: set[str] = set()
    built_on: set[object] = set()
    for file in folder.glob("*.py"):
        try:
            found = {
                name: ast.literal_eval(value) for name, value in _LINE.findall(file.read_text())
            }
            revisions.add(found["revision"])
            built_on.add(found["down_revision"])
        except (KeyError, ValueError, SyntaxError):
            return None
    newest = revisions - built_on
    return newest.pop() if len(newest) == 1 else None


def migrated(url: str, folder: Path) -> bool:
    """Whether the database stands at the newest revision of the folder for certain.

    Args:
        url: libpq address of a role that may read ``alembic_version``
        folder: of the migration files
    """
    newest = newest_in(folder)
    try:
        with psycopg.connect(url, connect_timeout=5) as connection:
            exists = connection.execute("select to_regclass('alembic_version')").fetchone()
            if exists in {None, (None,)}:
                return False
            rows = connection.execute("select version_num from alembic_version").fetchall()
    except psycopg.Error:
        return False
    return newest is not None and rows == [(newest,)]
