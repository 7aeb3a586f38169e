"""All settings, read once. Functions get the narrow value they need, never this object.

Sources, first wins: the environment (``MARKETPLACE_*``), the file ``.env`` of the working
directory, and in sandbox ``<data_dir>/settings.env``, which the supervisor writes once.
"""

import os
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from marketplace.errors import ConfigurationError
from marketplace.quality_rules import read_rules
from marketplace.signing import SigningRing

PREFIX = "MARKETPLACE_"
GENERATED = "settings.env"
# The buckets of the exchange; their full names begin with the setting's prefix.
BUCKETS = ("private", "quarantine", "published")
MAIL_SCHEMES = {"smtp", "smtps", "smtp+starttls"}
PAY_METHODS = ("card", "transfer", "virtual_account", "kakaopay", "naverpay", "tosspay")
LOOPBACK = {"127.0.0.1", "localhost", "::1"}


class Settings(BaseSettings):
    """The settings of one process."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_file_encoding="utf-8", extra="forbid", frozen=True
    )

    env: Literal["sandbox", "production"] = "sandbox"
    data_dir: Path = Path("var")
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=1, le=65535)
    public_url: str = ""
    trusted_proxies: list[str] = []

    database_url: SecretStr
    database_owner_url: SecretStr | None = None
    database_backup_url: SecretStr | None = None
    database_pool_size: int = Field(default=12, ge=1, le=100)

    s3_endpoint: str
    s3_public_url: str = ""
    s3_region: str = "us-east-1"
    s3_access_key: SecretStr
    s3_secret_key: SecretStr
    s3_bucket_prefix: str = "mdx"

    session_key: SecretStr
    encryption_keys: SecretStr
    signing_keys: SecretStr | None = None
    metrics_token: SecretStr | None = None

    smtp_url: SecretStr | None = None
    mail_from: str = Field(default="exchange@localhost", pattern=r"^[^\s@<>,;]+@[^\s@<>,;]+$")
    registry_key: SecretStr | None = None
    quality_rules: Path | None = None
    clamav_address: str = Field(default="", pattern=r"^(|/.+|[^/\s]+:\d{1,5})$")
    clamav_file_limit_bytes: int = Field(default=100 * 1024**2, ge=1, le=2 * 1024**3 - 1)

    pay_card_gateway: str = "sandbox"
    pay_transfer_gateway: str = "sandbox"
    pay_virtual_account_gateway: str = "sandbox"
    pay_kakaopay_gateway: str = ""
    pay_naverpay_gateway: str = ""
    pay_tosspay_gateway: str = ""
    pay_transfer_limit_won: int = Field(default=10_000_000, ge=1)
    stripe_secret_key: SecretStr | None = None
    stripe_webhook_secrets: SecretStr = SecretStr("")
    stripe_method_types: list[str] = ["card"]
    stripe_base_url: str = ""
    portone_api_secret: SecretStr | None = None
    portone_store_id: str = ""
    portone_channel_keys: dict[str, str] = {}
    portone_webhook_secrets: SecretStr = SecretStr("")
    toss_client_key: str = ""
    toss_secret_key: SecretStr | None = None
    tax_invoice_provider: Literal["local", "popbill"] = "local"
    tax_invoice_issuer: Literal["exchange", "seller"] = "exchange"
    popbill_link_id: str = ""
    popbill_secret_key: SecretStr | None = None
    popbill_test: bool = False

    sign_in_limit: int = Field(default=0, ge=0)
    session_idle_s: int = Field(default=1_800, ge=60)
    session_absolute_s: int = Field(default=43_200, ge=60)
    session_absolute_staff_s: int = Field(default=28_800, ge=60)
    bank_account_hold_s: int = Field(default=3 * 86_400, ge=0)
    json_limit_bytes: int = Field(default=1_048_576, ge=1_024)
    form_limit_bytes: int = Field(default=2_097_152, ge=1_024)
    document_limit_bytes: int = Field(default=10_485_760, ge=1_024)
    upload_file_limit_bytes: int = Field(default=20 * 1024**3, ge=1_024)
    upload_files_most: int = Field(default=200, ge=1, le=10_000)
    upload_organization_limit_bytes: int = Field(default=100 * 1024**3, ge=1_024)
    quality_memory_bytes: int = Field(default=1024**3, ge=512 * 1024**2)
    quality_suite_memory_bytes: int = Field(default=5 * 1024**3 // 2, ge=1024**3)
    quality_cpu_s: int = Field(default=60, ge=10)
    quality_cpu_s_per_gb: int = Field(default=120, ge=10)
    saved_searches_most: int = Field(default=30, ge=1, le=1_000)
    cart_products_most: int = Field(default=50, ge=1, le=1_000)
    quotation_valid_days: int = Field(default=30, ge=1, le=365)
    order_expires_h: int = Field(default=24, ge=1, le=720)
    order_deposit_days: int = Field(default=3, ge=1, le=30)
    acceptance_days: int = Field(default=7, ge=0, le=90)
    orders_need_training: bool = False
    refund_second_person_won: int = Field(default=1_000_000, ge=0, le=10**12)
    orders_open_most: int = Field(default=50, ge=1, le=10_000)
    settlement_fee_bps: int = Field(default=500, ge=0, le=5_000)
    settlement_fee_base: Literal["supply", "total"] = "supply"
    settlement_day: int = Field(default=5, ge=1, le=28)
    settlement_least_won: int = Field(default=10_000, ge=1)
    settlement_hold_days: int = Field(default=0, ge=0, le=90)
    settlement_statement_columns: list[str] = ["거래일자", "출금액", "적요"]
    wanted_open_most: int = Field(default=10, ge=1, le=1_000)
    wanted_days_most: int = Field(default=180, ge=1, le=3_650)
    wanted_messages_most: int = Field(default=200, ge=2, le=10_000)
    wanted_remind_days: int = Field(default=3, ge=1, le=60)
    web_workers: int = Field(default=1, ge=1, le=64)
    worker_concurrency: int = Field(default=4, ge=1, le=64)
    worker_heartbeat_s: float = Field(default=2.0, ge=0.1, le=60)
    worker_lease_s: float = Field(default=10.0, ge=0.5, le=600)
    docs_page: bool | None = None
    log_format: Literal["text", "json"] | None = None
    request_limit_per_s: int = Field(default=0, ge=0)

    operator_name: str = "제조데이터 거래소 (시험 환경)"
    operator_representative: str = "대표자 미정"
    operator_business_number: str = "000-00-00000"
    operator_mail_order_number: str = "제0000-시험-0000호"
    operator_address: str = "주소 미정"
    operator_phone: str = "000-0000-0000"
    operator_email: str = "help@localhost"

    @model_validator(mode="after")
    def _fill_and_check(self) -> "Settings":
        if not self.public_url:
            object.__setattr__(self, "public_url", f"http://{self.host}:{self.port}")
        if not self.s3_public_url:
            object.__setattr__(self, "s3_public_url", self.s3_endpoint)
        if self.smtp_url is not None and _scheme_of(self.smtp_url) not in MAIL_SCHEMES:
            raise ValueError("smtp_url must begin with smtps://, smtp+starttls:// or smtp://")
        if self.docs_page is None:
            object.__setattr__(self, "docs_page", self.sandbox)
        if self.sign_in_limit == 0:
            object.__setattr__(self, "sign_in_limit", 100 if self.sandbox else 10)
        if self.worker_lease_s < 3 * self.worker_heartbeat_s:
            raise ValueError("worker_lease_s must be at least three times worker_heartbeat_s")
        if not self.secure and urlsplit(self.public_url).hostname not in LOOPBACK:
            raise ValueError("public_url must be https unless it is a loopback address")
        return self

    @model_validator(mode="after")
    def _check_gateways(self) -> "Settings":
        """Refuse a gateway that is unknown or has no keys."""
        keys = {
            "stripe": self.stripe_secret_key,
            "portone": self.portone_api_secret,
            "toss": self.toss_secret_key,
        }
        for method in PAY_METHODS:
            name = getattr(self, f"pay_{method}_gateway")
            if name in {"", "sandbox"}:
                continue
            if name not in keys:
                raise ValueError(f"pay_{method}_gateway: there is no gateway {name}")
            if keys[name] is None:
                raise ValueError(f"pay_{method}_gateway: the key of {name} is not set")
        return self

    @model_validator(mode="after")
    def _check_tax_invoices(self) -> "Settings":
        if self.tax_invoice_provider == "popbill":
            if not self.popbill_link_id or self.popbill_secret_key is None:
                raise ValueError("tax_invoice_provider: the keys of popbill are not set")
            if self.tax_invoice_issuer != "exchange":
                raise ValueError("tax_invoice_issuer: popbill issues for the exchange alone")
        return self

    @model_validator(mode="after")
    def _fill_by_environment(self) -> "Settings":
        if self.log_format is None:
            object.__setattr__(self, "log_format", "text" if self.sandbox else "json")
        if self.request_limit_per_s == 0 and not self.sandbox:
            object.__setattr__(self, "request_limit_per_s", 100)
        return self

    def bucket(self, name: str) -> str:
        """Return the full name of one of ``BUCKETS``."""
        assert name in BUCKETS, f"{name} is none of our buckets"
        return f"{self.s3_bucket_prefix}-{name}"

    @property
    def sandbox(self) -> bool:
        """Whether stand-ins for outside companies are used and the ribbon is shown."""
        return self.env == "sandbox"

    @property
    def secure(self) -> bool:
        """Whether people reach the exchange over https, which decides the cookies' form."""
        return self.public_url.startswith("https://")


