"""Archives: a strict walk over ZIP, and counted unpacking. Nothing is ever extracted to a disk.

The central directory and the local headers must agree, entries must not overlap, and each member is
inflated once with a counter, so that sizes and check values are true before anything else reads it.
"""

import gzip
import hashlib
import io
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from typing import BinaryIO, Final

from msgspec.structs import replace

from quality.findings import refuse
from quality.gate.names import BIDI, CONTROL, shown
from quality.limits import Limits
from quality.sources import CHUNK_BYTES, Pieces, Source

END: Final = b"PK\x05\x06"
END_BYTES: Final = 22
COMMENT_MAX: Final = 65_535
LOCAL: Final = b"PK\x03\x04"
LOCAL_BYTES: Final = 30
ENCRYPTED: Final = 0x1
UTF8: Final = 0x800
GZIP_MEMBERS_MAX: Final = 16
NAME_CHARS: Final = 1_024
ARCHIVE_EXTENSIONS: Final = {"zip", "gz", "7z", "rar", "tar", "tgz", "bz2", "xz", "zst"}
# What macOS and Windows put beside people's files.
LITTER: Final = ("__MACOSX/", ".DS_Store", "Thumbs.db", "desktop.ini")


def members(
    archive: Source, limits: Limits, *, most: int, unpacked_bytes: int | None = None
) -> list[Source]:
    """Return the members of a ZIP whose structure and bytes are as they say.

    Args:
        archive: its streams can be read from any place
        most: members, folders among them
        unpacked_bytes: of all that are returned, as an earlier call counted them

    Raises:
        Refused: the first thing that is wrong with the archive
    """
    _check_end(archive, most)
    try:
        with archive.open() as stream, zipfile.ZipFile(stream) as opened:
            infos = opened.infolist()
    except (zipfile.BadZipFile, struct.error, OSError, ValueError, NotImplementedError) as error:
        raise refuse("ARCHIVE_BROKEN") from error
    if len(infos) > most:
        raise refuse("ARCHIVE_MEMBERS", most=f"{most:,}")
    names = [_checked_name(info) for info in infos]
    _refuse_duplicates(names)
    found = [
        Source(name, info.file_size, _opener(archive, info))
        for info, name in zip(infos, names, strict=True)
        if not info.is_dir() and not _litter(name)
    ]
    with archive.open() as stream:
        _check_places(stream, infos, archive.size_bytes)
        if unpacked_bytes != sum(one.size_bytes for one in found):
            hashes = _inflate_all(stream, infos, names, _most_bytes(archive.size_bytes, limits))
            found = [replace(one, sha256=hashes[one.name]) for one in found]
    return found


def _most_bytes(packed_bytes: int, limits: Limits) -> int:
    return min(limits.unpacked_bytes, max(limits.ratio_free_bytes, limits.ratio_max * packed_bytes))


def _opener(archive: Source, info: zipfile.ZipInfo) -> Callable[[], BinaryIO]:
    """Return what opens a member at its place; the directory is not read for each again."""

    def opened() -> BinaryIO:
        stream = archive.open()
        _seek_data(stream, info)
        return io.BufferedReader(Pieces(_pieces(stream, info), stream), CHUNK_BYTES)

    return opened


def _seek_data(stream: BinaryIO, info: zipfile.ZipInfo) -> None:
    stream.seek(info.header_offset)
    header = stream.read(LOCAL_BYTES)
    stream.seek(sum(struct.unpack_from("<HH", header, 26)), 1)


def _litter(name: str) -> bool:
    return name.startswith(LITTER[0]) or name.rpartition("/")[2] in LITTER


def _check_end(archive: Source, most: int) -> None:
    """The end record stands once, at the very end, and counts no more members than allowed."""
    with archive.open() as stream:
        stream.seek(max(0, archive.size_bytes - END_BYTES - COMMENT_MAX))
        tail = stream.read()
    at = tail.rfind(END)
    if at < 0 or len(tail) - at < END_BYTES or tail.count(END) > 1:
        raise refuse("ARCHIVE_BROKEN")
    count, comment_bytes = struct.unpack_from("<H", tail, at + 10)[0], struct.unpack_from(
        "<H", tail, at + 20
    )[0]  # fmt: skip
    if count > most:
        raise refuse("ARCHIVE_MEMBERS", most=f"{most:,}")
    if len(tail) - at - END_BYTES != comment_bytes:
        raise refuse("ARCHIVE_BROKEN")


def _checked_name(info: zipfile.ZipInfo) -> str:
    """Return a member's name as shown; names in CP949 are recognised."""
    name = _read_name(info)
    if CONTROL.search(name) or not name.strip() or len(name) > NAME_CHARS:
        raise refuse("ARCHIVE_NAME")
    if BIDI.search(name):
        raise refuse("CHAR_BIDI", name=BIDI.sub("", name))
    parts = name.split("/")
    if "\\" in name or name.startswith("/") or ".." in parts or ":" in parts[0]:
        raise refuse("ARCHIVE_PATH", member=name[:200])
    _refuse_entry(info, name)
    return name


def _read_name(info: zipfile.ZipInfo) -> str:
    name = info.orig_filename
    if not info.flag_bits & UTF8:
        raw = name.encode("cp437", "replace")
        # Programs on macOS write UTF-8 without saying so; CP949 is seldom valid UTF-8.
        kinds = [kind for kind in ("utf-8", "cp949") if _decodes(raw, kind)]
        if not kinds:
            raise refuse("ARCHIVE_NAME")
        name = raw.decode(kinds[0])
    return shown(name)


