"""What crosses the wire about dataset versions and their files, apart from the tables."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from msgspec import Meta, Struct

from marketplace.catalog.datasets.models import FileState, StepName, StepState, VersionState

PARTS_AT_ONCE = 50

Number = Annotated[int, Meta(ge=1, le=10_000)]
Sha256 = Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]


class VersionIn(Struct, forbid_unknown_fields=True):
    """A new version; the note says what is new in it."""

    note: Annotated[str, Meta(max_length=1_000)] = ""


class FileIn(Struct, forbid_unknown_fields=True):
    """A file that will be sent: its name with folders, and its size [bytes]."""

    path: Annotated[str, Meta(min_length=1, max_length=1_000)]
    size_bytes: Annotated[int, Meta(ge=1)]


class PartWanted(Struct, forbid_unknown_fields=True):
    """A part that will be sent; with its hash the store refuses other bytes."""

    number: Number
    sha256: Sha256 | None = None


class PartsIn(Struct, forbid_unknown_fields=True):
    """The parts for which addresses are wanted."""

    parts: Annotated[list[PartWanted], Meta(min_length=1, max_length=PARTS_AT_ONCE)]


class PartAddress(Struct, frozen=True):
    """Where one part goes: send exactly these headers and ``size_bytes`` bytes by this method."""

    number: int
    first_byte: int
    size_bytes: int
    method: str
    url: str
    headers: dict[str, str]
    expires_at: datetime


class PartsOut(Struct, frozen=True):
    """The addresses of parts."""

    parts: list[PartAddress]


class StepOut(Struct, frozen=True):
    """One step of a file after its upload."""

    name: StepName
    state: StepState
    done_bytes: int
    attempt: int
    facts: dict[str, Any]
    started_at: datetime | None
    ended_at: datetime | None


class FileOut(Struct, frozen=True):
    """A file as its seller sees it; ``received_parts`` are those the store holds while it is sent."""

    id: UUID
    path: str
    size_bytes: int
    state: FileState
    part_bytes: int
    part_count: int
    received_parts: list[int]
    sha256: str | None
    scanned_by: str | None
    steps: list[StepOut]
    findings: list[dict[str, Any]]
    created_at: datetime
    uploaded_at: datetime | None
    ready_at: datetime | None


class VersionOut(Struct, frozen=True):
    """A version with its files and, when it is ready, the report's head and what is between the files."""

    id: UUID
    product_id: UUID
    number: int
    state: VersionState
    note: str
    file_count: int
    size_bytes: int
    sha256: str | None
    grade: str | None
    blocker_count: int | None
    warning_count: int | None
    created_at: datetime
    closed_at: datetime | None
    ready_at: datetime | None
    published_at: datetime | None
    revoked_at: datetime | None
    revoked_reason: str | None
    revoked_by_operator: bool | None
    findings: list[dict[str, Any]]
    files: list[FileOut]


class VersionList(Struct, frozen=True):
    """The versions of a product, the newest first."""

    items: list[VersionOut]
