"""Tables of a product's data: versions, their files, the steps of each file, and the report."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from marketplace.columns import choice, stamped


class VersionState(StrEnum):
    """Where a dataset version stands; it is immutable from ``ready`` on."""

    open = "open"
    processing = "processing"
    ready = "ready"
    blocked = "blocked"
    revoked = "revoked"
    abandoned = "abandoned"


class FileState(StrEnum):
    """Where one file stands between the browser and its place in the store."""

    waiting = "waiting"
    uploading = "uploading"
    uploaded = "uploaded"
    processing = "processing"
    ready = "ready"
    blocked = "blocked"
    failed = "failed"
    removed = "removed"


class StepName(StrEnum):
    """The steps of a file after its upload, in their order."""

    hash = "hash"
    malware = "malware"
    examine = "examine"
    store = "store"


class StepState(StrEnum):
    """How a step stands; ``skipped`` is shown with its reason, never silent."""

    waiting = "waiting"
    running = "running"
    done = "done"
    skipped = "skipped"
    blocked = "blocked"
    failed = "failed"


class DatasetVersion(SQLModel, table=True):
    """One immutable upload of a product's files (데이터셋 판); a purchase is of one version.

    ``sha256`` is the hash of the sorted list of the files' names and hashes. ``published_at`` is when it was
    first approved: from then on everybody knows of it. ``revoked_reason`` is public.
    """

    __tablename__ = "dataset_version"
    __table_args__ = (
        UniqueConstraint("product_id", "number", name="uq_dataset_version_number"),
        Index(
            "uq_dataset_version_open",
            "product_id",
            unique=True,
            postgresql_where=text("state in ('open', 'processing', 'blocked')"),
        ),
        CheckConstraint("number >= 1", name="number"),
        CheckConstraint(
            "(state = 'revoked') = (revoked_reason is not null)", name="revoked_has_reason"
        ),
        CheckConstraint(
            "(state = 'revoked') = (revoked_at is not null) and"
            " (state = 'revoked') = (revoked_by_operator is not null)",
            name="revoked_is_told",
        ),
        CheckConstraint(
            "state not in ('ready', 'revoked') or (ready_at is not null and sha256 is not null)",
            name="ready_is_hashed",
        ),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    product_id: UUID = Field(sa_column_args=[ForeignKey("product.id")])
    organization_id: UUID = Field(sa_column_args=[ForeignKey("organization.id")])
    number: int
    state: VersionState = Field(default=VersionState.open, sa_type=choice(VersionState, "state"))
    note: str = Field(default="", max_length=1000)
    file_count: int = 0
    size_bytes: int = Field(default=0, sa_type=BigInteger)
    sha256: str | None = Field(default=None, max_length=64)
    revoked_reason: str | None = Field(default=None, max_length=1000)
    created_by: UUID = Field(sa_column_args=[ForeignKey("user_account.id")])
    created_at: datetime | None = Field(default=None, nullable=False, sa_column_kwargs=stamped())
    closed_at: datetime | None = None
    ready_at: datetime | None = None
    published_at: datetime | None = None
    revoked_at: datetime | None = None
    revoked_by_operator: bool | None = None


class DataFile(SQLModel, table=True):
    """One file of a version: the name people gave it, and the keys that the server made.

    ``path`` is the folder and name as shown, composed (NFC), separated by ``/``; the store never sees
    it. Uploads go to ``uploads/{id}`` in the quarantine; ``object_key`` is content-addressed and set when
    the bytes lie there. ``scanned_by`` names the malware scanner and its signatures; none means not scanned.
    """

    __tablename__ = "data_file"
    __table_args__ = (
        Index(
            "uq_data_file_path",
            "version_id",
            "path",
            unique=True,
            postgresql_where=text("state <> 'removed'"),
        ),
        Index("ix_data_file_organization_id_state", "organization_id", "state"),
        CheckConstraint("size_bytes > 0", name="size_bytes"),
        CheckConstraint("part_bytes > 0", name="part_bytes"),
        CheckConstraint(
            "state <> 'ready' or (sha256 is not null and object_key is not null)",
            name="ready_is_hashed",
        ),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    version_id: UUID = Field(sa_column_args=[ForeignKey("dataset_version.id")])
    organization_id: UUID = Field(sa_column_args=[ForeignKey("organization.id")])
    position: int
    path: str = Field(max_length=500)
    size_bytes: int = Field(sa_type=BigInteger)
    state: FileState = Field(default=FileState.waiting, sa_type=choice(FileState, "state"))
    part_bytes: int = Field(sa_type=BigInteger)
    upload_id: str | None = Field(default=None, max_length=500)
    sha256: str | None = Field(default=None, max_length=64)
    object_key: str | None = Field(default=None, max_length=200)
    report: dict[str, Any] | None = Field(default=None, sa_type=JSONB)
    scanned_by: str | None = Field(default=None, max_length=200)
    created_by: UUID = Field(sa_column_args=[ForeignKey("user_account.id")])
    created_at: datetime | None = Field(default=None, nullable=False, sa_column_kwargs=stamped())
    uploaded_at: datetime | None = None
    ready_at: datetime | None = None
    swept_at: datetime | None = None


class FileStep(SQLModel, table=True):
    """One step of a file: pages show it live, and a worker that died is known by its start."""

    __tablename__ = "file_step"
    __table_args__ = (
        CheckConstraint("done_bytes >= 0", name="done_bytes"),
        Index("ix_file_step_organization_id", "organization_id"),
    )

    file_id: UUID = Field(primary_key=True, sa_column_args=[ForeignKey("data_file.id")])
    name: StepName = Field(primary_key=True, sa_type=choice(StepName, "name"))
    organization_id: UUID = Field(sa_column_args=[ForeignKey("organization.id")])
    state: StepState = Field(default=StepState.waiting, sa_type=choice(StepState, "state"))
    done_bytes: int = Field(default=0, sa_type=BigInteger)
    attempt: int = 0
    facts: dict[str, Any] = Field(default_factory=dict, sa_type=JSONB)
    started_at: datetime | None = None
    ended_at: datetime | None = None


class FilePreview(SQLModel, table=True):
    """The first rows of a file, for its seller and the operator alone: they are what is sold."""

    __tablename__ = "file_preview"

    file_id: UUID = Field(primary_key=True, sa_column_args=[ForeignKey("data_file.id")])
    organization_id: UUID = Field(sa_column_args=[ForeignKey("organization.id")])
    tables: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSONB)


class QualityKey(SQLModel, table=True):
    """The public half of a key that signs or signed certificates; everybody reads it, none is ever deleted."""

    __tablename__ = "quality_key"
    __table_args__ = (
        CheckConstraint("valid_until > valid_from", name="valid"),
        CheckConstraint(
            "(revoked_at is null) = (revoked_reason is null)", name="revoked_has_reason"
        ),
    )

    id: str = Field(primary_key=True, max_length=32)
    public_key: str = Field(max_length=44)
    valid_from: datetime
    valid_until: datetime | None = None
    revoked_at: datetime | None = None
    revoked_reason: str | None = Field(default=None, max_length=1000)


class QualityCertificate(SQLModel, table=True):
    """A signed report of a version, byte for byte as it is given out; public with the version.

    Each report has its own: one that took the place of another does not end the other's certificate.
    """

    __tablename__ = "quality_certificate"
    __table_args__ = (Index("ix_quality_certificate_organization_id", "organization_id"),)

    version_id: UUID = Field(primary_key=True, sa_column_args=[ForeignKey("dataset_version.id")])
    organization_id: UUID = Field(sa_column_args=[ForeignKey("organization.id")])
    report_sha256: str = Field(primary_key=True, max_length=64)
    key_id: str = Field(max_length=32, sa_column_args=[ForeignKey("quality_key.id")])
    content: str
    issued_at: datetime


class QualityReport(SQLModel, table=True):
    """The newest report on a version, as the engine made it; public with the product (decision 0035)."""

    __tablename__ = "quality_report"
    __table_args__ = (
        CheckConstraint("grade in ('A', 'B', 'C', 'D', '-')", name="grade"),
        CheckConstraint("blocker_count >= 0 and warning_count >= 0", name="counts"),
    )

    version_id: UUID = Field(primary_key=True, sa_column_args=[ForeignKey("dataset_version.id")])
    organization_id: UUID = Field(sa_column_args=[ForeignKey("organization.id")])
    engine: str = Field(max_length=80)
    grade: str = Field(max_length=1)
    blocker_count: int
    warning_count: int
    row_count: int = Field(sa_type=BigInteger)
    report: dict[str, Any] = Field(sa_type=JSONB)
    sha256: str = Field(max_length=64)
    made_at: datetime | None = Field(default=None, nullable=False, sa_column_kwargs=stamped())
