"""The supervisor's smaller parts: restarts, lines, revisions, addresses."""

import io
import re
import socket
import time
from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory

from marketplace.embedded.errors import PortTaken
from marketplace.errors import ConfigurationError
from marketplace.members.accounts.legal import publish_texts, shipped_texts
from marketplace.revision import MIGRATIONS, newest_in, newest_revision
from marketplace.supervisor.command import Command
from marketplace.supervisor.console import Console
from marketplace.supervisor.guard import Guard
from marketplace.supervisor.keeper import WORTH_SAYING, Keeper
from marketplace.supervisor.migrated import migrated, shipped_versions
from marketplace.supervisor.ports import parse_port, refuse_unusable_address
from tests import servers
from tests.marketplace.supervisor.running import free_port


def test_a_line_says_who_speaks() -> None:
    stream = io.StringIO()

    Console(stream).say("s3", "ready\n")
    Console(stream).say("postgres", "  \n")

    assert stream.getvalue() == "s3       | ready\n"


def test_a_reader_that_went_away_does_not_end_the_run() -> None:
    stream = io.StringIO()
    stream.close()

    Console(stream).say("run", "nobody listens")


@pytest.mark.slow  # two restarts of a command with a second between them
def test_a_command_that_keeps_ending_is_started_again_with_growing_delays() -> None:
    stream = io.StringIO()
    console = Console(stream)
    keeper = Keeper("broken", Command("broken", ["no-such-command"], {}, console), console, Guard())
    keeper.start()
    keeper.keep()
    deadline = time.monotonic() + 30
    while keeper.deaths < 3:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    keeper.stop()

    said = stream.getvalue()
    assert re.findall(r"starts again in (\S+) s", said) == ["0", "1", "2"]
    assert "No such command" in said
    assert keeper.part.pid is None


def test_a_command_that_is_not_kept_ends_once() -> None:
    console = Console(io.StringIO())
    command = Command("step", ["--help"], {}, console)
    keeper = Keeper("step", command, console, Guard())
    keeper.start()
    deadline = time.monotonic() + 30
    while command.pid is not None:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    keeper.stop()

    assert (command.exit_code, keeper.deaths) == (0, 0)


@pytest.mark.parametrize(
    "line",
    [
        "LOG:  database system was not properly shut down; automatic recovery in progress",
        "FATAL:  could not write to file: No space left on device",
        "ERROR:  deadlock detected",
    ],
)
def test_what_matters_in_the_databases_log_is_said(line: str) -> None:
    assert WORTH_SAYING["postgres"].match(line)


@pytest.mark.parametrize(
    "line",
    [
        "LOG:  database system is ready to accept connections",
        "FATAL:  the database system is starting up",
    ],
)
def test_what_is_normal_in_the_databases_log_is_not_said(line: str) -> None:
    assert not WORTH_SAYING["postgres"].match(line)


def test_of_the_stores_log_errors_are_said() -> None:
    assert WORTH_SAYING["s3"].match("E1126 00:14:59.474616 upload_chunked.go:281 no space left")
    assert not WORTH_SAYING["s3"].match("  Master       ready     0.1s")


def test_the_newest_revision_is_the_one_that_alembic_finds() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")

    assert newest_revision() == ScriptDirectory.from_config(config).get_current_head()


def test_the_shipped_texts_are_known_by_their_names() -> None:
    assert shipped_versions() == {(text.kind.value, text.version) for text in shipped_texts()}


def test_a_new_version_of_a_text_asks_for_migrate(database_name: str, clean: None) -> None:
    address = servers.dsn(database_name, "owner")
    bare = migrated(address)
    publish_texts(servers.url(database_name, "owner"))

    assert (bare, migrated(address)) == (False, True)


@pytest.mark.parametrize(
    "files",
    [
        {},
        {
            "a": "revision = 'a'\ndown_revision = None\n",
            "b": "revision = 'b'\ndown_revision = None",
        },
        {"a": "revision: str = 'a'\n"},
        {"a": "revision = name()\ndown_revision = None\n"},
    ],
)
def test_a_doubtful_folder_has_no_newest_revision(tmp_path: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (tmp_path / f"{name}.py").write_text(text)

    assert newest_in(tmp_path) is None


@pytest.mark.parametrize("text", ["", "0", "-1", "65536", "8000.0", "８０００", "http"])
def test_what_is_no_port_is_refused(text: str) -> None:
    with pytest.raises(ConfigurationError, match="MARKETPLACE_PORT"):
        parse_port(text)


def test_the_last_port_is_a_port() -> None:
    assert parse_port("65535") == 65_535


def test_a_free_address_is_not_refused() -> None:
    refuse_unusable_address("127.0.0.1", free_port())
    refuse_unusable_address("localhost", free_port())


def test_the_port_offered_instead_is_free() -> None:
    with (
        socket.create_server(("127.0.0.1", free_port())) as taken,
        pytest.raises(PortTaken) as refusal,
    ):
        refuse_unusable_address("127.0.0.1", taken.getsockname()[1])

    refuse_unusable_address("127.0.0.1", int(str(refusal.value.facts["other"])))


def test_a_host_that_is_not_ours_is_refused() -> None:
    with pytest.raises(ConfigurationError, match=r"192\.0\.2\.1"):
        refuse_unusable_address("192.0.2.1", 8000)
