"""Make the secrets that compose.yaml needs, once, into .env.compose."""

import base64
import os
import secrets
import sys
from datetime import UTC, datetime
from pathlib import Path

TARGET = Path(__file__).resolve().parent.parent / ".env.compose"
PASSWORDS = ("SUPERUSER_PASSWORD", "OWNER_PASSWORD", "APP_PASSWORD", "BACKUP_PASSWORD")


def lines() -> list[str]:
    """Return one line for each secret, made anew."""
    return [
        *(f"{name}={secrets.token_urlsafe(24)}" for name in PASSWORDS),
        f"S3_ACCESS_KEY={secrets.token_hex(10)}",
        f"S3_SECRET_KEY={secrets.token_hex(20)}",
        f"SESSION_KEY={secrets.token_urlsafe(32)}",
        f"ENCRYPTION_KEYS=k1:{base64.b64encode(secrets.token_bytes(32)).decode()}",
        f"SIGNING_KEYS={datetime.now(UTC).date()}:{base64.b64encode(secrets.token_bytes(32)).decode()}",
        f"METRICS_TOKEN={secrets.token_urlsafe(32)}",
    ]


def main(target: Path = TARGET) -> int:
    """Write the file, readable by its owner alone; an existing one stays as it is."""
    try:
        opened = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        print(f"{target} exists already and is kept: its data can only be read with it.")
        return 1
    with os.fdopen(opened, "w") as file:
        file.write("\n".join(lines()) + "\n")
    print(f"{target} is made. Keep it: without it the data of the containers cannot be read.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
