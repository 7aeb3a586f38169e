"""What crosses the wire about the training."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

Point = tuple[Annotated[int, Meta(ge=0, le=1_000)], Annotated[int, Meta(ge=0, le=300)]]
Stroke = Annotated[list[Point], Meta(min_length=1, max_length=2_000)]
Strokes = Annotated[list[Stroke], Meta(max_length=200)]


class FilmOut(Struct, frozen=True):
    """A film and how far the person has watched it."""

    key: str
    title_ko: str
    title_en: str
    duration_ms: int
    watched_ms: int
    completed: bool


class ItemOut(Struct, frozen=True):
    """A sentence of the checklist and whether the person agreed."""

    key: str
    ko: str
    en: str
    agreed: bool


class CertificateOut(Struct, frozen=True):
    """What a signature gave."""

    number: str
    version: int
    signed_at: datetime


class TrainingOut(Struct, frozen=True, kw_only=True):
    """Where a person stands in the course in force."""

    title_ko: str
    title_en: str
    version: int
    films: list[FilmOut]
    items: list[ItemOut]
    sign_ko: str
    sign_en: str
    certificate: CertificateOut | None


class ProgressIn(Struct, forbid_unknown_fields=True):
    """Where the player is [ms]."""

    position_ms: Annotated[int, Meta(ge=0, le=3_600_000)]


class ProgressOut(Struct, frozen=True):
    """How far the film counts as watched [ms]; a report further ahead was cut to it."""

    watched_ms: int
    completed: bool


class SignatureIn(Struct, forbid_unknown_fields=True, kw_only=True):
    """A signature: the name, and lines of points in a box of 1000 by 300, or none and by typing."""

    typed_name: Annotated[str, Meta(min_length=1, max_length=80)]
    by_typing: bool = False
    strokes: Strokes = []


class VerifiedOut(Struct, frozen=True):
    """What anybody may know of a certificate; the name is masked."""

    certificate_number: str
    name: str
    organization: str
    title_ko: str
    title_en: str
    number: int
    signed_at: datetime
    in_force: bool
