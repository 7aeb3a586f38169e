"""Films that the operator uploads: what a WebM says of itself, its captions in lines, where it lies.

The server reads only the length out of a film and never decodes it; browsers do, inside their own walls.
"""

import asyncio
import hashlib
import math
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

import msgspec

from marketplace.errors import StoreUnavailable, TooLarge
from marketplace.settings import Settings
from marketplace.training.content import FILMS, Cue, Film, shipped
from marketplace.training.errors import CaptionsWrong, FilmNotFound, FilmUnreadable
from storage.errors import ObjectMissing, StorageError
from storage.objects import Bucket, ObjectKey
from storage.ports import ObjectStore

EBML, SEGMENT, INFO = 0x1A45DFA3, 0x18538067, 0x1549A966
DOC_TYPE, SCALE, DURATION = 0x4282, 0x2AD7B1, 0x4489
SCALE_DEFAULT_NS: Final = 1_000_000
SHORTEST_MS, LONGEST_MS = 1_000, 3_600_000
LINES_MOST: Final = 200


@dataclass(frozen=True)
class FilmShelf:
    """Where uploaded films lie: the store and its private bucket."""

    store: ObjectStore
    bucket: Bucket

    async def keep(self, content: bytes, *, limit_bytes: int) -> tuple[str, int]:
        """Keep a film under its hash.

        Returns:
            Its file name and its length [ms].

        Raises:
            TooLarge: more than ``limit_bytes``
            FilmUnreadable: not a WebM that says how long it is
            StoreUnavailable: the store does not answer
        """
        if len(content) > limit_bytes:
            raise TooLarge(limit_bytes=limit_bytes)
        duration_ms = duration_of(content)
        file = f"{hashlib.sha256(content).hexdigest()}.webm"
        try:
            await asyncio.to_thread(
                self.store.put, self.bucket, _key(file), content, content_type="video/webm"
            )
        except StorageError as error:
            raise StoreUnavailable(retry_after_s=5) from error
        return file, duration_ms

    async def read(self, file: str) -> bytes:
        """Return a film that ships or was uploaded.

        Raises:
            FilmNotFound: neither
            StoreUnavailable: the store does not answer
        """
        if file in {film.file for film in shipped().films}:
            return await asyncio.to_thread(_shipped_film, file)
        try:
            return await asyncio.to_thread(self._all, file)
        except ObjectMissing as error:
            raise FilmNotFound from error
        except StorageError as error:
            raise StoreUnavailable(retry_after_s=5) from error

    def _all(self, file: str) -> bytes:
        return b"".join(self.store.read(self.bucket, _key(file)))


@cache
def _shipped_film(file: str) -> bytes:
    """Return one of the few small films of the package; a player asks for it in many ranges."""
    return (FILMS / file).read_bytes()


def film_shelf(settings: Settings, store: ObjectStore) -> FilmShelf:
    """Return where films lie."""
    return FilmShelf(store, Bucket(settings.bucket("private")))


def _key(file: str) -> ObjectKey:
    return ObjectKey(f"films/{file}")


def duration_of(content: bytes) -> int:
    """Return the length of a WebM [ms], as its segment information says.

    Raises:
        FilmUnreadable: not a WebM, damaged, without a length, or of a length out of bounds

    Source:
        RFC 8794 (EBML: element ids and sizes), RFC 9559 (Matroska: Segment, Info, Duration).
    """
    try:
        return _duration_of(content)
    except (IndexError, struct.error, OverflowError) as error:
        raise FilmUnreadable from error


def _duration_of(content: bytes) -> int:
    top = dict(_elements(content, 0, len(content)))
    header, segment = top.get(EBML), top.get(SEGMENT)
    if header is None or segment is None:
        raise FilmUnreadable
    if content[slice(*dict(_elements(content, *header)).get(DOC_TYPE, (0, 0)))] != b"webm":
        raise FilmUnreadable
    info = dict(_elements(content, *segment)).get(INFO)
    facts = dict(_elements(content, *info)) if info else {}
    if DURATION not in facts:
        raise FilmUnreadable
    scale_ns = int.from_bytes(content[slice(*facts[SCALE])]) if SCALE in facts else SCALE_DEFAULT_NS
    raw = content[slice(*facts[DURATION])]
    ticks = struct.unpack(">f" if len(raw) == 4 else ">d", raw)[0]
    duration_ms = ticks * scale_ns / 1e6
    if not math.isfinite(duration_ms) or not SHORTEST_MS <= duration_ms <= LONGEST_MS:
        raise FilmUnreadable
    return int(duration_ms)


def _elements(content: bytes, start: int, end: int) -> Iterator[tuple[int, tuple[int, int]]]:
    """Yield id and place of each child; an unknown size reaches to the parent's end."""
    while start < end:
        id_bytes = 9 - content[start].bit_length()
        element = int.from_bytes(content[start : start + id_bytes])
        start += id_bytes
        size_bytes = 9 - content[start].bit_length()
        if size_bytes > 8:
            return
        mask = (1 << (7 * size_bytes)) - 1
        size = int.from_bytes(content[start : start + size_bytes]) & mask
        start += size_bytes
        stop = end if size == mask else start + size
        yield element, (start, min(stop, end))
        start = stop


def lines_of(film: Film) -> str:
    """Return the captions as lines that a spreadsheet takes: second, Korean, English."""
    return "\n".join(f"{cue.from_s:g}\t{cue.ko}\t{cue.en}" for cue in film.cues)


def cues_of(lines: str, duration_ms: int) -> list[Cue]:
    """Read captions from lines of second, Korean and English, apart by a tab or ``|``.

    Raises:
        CaptionsWrong: names the first line that does not fit
    """
    cues: list[Cue] = []
    for number, line in enumerate(lines.split("\n"), start=1):
        if not line.strip():
            continue
        parts = [part.strip() for part in line.replace("\t", "|").split("|")]
        try:
            from_s, ko, en = parts
            cue = msgspec.convert({"from_s": float(from_s), "ko": ko, "en": en}, Cue)
        except ValueError as error:  # also msgspec's
            raise CaptionsWrong(line=number) from error
        if not math.isfinite(cue.from_s) or cue.from_s * 1000 >= duration_ms:
            raise CaptionsWrong(line=number)
        if cues and cue.from_s <= cues[-1].from_s:
            raise CaptionsWrong(line=number)
        cues.append(cue)
    if not cues or len(cues) > LINES_MOST:
        raise CaptionsWrong(line=len(cues))
    return cues
