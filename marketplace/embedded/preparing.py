"""Roles and database in a PostgreSQL that is given: what ``run`` does for its own."""

from urllib.parse import unquote, urlsplit

import psycopg
from pydantic import SecretStr

from marketplace.embedded.roles import prepare_cluster
from marketplace.embedded.servers import URL_NAMES
from marketplace.errors import ConfigurationError
from marketplace.settings import PREFIX, Settings


def prepare_given(settings: Settings, superuser_url: str) -> str:
    """Make what the settings' three database addresses name, and return a line about it.

    Args:
        settings: with the addresses of the application, the owner and the backup
        superuser_url: of a role that may make roles and databases

    Raises:
        ConfigurationError: an address is missing or wrong, or the database refuses
    """
    passwords, databases = {}, set()
    for role, name in URL_NAMES.items():
        url: SecretStr | None = getattr(settings, name.lower())
        parts = urlsplit(url.get_secret_value() if url else "")
        if parts.username != f"marketplace_{role}" or not parts.password:
            raise ConfigurationError(reason=f"{PREFIX}{name}: marketplace_{role}:PASSWORD@...")
        passwords[role] = unquote(parts.password)
        databases.add(parts.path.lstrip("/"))
    if len(databases) != 1:
        raise ConfigurationError(reason=f"the three addresses name several databases: {databases}")
    address = superuser_url.replace("postgresql+psycopg://", "postgresql://", 1)
    database = databases.pop()
    try:
        prepare_cluster(address, passwords, database)
    except psycopg.Error as error:
        raise ConfigurationError(reason=str(error).strip().splitlines()[0]) from error
    return f"database {database} and roles marketplace_owner, _app, _backup are ready"
