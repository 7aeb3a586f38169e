"""What a course is made of: films with captions, items to agree to, the text to sign. Plain data."""

import hashlib
import tomllib
from functools import cache
from pathlib import Path
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta, Struct

from marketplace.errors import Language

COURSES: Final = Path(__file__).parent / "courses"
FILMS: Final = COURSES / "films"
BASIC: Final = "basic"
Key = Annotated[str, Meta(pattern="^[a-z][a-z0-9-]{0,39}$", examples=["rights"])]
Title = Annotated[str, Meta(min_length=1, max_length=120)]
Sentence = Annotated[str, Meta(min_length=1, max_length=300)]
Text = Annotated[str, Meta(min_length=1, max_length=2_000)]


class Cue(Struct, frozen=True, forbid_unknown_fields=True):
    """What is said from a moment on, until the next cue [s]."""

    from_s: Annotated[float, Meta(ge=0)]
    ko: Sentence
    en: Sentence

    def text(self, language: Language) -> str:
        """Return the words in the language."""
        return self.ko if language == "ko" else self.en


class Film(Struct, frozen=True, forbid_unknown_fields=True):
    """A film without sound: its captions are its words."""

    key: Key
    title_ko: Title
    title_en: Title
    file: Annotated[str, Meta(pattern=r"^[a-z0-9-]+\.webm$")]
    duration_ms: Annotated[int, Meta(ge=1_000, le=3_600_000)]
    cues: Annotated[list[Cue], Meta(min_length=1, max_length=200)]

    def title(self, language: Language) -> str:
        """Return the title in the language."""
        return self.title_ko if language == "ko" else self.title_en

    def length_s(self, at: int) -> float:
        """Return how long a cue lasts [s]."""
        end = self.cues[at + 1].from_s if at + 1 < len(self.cues) else self.duration_ms / 1000
        return end - self.cues[at].from_s


class Item(Struct, frozen=True, forbid_unknown_fields=True):
    """A sentence of the checklist."""

    key: Key
    ko: Sentence
    en: Sentence

    def text(self, language: Language) -> str:
        """Return the sentence in the language."""
        return self.ko if language == "ko" else self.en


class CourseContent(Struct, frozen=True, forbid_unknown_fields=True):
    """One version of a course."""

    title_ko: Title
    title_en: Title
    sign_ko: Text
    sign_en: Text
    films: Annotated[list[Film], Meta(min_length=1, max_length=20)]
    items: Annotated[list[Item], Meta(min_length=1, max_length=50)]

    def title(self, language: Language) -> str:
        """Return the title in the language."""
        return self.title_ko if language == "ko" else self.title_en

    def film(self, key: str) -> Film | None:
        """Return a film by its key."""
        return next((film for film in self.films if film.key == key), None)


@cache
def shipped() -> CourseContent:
    """Return the course that ships."""
    told = tomllib.loads((COURSES / f"{BASIC}.toml").read_text(encoding="utf-8"))
    told["sign_ko"], told["sign_en"] = told["sign_ko"].strip(), told["sign_en"].strip()
    return msgspec.convert(told, CourseContent)


def sha256_of(text: str) -> str:
    """Return the hash that names a text, hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def captions(film: Film, language: Literal["ko", "en"]) -> str:
    """Return the captions of a film as WebVTT.

    Source:
        W3C WebVTT, 2019: header, then cues of two times and a text.
    """
    lines = ["WEBVTT", ""]
    for at, cue in enumerate(film.cues):
        end = cue.from_s + film.length_s(at)
        text = cue.text(language).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        lines += [f"{_moment(cue.from_s)} --> {_moment(end)}", text, ""]
    return "\n".join(lines)


def _moment(seconds: float) -> str:
    whole = int(seconds)
    return f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}.{int(seconds % 1 * 1000):03}"
