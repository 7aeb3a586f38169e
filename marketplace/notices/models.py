"""Tables of notices, of muted kinds and of mail waiting to leave."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from marketplace.columns import stamped


class Notice(SQLModel, table=True):
    """Something that happened which a person should know; read in the exchange."""

    __tablename__ = "notice"
    __table_args__ = (
        Index("ix_notice_user_id_unread", "user_id", postgresql_where=text("read_at is null")),
        Index("ix_notice_user_id_created_at", "user_id", "created_at"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    user_id: UUID = Field(sa_column_args=[ForeignKey("user_account.id")])
    kind: str = Field(max_length=60)
    link: str = Field(default="", max_length=300)
    facts: dict[str, Any] = Field(default_factory=dict, sa_type=JSONB)
    created_at: datetime | None = Field(default=None, nullable=False, sa_column_kwargs=stamped())
    read_at: datetime | None = None


class MutedNotice(SQLModel, table=True):
    """That a person does not want mail of a kind; the notice in the exchange stays."""

    __tablename__ = "muted_notice"

    user_id: UUID = Field(primary_key=True, sa_column_args=[ForeignKey("user_account.id")])
    kind: str = Field(primary_key=True, max_length=60)


class Mail(SQLModel, table=True):
    """A mail that leaves after the transaction; ``id`` is its Message-ID, so it is one mail.

    ``body`` of a ``secret`` mail holds an address with a secret and is emptied once it was sent.
    """

    __tablename__ = "mail"
    __table_args__ = (
        CheckConstraint("tries >= 0", name="tries"),
        CheckConstraint("language in ('ko', 'en')", name="language"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    user_id: UUID | None = Field(
        default=None, index=True, sa_column_args=[ForeignKey("user_account.id")]
    )
    email: str = Field(max_length=254)
    subject: str = Field(max_length=200)
    body: str = Field(sa_type=Text)
    link: str = Field(default="", max_length=300)
    language: str = Field(default="ko", max_length=2)
    mutable: bool = True
    secret: bool = False
    created_at: datetime | None = Field(default=None, nullable=False, sa_column_kwargs=stamped())
    tries: int = Field(default=0)
    sent_at: datetime | None = None
    given_up_at: datetime | None = None
    last_error: str | None = Field(default=None, max_length=300)