def unsafe_settings(settings: Settings) -> list[str]:
    """Return what must not be in production, one sentence in English each; empty when safe."""
    found: list[str] = []
    if not settings.secure:
        found.append("public_url is not https")
    if settings.smtp_url is None:
        found.append("smtp_url is not set, mail would go into a folder")
    elif _scheme_of(settings.smtp_url) == "smtp" and _host_of(settings.smtp_url) not in LOOPBACK:
        found.append("smtp_url is not encrypted: take smtps:// or smtp+starttls://")
    if settings.signing_keys is None:
        found.append("signing_keys is not set, quality reports would not be signed")
    if settings.registry_key is None:
        found.append("registry_key is not set, the sandbox registry would answer")
    for name in ("session_key", "encryption_keys", "s3_secret_key"):
        value: SecretStr = getattr(settings, name)
        if len(value.get_secret_value()) < 32:
            found.append(f"{name} is shorter than 32 characters")
    found.extend(
        f"pay_{method}_gateway is sandbox"
        for method in PAY_METHODS
        if getattr(settings, f"pay_{method}_gateway") == "sandbox"
    )
    found.extend(_unsafe_tax_invoices(settings))
    found.extend(
        f"{name} still has its placeholder"
        for name in ("operator_representative", "operator_address", "operator_business_number")
        if getattr(settings, name) == Settings.model_fields[name].default
    )
    return found


