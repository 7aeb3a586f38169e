"""Whether the database needs migrating, asked without starting a process for it."""

import psycopg

from marketplace.revision import newest_revision


def migrated(url: str) -> bool:
    """Whether the database stands at the newest revision for certain; in doubt it does not.

    Args:
        url: libpq address of a role that may read ``alembic_version``
    """
    try:
        with psycopg.connect(url, connect_timeout=5) as connection:
            exists = connection.execute("select to_regclass('alembic_version')").fetchone()
            if exists in {None, (None,)}:
                return False
            rows = connection.execute("select version_num from alembic_version").fetchall()
    except psycopg.Error:
        return False
    return rows == [(newest_revision(),)]
