"""Which migration this code needs, read from the files: importing Alembic takes most of a second."""

import ast
import re
from pathlib import Path
from typing import Final

import marketplace
from marketplace.errors import ConfigurationError

MIGRATIONS: Final = Path(marketplace.__file__).resolve().parent.parent / "migrations"
_LINE: Final = re.compile(r"^(revision|down_revision)(?::[^=\n]+)?\s*=\s*(.+)$", re.MULTILINE)


def newest_revision() -> str:
    """Return the revision that this code needs.

    Raises:
        ConfigurationError: the files are not one chain of migrations
    """
    newest = newest_in(MIGRATIONS / "versions")
    if newest is None:
        raise ConfigurationError(reason=f"{MIGRATIONS} is not one chain of migrations")
    return newest


def revisions_in(folder: Path) -> dict[str, object]:
    """Return every revision with the one it builds on.

    Raises:
        KeyError, ValueError, SyntaxError: a file does not say so in two plain lines
    """
    found: dict[str, object] = {}
    for file in folder.glob("*.py"):
        lines = {name: ast.literal_eval(value) for name, value in _LINE.findall(file.read_text())}
        found[lines["revision"]] = lines["down_revision"]
    return found


def newest_in(folder: Path) -> str | None:
    """Return the one revision that no other builds on, None when that cannot be told."""
    try:
        found = revisions_in(folder)
    except (KeyError, ValueError, SyntaxError):
        return None
    newest = found.keys() - set(found.values())
    return newest.pop() if len(newest) == 1 else None