def _decodes(raw: bytes, encoding: str) -> bool:
    try:
        raw.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _refuse_entry(info: zipfile.ZipInfo, name: str) -> None:
    if stat.S_ISLNK(info.external_attr >> 16):
        raise refuse("ARCHIVE_LINK", member=name)
    if info.flag_bits & ENCRYPTED:
        raise refuse("ARCHIVE_ENCRYPTED")
    if name.rpartition(".")[2].lower() in ARCHIVE_EXTENSIONS and not _litter(name):
        raise refuse("ARCHIVE_NESTED", member=name)
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise refuse("ARCHIVE_BROKEN")


def _refuse_duplicates(names: list[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise refuse("ARCHIVE_DUPLICATE", member=name)
        seen.add(name)


def _check_places(stream: BinaryIO, infos: list[zipfile.ZipInfo], size_bytes: int) -> None:
    """Local headers must say what the directory says, and no two members may share bytes."""
    end = 0
    for info in sorted(infos, key=lambda one: one.header_offset):
        if info.header_offset < 0:
            raise refuse("ARCHIVE_BROKEN")
        stream.seek(info.header_offset)
        header = stream.read(LOCAL_BYTES)
        if len(header) < LOCAL_BYTES or not header.startswith(LOCAL):
            raise refuse("ARCHIVE_BROKEN")
        if info.header_offset < end:
            raise refuse("ARCHIVE_OVERLAP")
        name_bytes, extra_bytes = struct.unpack_from("<HH", header, 26)
        name = stream.read(name_bytes)
        written = info.orig_filename.encode(
            "utf-8" if info.flag_bits & UTF8 else "cp437", "replace"
        )
        if name != written:
            raise refuse("ARCHIVE_BROKEN")
        end = info.header_offset + LOCAL_BYTES + name_bytes + extra_bytes + info.compress_size
        if end > size_bytes:
            raise refuse("ARCHIVE_BROKEN")


def _inflate_all(
    stream: BinaryIO, infos: list[zipfile.ZipInfo], names: list[str], most: int
) -> dict[str, str]:
    total, hashes = 0, {}
    for info, name in zip(infos, names, strict=True):
        size, sha256 = _inflate(stream, info, name, most - total)
        total += size
        hashes[name] = sha256
    return hashes


def _inflate(stream: BinaryIO, info: zipfile.ZipInfo, name: str, most: int) -> tuple[int, str]:
    """Unpack one member into nothing, counting; return its true size and its SHA-256."""
    _seek_data(stream, info)
    size = crc = 0
    digest = hashlib.sha256()
    try:
        for piece in _pieces(stream, info):
            size, crc = size + len(piece), zlib.crc32(piece, crc)
            digest.update(piece)
            if size > most:
                raise refuse("ARCHIVE_RATIO")
    except zlib.error as error:
        raise refuse("ARCHIVE_BROKEN") from error
    if size != info.file_size:
        raise refuse("ARCHIVE_SIZE_LIE", member=name)
    if crc != info.CRC:
        raise refuse("ARCHIVE_CRC")
    return size, digest.hexdigest()


def _pieces(stream: BinaryIO, info: zipfile.ZipInfo) -> Iterator[bytes]:
    """Yield a member's bytes in pieces of at most 1 MiB, whatever the headers say of its size."""
    left = info.compress_size
    if info.compress_type == zipfile.ZIP_STORED:
        while left > 0 and (piece := stream.read(min(left, CHUNK_BYTES))):
            left -= len(piece)
            yield piece
        return
    inflater = zlib.decompressobj(-15)
    packed = b""
    while not inflater.eof:
        packed = inflater.unconsumed_tail or stream.read(min(left, CHUNK_BYTES))
        if not inflater.unconsumed_tail:
            left -= len(packed)
        piece = inflater.decompress(packed, CHUNK_BYTES)
        if not packed and not piece:
            raise refuse("ARCHIVE_BROKEN")
        yield piece


def unpacked(packed: Source, limits: Limits, size_bytes: int | None = None) -> Source:
    """Return the one file inside a gzip, after one counted pass over it.

    Args:
        size_bytes: as an earlier call counted

    Raises:
        Refused: bombs, many members, a broken end, or an archive inside
    """
    inner = packed.name.removesuffix(".gz").removesuffix(".GZ")
    most = _most_bytes(packed.size_bytes, limits)
    size = _gunzip(packed, most) if size_bytes is None else size_bytes
    if inner.rpartition(".")[2].lower() in ARCHIVE_EXTENSIONS:
        raise refuse("ARCHIVE_NESTED", member=inner)
    return Source(inner, size, lambda: gzip.GzipFile(fileobj=packed.open()))  # type: ignore[arg-type, return-value]


def _gunzip(source: Source, most: int) -> int:
    size = count = 0
    with source.open() as stream:
        packed = stream.read(CHUNK_BYTES)
        while packed:
            count += 1
            if count > GZIP_MEMBERS_MAX:
                raise refuse("ARCHIVE_MEMBERS", most=GZIP_MEMBERS_MAX)
            more, packed = _gunzip_member(stream, packed, most - size)
            size += more
    return size


def _gunzip_member(stream: BinaryIO, packed: bytes, most: int) -> tuple[int, bytes]:
    inflater, size = zlib.decompressobj(31), 0
    try:
        while True:
            piece = inflater.decompress(packed, CHUNK_BYTES)
            size += len(piece)
            if size > most:
                raise refuse("ARCHIVE_RATIO")
            if inflater.eof:
                break
            packed = inflater.unconsumed_tail or stream.read(CHUNK_BYTES)
            if not packed and not piece:
                raise refuse("ARCHIVE_TRUNCATED")
    except zlib.error as error:
        wrong_check = "incorrect data check" in str(error) or "incorrect length" in str(error)
        raise refuse("ARCHIVE_CRC" if wrong_check else "ARCHIVE_BROKEN") from error
    return size, inflater.unused_data or stream.read(CHUNK_BYTES)
