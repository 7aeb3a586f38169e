"""What lies in a ZIP: tables, images, notes beside them, and what may not be there."""

import io
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from quality.findings import Refused, found, refuse
from quality.gate import archives, biff, workbooks
from quality.gate.kinds import ARCHIVES, HEAD_BYTES, IMAGES, KIND_OF, by_content
from quality.limits import MIB, Limits
from quality.report import Finding, Member
from quality.sources import Source

# A text beside images that is shorter is a note or a list of boxes, and no table.
NOTE_BYTES: Final = 64 * 1024
# What must be read with seeks lies in memory meanwhile.
BOOK_BYTES: Final = 256 * MIB
LISTED_MAX: Final = 2_000


def members(archive: Source, limits: Limits, unpacked_bytes: int | None = None) -> list[Source]:
    """Return the members of an archive of tables and images.

    Args:
        unpacked_bytes: as it was counted before; then they are not unpacked once more to be counted

    Raises:
        Refused: the archive is not as it says
    """
    return archives.members(archive, limits, most=limits.members_max, unpacked_bytes=unpacked_bytes)


def is_image(source: Source) -> bool:
    """Whether a member is named as an image."""
    return source.extension in IMAGES


def is_table(source: Source, *, beside_images: bool) -> bool:
    """Whether a member is read as a table.

    Args:
        beside_images: a JSON beside images describes them, and is no table
    """
    if not source.size_bytes or KIND_OF.get(source.extension) in (None, "zip", "gz"):
        return False
    if source.extension == "txt":
        return source.size_bytes >= NOTE_BYTES
    return source.extension != "json" or not beside_images


class Contents(Struct, frozen=True):
    """What an archive holds: the members that are listed, how many images, what was found, how large it is."""

    members: tuple[Member, ...]
    image_count: int
    findings: tuple[Finding, ...]
    unpacked_bytes: int


def look_into(archive: Source, limits: Limits) -> Contents:
    """Return the contents of an archive, after a look at what each member is.

    Raises:
        Refused: a member that may not be there, too many, or nothing of use
    """
    sources = members(archive, limits)
    images = [source for source in sources if is_image(source)]
    tables = [source for source in sources if is_table(source, beside_images=bool(images))]
    for kind, most in ((tables, limits.tables_max), (images, limits.images_max)):
        if len(kind) > most:
            raise refuse("ARCHIVE_MEMBERS", most=f"{most:,}")
    for source in sources:
        _refuse_content(source, limits)
    if not tables and not images:
        raise refuse("ARCHIVE_NO_DATA")
    findings = [one for table in tables for one in _book_findings(table, limits)]
    if len(sources) > LISTED_MAX:
        findings.append(found("REPORT_CUT"))
    hashed = [replace(_member(source), sha256=source.hashed()) for source in tables]
    listed = [*hashed, *(_member(source) for source in _rest(sources, tables))][:LISTED_MAX]
    return Contents(
        tuple(listed),
        len(images),
        tuple(findings),
        sum(source.size_bytes for source in sources),
    )


def _rest(sources: list[Source], tables: list[Source]) -> list[Source]:
    named = {table.name for table in tables}
    return [source for source in sources if source.name not in named]


def _member(source: Source) -> Member:
    kind = source.extension if is_image(source) else KIND_OF.get(source.extension, "other")
    return Member(source.name, kind, source.size_bytes)


def _refuse_content(source: Source, limits: Limits) -> None:
    content = by_content(source.head(HEAD_BYTES)) if source.size_bytes else "text"
    if content in ("program", "code", "html"):
        raise refuse("TYPE_FORBIDDEN")
    if content in ARCHIVES and (content, source.extension) != ("zip", "xlsx"):
        raise refuse("ARCHIVE_NESTED", member=source.name)
    if content == "image" or (content == "bmp" and is_image(source)):
        _check_pixels(source, limits)


def _book_findings(source: Source, limits: Limits) -> list[Finding]:
    """Look over a workbook as if it had come alone."""
    if source.extension not in ("xlsx", "xls"):
        return []
    if source.size_bytes > BOOK_BYTES:
        raise within(refuse("XLSX_EXPANSION"), source.name)
    check = workbooks.check if source.extension == "xlsx" else biff.check
    try:
        return [replace(one, member=source.name) for one in check(in_memory(source), limits)]
    except Refused as refused:
        raise within(refused, source.name) from refused


def in_memory(source: Source) -> Source:
    """Return a member whose streams can be read from any place."""
    content = b"".join(source.chunks())
    return Source(source.name, len(content), lambda: io.BytesIO(content))


def within(refused: Refused, member: str) -> Refused:
    """Return a refusal that names the member it is about."""
    one = refused.finding
    said = replace(one, ko=f"{member}: {one.ko}", en=f"{member}: {one.en}", member=member)
    return Refused(said)


def _check_pixels(source: Source, limits: Limits) -> None:
    """Read an image's size from its header alone."""
    head = source.head(1 << 20)
    size = _png_size(head) or _jpeg_size(head) or _bmp_size(head)
    if size is not None and size[0] * size[1] > limits.pixels_max:
        raise refuse("IMAGE_PIXELS", member=source.name, most=f"{limits.pixels_max:,}")


def _png_size(head: bytes) -> tuple[int, int] | None:
    if not head.startswith(b"\x89PNG") or len(head) < 24:
        return None
    return int.from_bytes(head[16:20], "big"), int.from_bytes(head[20:24], "big")


def _bmp_size(head: bytes) -> tuple[int, int] | None:
    if not head.startswith(b"BM") or len(head) < 26:
        return None
    width, height = int.from_bytes(head[18:22], "little"), head[22:26]
    return width, abs(int.from_bytes(height, "little", signed=True))


def _jpeg_size(head: bytes) -> tuple[int, int] | None:
    """Walk the markers to the frame; sizes stand behind SOF0 to SOF15 without DHT, JPG and DAC."""
    at = 2 if head.startswith(b"\xff\xd8") else len(head)
    while at + 9 < len(head) and head[at] == 0xFF:
        marker, length = head[at + 1], int.from_bytes(head[at + 2 : at + 4], "big")
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height = int.from_bytes(head[at + 5 : at + 7], "big")
            return int.from_bytes(head[at + 7 : at + 9], "big"), height
        at += 2 + max(length, 2)
    return None
