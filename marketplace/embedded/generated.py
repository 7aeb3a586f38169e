"""What a sandbox makes for itself: secrets at the first start, and where its servers listen.

The file is read by every process of the exchange as its settings of lowest rank. Production never
reads it.
"""

import base64
import os
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from dotenv import dotenv_values

from marketplace.embedded.accounts import Account, write_private
from marketplace.settings import GENERATED, PREFIX
from marketplace.signing import new_signing_key


class GeneratedSettings:
    """The file ``settings.env`` of one data folder, readable by its owner alone.

    Args:
        data_dir: the data folder; it exists before ``save``
    """

    def __init__(self, data_dir: Path) -> None:
        self.path = data_dir / GENERATED
        found = dotenv_values(self.path, interpolate=False) if self.path.exists() else {}
        self._values = {
            name.removeprefix(PREFIX): value
            for name, value in found.items()
            if name.startswith(PREFIX) and value
        }

    def get(self, name: str) -> str | None:
        """Return a value by its name without the prefix."""
        return self._values.get(name)

    def put(self, name: str, value: str) -> None:
        """Set a value; ``save`` writes it.

        Args:
            name: of the setting, without the prefix
            value: one line
        """
        assert value.isprintable(), f"{name} must be one line"
        self._values[name] = value

    def drop(self, *names: str) -> None:
        """Forget values, because the settings given from outside replace them."""
        for name in names:
            self._values.pop(name, None)

    def make_secrets(self, given: Mapping[str, str]) -> None:
        """Make the secrets that are neither here nor given; those that exist stay as they are.

        Args:
            given: the settings from outside, by name without the prefix
        """
        fresh = {
            "SESSION_KEY": secrets.token_urlsafe(32),
            "ENCRYPTION_KEYS": "k1:" + base64.b64encode(secrets.token_bytes(32)).decode(),
            "SIGNING_KEYS": new_signing_key(datetime.now(UTC).date()),
            "METRICS_TOKEN": secrets.token_urlsafe(32),
        }
        for name, value in fresh.items():
            if not self.get(name) and not given.get(name):
                self.put(name, value)

    def save(self) -> None:
        """Write the file whole or not at all; below a folder of somebody else it is theirs."""
        lines = [
            "# Made by `marketplace run` for the sandbox. Keep ENCRYPTION_KEYS with your backups'",
            "# keys: without them stored account numbers and second factors cannot be read.",
            *(f"{PREFIX}{name}='{value}'" for name, value in sorted(self._values.items())),
        ]
        write_private(self.path, "\n".join(lines) + "\n", self._owner())

    def _owner(self) -> Account | None:
        """Return who owns the folder when root works in somebody else's."""
        folder = self.path.parent.stat()
        if os.geteuid() != 0 or folder.st_uid == 0:
            return None
        return Account(folder.st_uid, folder.st_gid, "")
