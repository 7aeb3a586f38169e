"""Whether the database needs migrating, asked without starting a process for it."""

from pathlib import Path
from typing import Final

import psycopg

from marketplace.revision import newest_revision

# Read by name alone: loading the package that knows the texts would cost every start half a second.
LEGAL_TEXTS: Final = Path(__file__).parents[1] / "members/accounts/legal"


def shipped_versions(folder: Path = LEGAL_TEXTS) -> set[tuple[str, int]]:
    """Return kind and version of every legal text that ships."""
    names = (path.name.removesuffix(".ko.md") for path in folder.glob("*.ko.md"))
    return {(kind, int(version)) for kind, _, version in (name.rpartition("-") for name in names)}


def migrated(url: str) -> bool:
    """Whether the database stands at the newest revision and holds every shipped legal text.

    In doubt it does not; `migrate` publishes the texts too.

    Args:
        url: libpq address of a role that may read ``alembic_version``
    """
    try:
        with psycopg.connect(url, connect_timeout=5) as connection:
            exists = connection.execute("select to_regclass('alembic_version')").fetchone()
            if exists in {None, (None,)}:
                return False
            rows = connection.execute("select version_num from alembic_version").fetchall()
            if rows != [(newest_revision(),)]:
                return False
            held = set(connection.execute("select kind, version from legal_text").fetchall())
    except psycopg.Error:
        return False
    return shipped_versions() <= held
