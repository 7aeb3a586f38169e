"""A file made of ranges: what reads and seeks, out of what gives bytes from any place."""

import io

from typing_extensions import override

from quality.sources import ReadRange


class RangeFile(io.RawIOBase):
    """A file that can be read and sought, out of ranges."""

    def __init__(self, read: ReadRange, size_bytes: int) -> None:
        self._read, self._size_bytes, self._at = read, size_bytes, 0

    @override
    def readable(self) -> bool:
        return True

    @override
    def seekable(self) -> bool:
        return True

    @override
    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size_bytes}[whence]
        self._at = max(base + offset, 0)
        return self._at

    @override
    def tell(self) -> int:
        return self._at

    @override
    def read(self, size: int = -1) -> bytes:
        high = self._size_bytes if size < 0 else min(self._at + size, self._size_bytes)
        content = self._read(self._at, high) if high > self._at else b""
        self._at += len(content)
        return content
