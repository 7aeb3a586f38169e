"""MAT files of version 5, written here element by element so that each rule can be broken alone."""

import struct
import zlib
from collections.abc import Sequence

import numpy as np

from tests.quality.corpus import Case, zipped

DOUBLE, COMPLEX_DOUBLE, TEXT, STRUCT, BYTES = 6, 6 | 0x0800, 4, 2, 9


def element(kind: int, data: bytes, size: int | None = None) -> bytes:
    return (
        struct.pack("<II", kind, len(data) if size is None else size) + data + bytes(-len(data) % 8)
    )


def matrix(
    name: str,
    shape: Sequence[int],
    values: bytes,
    *,
    flags: int = DOUBLE,
    stored: int = 9,
    size: int | None = None,
) -> bytes:
    head = element(6, struct.pack("<II", flags, 0)) + element(
        5, struct.pack(f"<{len(shape)}i", *shape)
    )
    return element(14, head + element(1, name.encode()) + element(stored, values, size))


def packed(content: bytes) -> bytes:
    squeezed = zlib.compress(content, 9)
    return struct.pack("<II", 15, len(squeezed)) + squeezed


def written(*elements: bytes) -> bytes:
    return (
        b"MATLAB 5.0 MAT-file, made by a test".ljust(124)
        + struct.pack("<H", 0x0100)
        + b"IM"
        + b"".join(elements)
    )


def doubles(count: int) -> bytes:
    return np.arange(count, dtype="<f8").tobytes()


def good() -> bytes:
    return written(
        packed(matrix("DE_time", (50, 1), doubles(50))),
        matrix("FE_time", (1, 50), bytes(range(50)), stored=2),
        packed(matrix("m", (10, 3), doubles(30))),
        matrix("RPM", (1, 1), doubles(1)),
        matrix("s", (1, 1), b"", flags=STRUCT),
    )


def swapped() -> bytes:
    """The same rules in the other byte order."""
    head = struct.pack(">II", 6, 8) + struct.pack(">II", DOUBLE, 0) + struct.pack(">II", 5, 8)
    head += struct.pack(">iiII", 4, 1, 1, 1) + b"x".ljust(8, b"\0")
    body = head + struct.pack(">II", 9, 32) + np.arange(4, dtype=">f8").tobytes()
    start = b"MATLAB 5.0 MAT-file".ljust(124) + struct.pack(">H", 0x0100) + b"MI"
    return start + struct.pack(">II", 14, len(body)) + body


CASES = (
    Case("mat good", "a.mat", good, "MAT_SKIPPED", "변수 2개를 읽지 않았습니다: RPM, s", blocks=False),
    Case("mat other order", "a.mat", swapped, None),
    Case("mat in zip", "a.zip", lambda: zipped(("깊은/a.mat", good())), "MAT_SKIPPED", blocks=False),
    Case("mat cut", "a.mat", lambda: written(matrix("x", (9, 1), doubles(9)))[:-20], "MAT_BROKEN", "MAT 파일이 손상되었습니다."),
    Case("mat head", "a.mat", lambda: written()[:100], "MAT_BROKEN"),
    Case("mat none", "a.mat", written, "MAT_NO_TABLE", "숫자로 된 표나 열이 없습니다."),
    Case("mat text", "a.mat", lambda: written(matrix("x", (9, 1), bytes(18), flags=TEXT, stored=4)), "MAT_NO_TABLE"),
    Case("mat complex", "a.mat", lambda: written(matrix("x", (9, 1), doubles(9), flags=COMPLEX_DOUBLE)), "MAT_NO_TABLE"),
    Case("mat cube", "a.mat", lambda: written(matrix("x", (3, 3, 3), doubles(27))), "MAT_NO_TABLE"),
    Case("mat negative", "a.mat", lambda: written(matrix("x", (-3, -3), doubles(9))), "MAT_NO_TABLE"),
    Case("63 mat", "a.mat", lambda: written(matrix("x", (1 << 30, 1 << 10), doubles(9))), "SHAPE_TOO_LARGE", "변수 'x'의 선언된 크기"),
    Case("63 small", "a.mat", lambda: written(matrix("x", (10, 1), doubles(9))), "SHAPE_TOO_LARGE"),
    Case("63 size", "a.mat", lambda: written(matrix("x", (1 << 28, 1), doubles(9), size=0x80000000)), "MAT_BROKEN"),
    Case("mat bomb", "a.mat", lambda: written(packed(matrix("x", (1 << 25, 1), bytes(1 << 28)))), "ARCHIVE_RATIO"),
    Case("mat packed lie", "a.mat", lambda: written(packed(matrix("x", (4_000, 1), doubles(4_000))[:9_000])), "MAT_BROKEN"),
    Case("mat packed noise", "a.mat", lambda: written(struct.pack("<II", 15, 64) + b"\xa5" * 64), "MAT_BROKEN"),
    Case("mat kind", "a.mat", lambda: written(element(77, bytes(64))), "MAT_BROKEN"),
    Case("mat columns", "a.mat", lambda: written(matrix("x", (2, 2_001), doubles(4_002))), "COL_TOO_MANY"),
    Case("mat bidi", "a.mat", lambda: written(matrix("a\u202eb", (9, 1), doubles(9))), "MAT_BROKEN"),
    Case("62 mat", "a.mat", lambda: b"MATLAB 7.3 MAT-file".ljust(512) + b"\x89HDF\r\n\x1a\n" + bytes(100), "HDF5_EXTERNAL", "save -v7"),
    Case("mat csv", "a.mat", lambda: b"a,b\n1,2\n", "MAT_BROKEN"),
)  # fmt: skip
