"""A child asks for bytes of a file that is not there: over one socket go places, and the bytes come back.

The child can ask for nothing but places within its file, and has nothing else of it.
"""

import socket
import struct
import threading
from typing import Final, Self

from quality.sources import ReadRange

PLACES: Final = struct.Struct("<QQ")


class Fed:
    """The child's end: reads ranges by asking for them. Threads may share it."""

    def __init__(self, fd: int) -> None:
        self._socket = socket.socket(fileno=fd)
        self._lock = threading.Lock()

    def __call__(self, low: int, high: int) -> bytes:
        """Return the bytes from one place to before another.

        Raises:
            OSError: whoever feeds has given up
        """
        content = bytearray(high - low)
        left = memoryview(content)
        with self._lock:
            self._socket.sendall(PLACES.pack(low, high))
            while left:
                count = self._socket.recv_into(left)
                if not count:
                    raise OSError("no more bytes come")
                left = left[count:]
        return bytes(content)


class Feeder:
    """The other end: gives a child the bytes of its file, in a thread of its own.

    Args:
        read_range: gives the bytes
        size_bytes: of the file; beyond it nothing is read
    """

    def __init__(self, read_range: ReadRange, size_bytes: int) -> None:
        self.error: Exception | None = None
        self._read, self._size_bytes = read_range, size_bytes
        self._own, self._theirs = socket.socketpair()
        self._thread = threading.Thread(target=self._feed, daemon=True)

    @property
    def fd(self) -> int:
        """What the child is handed."""
        return self._theirs.fileno()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._theirs.close()
        self._own.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._own.close()

    def _feed(self) -> None:
        try:
            while asked := self._asked():
                low, high = PLACES.unpack(asked)
                if not low <= high <= self._size_bytes:
                    break
                self._own.sendall(self._exactly(low, high))
        except (BrokenPipeError, ConnectionResetError):
            pass
        except Exception as error:  # noqa: BLE001 - whatever reads the file fails with is told to who asked for the count
            self.error = error
        self._own.shutdown(socket.SHUT_RDWR)

    def _exactly(self, low: int, high: int) -> bytes:
        content = self._read(low, high)
        if len(content) != high - low:
            raise OSError(f"the file is not {self._size_bytes} bytes long")
        return content

    def _asked(self) -> bytes | None:
        asked = b""
        while len(asked) < PLACES.size:
            piece = self._own.recv(PLACES.size - len(asked))
            if not piece:
                return None
            asked += piece
        return asked