def _unsafe_tax_invoices(settings: Settings) -> list[str]:
    found: list[str] = []
    if settings.tax_invoice_provider == "local":
        found.append("tax_invoice_provider is local, no invoice would reach the tax office")
    if settings.popbill_test:
        found.append("popbill_test is on, no invoice would reach the tax office")
    return found


def libpq_url(url: SecretStr) -> str:
    """Return a database's address as psycopg takes it without SQLAlchemy."""
    return url.get_secret_value().replace("postgresql+psycopg://", "postgresql://", 1)


def _scheme_of(url: SecretStr) -> str:
    return urlsplit(url.get_secret_value()).scheme


def _host_of(url: SecretStr) -> str | None:
    return urlsplit(url.get_secret_value()).hostname


def load_settings(data_dir: Path | None = None) -> Settings:
    """Read the settings of this process.

    Args:
        data_dir: the folder with the data; the environment's, else ``var``

    Raises:
        ConfigurationError: a value is missing, wrong, or not allowed in production
    """
    folder = data_dir or Path(os.environ.get(f"{PREFIX}DATA_DIR", "var"))
    production = os.environ.get(f"{PREFIX}ENV", "sandbox") == "production"
    files = [Path(".env")] if production else [folder / GENERATED, Path(".env")]
    try:
        settings = Settings(
            _env_file=[file for file in files if file.exists()],
            **({"data_dir": folder} if data_dir else {}),  # type: ignore[arg-type]
        )
    except ValidationError as error:
        raise ConfigurationError(reason=_first_reason(error)) from error
    unsafe = [] if settings.sandbox else unsafe_settings(settings)
    if unsafe:
        raise ConfigurationError(reason="; ".join(unsafe))
    if settings.signing_keys is not None:
        SigningRing.parse(settings.signing_keys.get_secret_value())
    read_rules(settings.quality_rules)
    return settings


def _first_reason(error: ValidationError) -> str:
    parts = []
    for item in error.errors(include_url=False, include_input=False):
        name = PREFIX + "_".join(str(part) for part in item["loc"]).upper()
        parts.append(f"{name}: {item['msg']}" if item["loc"] else item["msg"])
    return "; ".join(parts)
