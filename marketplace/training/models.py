"""Tables of the training: versions of courses, who watched how far, who agreed and signed."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from marketplace.columns import stamped


class CourseVersion(SQLModel, table=True):
    """A version of a course: being written until it is published, unchanged from then on.

    ``content`` is a ``CourseContent``; the newest published version is the one in force.
    """

    __tablename__ = "course_version"
    __table_args__ = (
        UniqueConstraint("course", "number", name="uq_course_version_number"),
        Index(
            "uq_course_version_draft",
            "course",
            unique=True,
            postgresql_where=text("published_at is null"),
        ),
        CheckConstraint("number >= 1", name="number"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    course: str = Field(max_length=40)
    number: int
    content: dict[str, Any] = Field(sa_type=JSONB)
    created_by: UUID | None = Field(default=None, sa_column_args=[ForeignKey("user_account.id")])
    created_at: datetime | None = Field(default=None, nullable=False, sa_column_kwargs=stamped())
    published_at: datetime | None = None
    published_by: UUID | None = Field(default=None, sa_column_args=[ForeignKey("user_account.id")])


class FilmWatch(SQLModel, table=True):
    """How far a person has watched a film; ``reported_at`` is the clock that credit is counted by."""

    __tablename__ = "film_watch"
    __table_args__ = (CheckConstraint("watched_ms >= 0", name="watched_ms"),)

    user_id: UUID = Field(primary_key=True, sa_column_args=[ForeignKey("user_account.id")])
    version_id: UUID = Field(primary_key=True, sa_column_args=[ForeignKey("course_version.id")])
    film: str = Field(primary_key=True, max_length=40)
    watched_ms: int = 0
    begun_at: datetime
    reported_at: datetime
    completed_at: datetime | None = None


class ItemAgreement(SQLModel, table=True):
    """That a person agreed to an item of the checklist, one by one."""

    __tablename__ = "item_agreement"

    user_id: UUID = Field(primary_key=True, sa_column_args=[ForeignKey("user_account.id")])
    version_id: UUID = Field(primary_key=True, sa_column_args=[ForeignKey("course_version.id")])
    item: str = Field(primary_key=True, max_length=40)
    at: datetime | None = Field(default=None, nullable=False, sa_column_kwargs=stamped())


class TrainingSignature(SQLModel, table=True):
    """A signature under a course, and the certificate that it gives. Append-only.

    ``strokes`` are lines of points in a box of 1000 by 300; none where the person signed by typing.
    ``signed_text`` is the exact text that was shown.
    """

    __tablename__ = "training_signature"
    __table_args__ = (
        UniqueConstraint("user_id", "version_id", name="uq_training_signature_once"),
        UniqueConstraint("certificate_number", name="uq_training_signature_number"),
        Index("ix_training_signature_organization_id", "organization_id"),
        CheckConstraint("by_typing = (strokes is null)", name="drawn_or_typed"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    user_id: UUID = Field(sa_column_args=[ForeignKey("user_account.id")])
    organization_id: UUID = Field(sa_column_args=[ForeignKey("organization.id")])
    version_id: UUID = Field(sa_column_args=[ForeignKey("course_version.id")])
    certificate_number: str = Field(max_length=20)
    typed_name: str = Field(max_length=80)
    by_typing: bool
    strokes: list[Any] | None = Field(default=None, sa_type=JSONB(none_as_null=True))
    signed_text: str = Field(sa_type=Text)
    text_sha256: str = Field(max_length=64)
    address: str = Field(max_length=60)
    signed_at: datetime | None = Field(default=None, nullable=False, sa_column_kwargs=stamped())
