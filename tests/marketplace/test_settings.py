"""Settings: what is written down, what is generated, and what production refuses."""

from pathlib import Path
from typing import Any

import pytest

from marketplace.errors import ConfigurationError
from marketplace.settings import PREFIX, Settings, load_settings

ROOT = Path(__file__).resolve().parents[2]
GOOD: dict[str, str] = {
    "DATABASE_URL": "postgresql+psycopg://marketplace_app:x@127.0.0.1/marketplace",
    "S3_ENDPOINT": "http://127.0.0.1:8333",
    "S3_ACCESS_KEY": "access",
    "S3_SECRET_KEY": "s" * 40,
    "SESSION_KEY": "k" * 40,
    "ENCRYPTION_KEYS": "k1:" + "A" * 43 + "=",
    "SIGNING_KEYS": "2026-01-01:" + "A" * 43 + "=",
}
PRODUCTION: dict[str, str] = {
    **GOOD,
    "ENV": "production",
    "PUBLIC_URL": "https://exchange.example.org",
    "SMTP_URL": "smtps://mail.example.org",
    "REGISTRY_KEY": "registry-key",
    "PAY_CARD_GATEWAY": "stripe",
    "PAY_TRANSFER_GATEWAY": "portone",
    "PAY_VIRTUAL_ACCOUNT_GATEWAY": "portone",
    "STRIPE_SECRET_KEY": "key-of-stripe",
    "PORTONE_API_SECRET": "secret-of-portone",
    "TAX_INVOICE_PROVIDER": "popbill",
    "POPBILL_LINK_ID": "link",
    "POPBILL_SECRET_KEY": "a2V5",
    "OPERATOR_REPRESENTATIVE": "가상인",
    "OPERATOR_ADDRESS": "가상시 견본로 1",
    "OPERATOR_BUSINESS_NUMBER": "000-81-00000",
}


def set_environment(monkeypatch: pytest.MonkeyPatch, values: dict[str, str]) -> None:
    for name, value in values.items():
        monkeypatch.setenv(PREFIX + name, value)


def test_the_example_names_every_setting_and_no_other() -> None:
    lines = (ROOT / ".env.example").read_text().splitlines()
    named = {
        line.lstrip("#").split("=")[0].removeprefix(PREFIX).lower()
        for line in lines
        if line.lstrip("#").startswith(PREFIX)
    }
    assert named == set(Settings.model_fields)


def test_generated_values_are_read_and_the_environment_wins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    lines = [f"{PREFIX}{name}={value}" for name, value in GOOD.items()]
    (tmp_path / "settings.env").write_text("\n".join(lines))
    monkeypatch.setenv(f"{PREFIX}S3_ACCESS_KEY", "from-the-environment")

    settings = load_settings(tmp_path)

    assert settings.s3_access_key.get_secret_value() == "from-the-environment"
    assert settings.session_key.get_secret_value() == "k" * 40
    assert settings.public_url == "http://127.0.0.1:8000"


def test_production_starts_with_everything_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    set_environment(monkeypatch, PRODUCTION)
    settings = load_settings()

    assert settings.secure
    assert settings.sign_in_limit == 10


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"PUBLIC_URL": "http://127.0.0.1:8000"}, "public_url is not https"),
        ({"PUBLIC_URL": "http://exchange.example.org"}, "https unless it is a loopback"),
        ({"SMTP_URL": None}, "smtp_url"),
        ({"SMTP_URL": "smtp://mail.example.org"}, "not encrypted"),
        ({"SMTP_URL": "http://mail.example.org"}, "smtp_url must begin with"),
        ({"MAIL_FROM": "a@example.org, b@example.org"}, "MAIL_FROM"),
        ({"REGISTRY_KEY": None}, "registry_key"),
        ({"SESSION_KEY": "short"}, "session_key"),
        ({"SIGNING_KEYS": None}, "signing_keys is not set"),
        ({"SIGNING_KEYS": "k1:" + "A" * 43 + "="}, "signing_keys: entry 1"),
        ({"TAX_INVOICE_PROVIDER": None}, "tax_invoice_provider is local"),
        ({"POPBILL_SECRET_KEY": None}, "keys of popbill"),
        ({"POPBILL_TEST": "true"}, "popbill_test is on"),
        ({"TAX_INVOICE_ISSUER": "seller"}, "popbill issues for the exchange alone"),
        ({"OPERATOR_ADDRESS": None}, "operator_address"),
        ({"DATABASE_URL": None}, "MARKETPLACE_DATABASE_URL"),
    ],
)
def test_production_refuses_what_is_unsafe(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: dict[str, Any], reason: str
) -> None:
    monkeypatch.chdir(tmp_path)
    values = {**PRODUCTION, **change}
    set_environment(monkeypatch, {name: value for name, value in values.items() if value})
    with pytest.raises(ConfigurationError, match=reason):
        load_settings()


def test_production_never_reads_generated_secrets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    set_environment(monkeypatch, {k: v for k, v in PRODUCTION.items() if k != "SESSION_KEY"})
    (tmp_path / "settings.env").write_text(f"{PREFIX}SESSION_KEY={'g' * 40}\n")
    with pytest.raises(ConfigurationError, match="MARKETPLACE_SESSION_KEY"):
        load_settings(tmp_path)


@pytest.mark.parametrize(
    ("name", "reason"),
    [("nobody", "there is no gateway nobody"), ("toss", "the key of toss is not set")],
)
def test_a_way_to_pay_names_a_gateway_with_keys(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, reason: str
) -> None:
    monkeypatch.chdir(tmp_path)
    set_environment(monkeypatch, GOOD | {"PAY_CARD_GATEWAY": name})

    with pytest.raises(ConfigurationError, match=reason):
        load_settings(tmp_path)
