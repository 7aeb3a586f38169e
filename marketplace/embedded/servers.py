"""PostgreSQL and the S3 server of one data folder together, and the settings that lead to them.

Settings that name a database or a store from outside replace the embedded one.
"""

import os
import secrets
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from dotenv import dotenv_values

from marketplace.embedded.accounts import Place, claim
from marketplace.embedded.errors import FolderHeld
from marketplace.embedded.generated import GeneratedSettings
from marketplace.embedded.holding import holding
from marketplace.embedded.postgres import DATABASE, HOST, EmbeddedPostgres
from marketplace.embedded.roles import LOGINS
from marketplace.embedded.s3 import S3Server
from marketplace.settings import PREFIX

URL_NAMES = {
    "app": "DATABASE_URL",
    "owner": "DATABASE_OWNER_URL",
    "backup": "DATABASE_BACKUP_URL",
}
"""The setting that holds the address for each login role."""


@dataclass
class Servers:
    """The embedded servers of a data folder; one that is given from outside is None.

    Args:
        place: the data folder and where the servers work
        generated: the settings that lead to them
        passwords: of the database's login roles
    """

    place: Place
    generated: GeneratedSettings
    postgres: EmbeddedPostgres | None
    s3: S3Server | None
    passwords: dict[str, str]

    def write_addresses(self) -> None:
        """Write down where the servers listen; both were started before."""
        if self.postgres is not None:
            for role, name in URL_NAMES.items():
                login = f"marketplace_{role}:{self.passwords[role]}"
                address = f"{HOST}:{self.postgres.port}/{DATABASE}"
                self.generated.put(name, f"postgresql+psycopg://{login}@{address}")
        if self.s3 is not None:
            self.generated.put("S3_ENDPOINT", self.s3.endpoint)
        self.generated.save()

    def prepare(self) -> None:
        """Make the roles and the database once PostgreSQL answers."""
        if self.postgres is not None:
            self.postgres.prepare(self.passwords)

    def start(self) -> None:
        """Start both side by side and return when they answer and the database exists.

        Raises:
            ConfigurationError: one of them cannot start; both are stopped then
        """
        try:
            self._start()
        except BaseException:
            self.stop()
            raise

    def _start(self) -> None:
        present = [server for server in (self.postgres, self.s3) if server is not None]
        with ThreadPoolExecutor(2, thread_name_prefix="start") as threads:
            list(threads.map(lambda server: server.start(), present))
            self.write_addresses()
            list(threads.map(lambda server: server.wait_ready(), present))
        self.prepare()

    def stop(self) -> None:
        """Stop both side by side; what does not run counts as stopped."""
        present = [server for server in (self.postgres, self.s3) if server is not None]
        with ThreadPoolExecutor(2, thread_name_prefix="stop") as threads:
            list(threads.map(lambda server: server.stop(), present))


def given_settings() -> dict[str, str]:
    """Return the settings from outside by name without the prefix: ``.env``, then environment."""
    file = Path(".env")
    values = (dotenv_values(file) if file.exists() else {}) | dict(os.environ)
    return {
        name.removeprefix(PREFIX): value
        for name, value in values.items()
        if name.startswith(PREFIX) and value
    }


def data_folder(named: Path | None = None) -> Path:
    """Return the data folder: the named one, else the settings', else ``var``."""
    return (named or Path(given_settings().get("DATA_DIR", "var"))).absolute()


def origin_of(given: Mapping[str, str]) -> str:
    """Return the origin of the pages: the public address, else where the web server listens."""
    host, port = given.get("HOST", "127.0.0.1"), given.get("PORT", "8000")
    parts = urlsplit(given.get("PUBLIC_URL") or f"http://{host}:{port}")
    return f"{parts.scheme}://{parts.netloc}"


def build_servers(place: Place, *, given: Mapping[str, str], origin: str) -> Servers:
    """Return the servers that nothing from outside replaces, and make missing secrets.

    Args:
        place: from ``claim``
        given: the settings from outside, by name without the prefix
        origin: of the pages whose scripts may talk to the store
    """
    generated = GeneratedSettings(place.data_dir)
    generated.make_secrets(given)
    servers = Servers(place, generated, None, None, {})
    if given.get("DATABASE_URL"):
        generated.drop(*URL_NAMES.values())
    else:
        servers.passwords = {role: _password(generated, role) for role in LOGINS}
        servers.postgres = EmbeddedPostgres(place.servers / "postgres", account=place.account)
    if given.get("S3_ENDPOINT"):
        generated.drop("S3_ENDPOINT", "S3_ACCESS_KEY", "S3_SECRET_KEY")
        return servers
    servers.s3 = S3Server(
        place.servers / "s3",
        None,
        _store_key(generated, given, "S3_ACCESS_KEY"),
        _store_key(generated, given, "S3_SECRET_KEY"),
        origin,
        account=place.account,
        bucket_prefix=given.get("S3_BUCKET_PREFIX", "mdx"),
    )
    return servers


def _password(generated: GeneratedSettings, role: str) -> str:
    """Return the role's password from its address, so that it outlives a start; else a new one."""
    url = generated.get(URL_NAMES[role])
    return (urlsplit(url).password if url else None) or secrets.token_urlsafe(24)


def _store_key(generated: GeneratedSettings, given: Mapping[str, str], name: str) -> str:
    """Return the key that the exchange will use: the given one, else the generated one."""
    if given.get(name):
        return given[name]
    value = generated.get(name) or secrets.token_hex(20)
    generated.put(name, value)
    return value


@contextmanager
def running(servers: Servers) -> Iterator[Servers]:
    """Run the servers for the time of the block; the caller holds the data folder."""
    servers.start()
    try:
        yield servers
    finally:
        servers.stop()


@contextmanager
def answering(data_dir: Path) -> Iterator[None]:
    """Make sure that the data folder's servers run during the block.

    Servers that run already are used and left running. Production, and settings that name both a
    database and a store, need none of ours.

    Raises:
        ConfigurationError: they are not running and cannot be started
    """
    given = given_settings()
    outside = given.get("DATABASE_URL") and given.get("S3_ENDPOINT")
    if outside or given.get("ENV") == "production":
        yield
        return
    place = claim(data_dir)
    with ExitStack() as stack:
        try:
            stack.enter_context(holding(place.data_dir))
        except FolderHeld:
            pass  # whoever holds it runs them
        else:
            servers = build_servers(place, given=given, origin=origin_of(given))
            stack.enter_context(running(servers))
        yield
