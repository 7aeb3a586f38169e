"""What crosses the wire about samples, and the shape that is kept with the product's content."""

from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

CHOICE_ROWS_MAX = 200
SAMPLE_ROWS_MAX = 50


class SampleIn(Struct, forbid_unknown_fields=True):
    """Rows of a table of the draft's data, counted from 1; of the first 200."""

    revision: int
    file_id: UUID
    table: Annotated[str, Meta(max_length=1_000)]
    first_row: Annotated[int, Meta(ge=1, le=CHOICE_ROWS_MAX)]
    row_count: Annotated[int, Meta(ge=1, le=SAMPLE_ROWS_MAX)]


class RevisionIn(Struct, forbid_unknown_fields=True):
    """The revision of the draft that was shown."""

    revision: int


class Sample(Struct, frozen=True):
    """Rows as text, as they stand in the file; of version ``version_id`` of the dataset."""

    version_id: UUID
    file_id: UUID
    file: str
    table: str
    first_row: int
    columns: list[str]
    rows: list[list[str]]
