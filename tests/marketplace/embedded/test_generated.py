"""What a sandbox makes for itself is kept, private, and gives way to what is given."""

import os
import stat
from pathlib import Path

import pytest

from marketplace.embedded.errors import FolderHeld
from marketplace.embedded.generated import GeneratedSettings
from marketplace.embedded.holding import holding
from marketplace.encryption import Keyring
from marketplace.settings import GENERATED, PREFIX


def made(folder: Path, given: dict[str, str] | None = None) -> GeneratedSettings:
    generated = GeneratedSettings(folder)
    generated.make_secrets(given or {})
    generated.save()
    return generated


def test_secrets_are_made_once(tmp_path: Path) -> None:
    first, second = made(tmp_path), made(tmp_path)

    for name in ("SESSION_KEY", "ENCRYPTION_KEYS", "SIGNING_KEYS", "METRICS_TOKEN"):
        value = first.get(name)
        assert value is not None
        assert len(value) >= 32
        assert second.get(name) == value


def test_two_sandboxes_share_no_secret(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()

    assert made(tmp_path).get("SESSION_KEY") != made(tmp_path / "other").get("SESSION_KEY")


def test_the_made_keys_of_encryption_are_usable(tmp_path: Path) -> None:
    keys = made(tmp_path).get("ENCRYPTION_KEYS")

    assert keys is not None
    assert Keyring.parse(keys).current_id == "k1"


def test_a_given_secret_is_not_made(tmp_path: Path) -> None:
    generated = made(tmp_path, {"SESSION_KEY": "given"})

    assert generated.get("SESSION_KEY") is None
    assert "SESSION_KEY" not in (tmp_path / GENERATED).read_text()


def test_values_are_read_back_as_they_were(tmp_path: Path) -> None:
    hostile = "postgresql+psycopg://a:p%23$HOME#x@127.0.0.1:1/db"
    generated = GeneratedSettings(tmp_path)
    generated.put("DATABASE_URL", hostile)
    generated.save()

    assert GeneratedSettings(tmp_path).get("DATABASE_URL") == hostile


def test_what_was_dropped_is_gone(tmp_path: Path) -> None:
    generated = made(tmp_path)
    generated.drop("SESSION_KEY", "NEVER_THERE")
    generated.save()

    assert GeneratedSettings(tmp_path).get("SESSION_KEY") is None


def test_the_file_is_readable_by_its_owner_alone(tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        made(tmp_path)
    finally:
        os.umask(old)

    assert stat.S_IMODE((tmp_path / GENERATED).stat().st_mode) == 0o600


@pytest.mark.skipif(os.geteuid() != 0, reason="only root works in folders of others")
def test_in_the_folder_of_somebody_else_the_file_is_theirs(tmp_path: Path) -> None:
    os.chown(tmp_path, 65534, 65534)
    made(tmp_path)

    assert (tmp_path / GENERATED).stat().st_uid == 65534


def test_foreign_lines_are_left_out(tmp_path: Path) -> None:
    (tmp_path / GENERATED).write_text(f"PATH=/tmp\n{PREFIX}PORT=1\n{PREFIX}HOST=\n")

    generated = GeneratedSettings(tmp_path)

    assert (generated.get("PORT"), generated.get("HOST"), generated.get("PATH")) == (
        "1",
        None,
        None,
    )


def test_a_held_folder_names_its_holder(tmp_path: Path) -> None:
    with (
        holding(tmp_path, 8123),
        pytest.raises(FolderHeld, match=rf"process {os.getpid()}, port 8123"),
        holding(tmp_path, 9999),
    ):
        pass


def test_a_folder_is_free_again_after_the_block_and_after_garbage(tmp_path: Path) -> None:
    with holding(tmp_path):
        pass
    (tmp_path / "run.lock").write_text("{garbage")
    with holding(tmp_path):
        pass
