"""Hostile, broken and good Arrow IPC, made when asked for."""

import io
import struct

import pyarrow as pa
from pyarrow import ipc

from tests.quality.corpus import Case

CONTINUES = b"\xff\xff\xff\xff"


def batch(**columns: pa.Array) -> pa.RecordBatch:
    return pa.RecordBatch.from_arrays(list(columns.values()), list(columns))


def written(*batches: pa.RecordBatch, file: bool = True, compression: str | None = None) -> bytes:
    sink = io.BytesIO()
    make = ipc.new_file if file else ipc.new_stream
    options = ipc.IpcWriteOptions(compression=compression)
    with make(sink, batches[0].schema, options=options) as writer:
        for one in batches:
            writer.write_batch(one)
    return sink.getvalue()


def good() -> pa.RecordBatch:
    return batch(a=pa.array([1, 2, 3]), b=pa.array(["x", None, "가"]))


def replaced(content: bytes, old: bytes, new: bytes) -> bytes:
    assert content.count(old) == 1, "the place to break is not the only one"
    return content.replace(old, new)


def bad_offsets() -> bytes:
    """Texts whose offsets lead out of their buffer."""
    texts = batch(a=pa.array(["ab", "cd", "ef"]))
    return replaced(
        written(texts), struct.pack("<4i", 0, 2, 4, 6), struct.pack("<4i", 0, 2, 2_000_000_000, 6)
    )


def bad_index() -> bytes:
    """A dictionary of three values, and an index far behind them."""
    column = pa.DictionaryArray.from_arrays(
        pa.array([2, 1, 0, 2], pa.int32()), pa.array(["x", "y", "z"])
    )
    made = written(batch(a=column), file=False)
    return replaced(made, struct.pack("<4i", 2, 1, 0, 2), struct.pack("<4i", 2, 1, 1_000_000, 2))


def bomb() -> bytes:
    """Zeros that unpack to a gigabyte and a half, in one column."""
    zeros = pa.Array.from_buffers(pa.int8(), 600 << 20, [None, pa.py_buffer(bytes(600 << 20))])
    return written(batch(a=zeros, b=zeros), compression="zstd")


def length_lie() -> bytes:
    """A packed buffer that says that it unpacks to a pebibyte."""
    made = written(batch(a=pa.array(range(1_000), pa.int64())), compression="zstd")
    return replaced(
        made,
        struct.pack("<q", 8_000) + b"\x28\xb5\x2f\xfd",
        struct.pack("<q", 1 << 50) + b"\x28\xb5\x2f\xfd",
    )


def repeated() -> bytes:
    """A value of 60 kB that each of 30,000 rows names."""
    indices = pa.array([0] * 30_000, pa.int32())
    column = pa.DictionaryArray.from_arrays(indices, pa.array(["x" * 60_000]))
    return written(batch(a=column))


def nothings(count: int) -> bytes:
    """Rows of a column that needs no bytes."""
    return written(batch(a=pa.nulls(count)))


def deep() -> bytes:
    column = pa.array([1])
    for _ in range(20):
        column = pa.ListArray.from_arrays(pa.array([0, 1], pa.int32()), column)
    return written(batch(a=column))


def overlapping_views() -> bytes:
    """Thirty thousand views of one text."""
    text = pa.py_buffer(b"y" * 60_000)
    views = pa.py_buffer(struct.pack("<i4sii", 60_000, b"yyyy", 0, 0) * 30_000)
    return written(batch(a=pa.Array.from_buffers(pa.string_view(), 30_000, [None, views, text])))


def footer_lie() -> bytes:
    """A file of two batches with the footer of a file of one."""
    one, two = written(good()), written(good(), good())
    body = two[: -10 - struct.unpack("<i", two[-10:-6])[0]]
    return body + one[-10 - struct.unpack("<i", one[-10:-6])[0] :]


CASES = (
    Case("56", "a.arrow", bomb, "ARROW_EXPANSION", "펼친 크기가 한도를 넘습니다."),
    Case("56 length", "a.arrow", length_lie, "ARROW_EXPANSION"),
    Case("55 offsets", "a.arrow", bad_offsets, "ARROW_INVALID", "Arrow 버퍼가 올바르지 않습니다."),
    Case("55 index", "a.arrows", bad_index, "ARROW_INVALID"),
    Case("arrow cut", "a.arrow", lambda: written(good())[:-20], "ARROW_INVALID"),
    Case("arrow stream cut", "a.arrows", lambda: written(good(), file=False)[:-60], "ARROW_INVALID"),
    Case("arrow footer", "a.arrow", footer_lie, "ARROW_INVALID"),
    Case("arrow frame", "a.arrows", lambda: CONTINUES + struct.pack("<i", 0x7FFFFFF0) + bytes(100), "ARROW_INVALID"),
    Case("arrow zeros", "a.arrows", lambda: CONTINUES + struct.pack("<i", 96) + bytes(100), "ARROW_INVALID"),
    Case("arrow text", "a.arrow", lambda: b"a,b\n1,2\n", "ARROW_INVALID"),
    Case("arrow named csv", "a.csv", lambda: written(good()), "TYPE_MISMATCH"),
    Case("arrow none", "a.arrow", lambda: written(good().slice(0, 0)), "TABLE_NO_ROWS"),
    Case("arrow deep", "a.arrow", deep, "SCHEMA_DEPTH", "중첩이 너무 깊습니다"),
    Case("arrow columns", "a.arrow", lambda: written(batch(**{f"c{n}": pa.array([1]) for n in range(2_001)})), "COL_TOO_MANY"),
    Case("arrow rows", "a.arrow", lambda: nothings(60_000_000), "TABLE_ROWS"),
    Case("arrow repeated", "a.arrow", repeated, "COL_CONSTANT", blocks=False),
    Case("arrow views", "a.arrow", overlapping_views, "COL_CONSTANT", blocks=False),
    Case("arrow wide view", "a.arrow", lambda: written(batch(a=pa.array(["x" * 70_000], pa.string_view()))), "CELL_TOO_LONG"),
    Case("good arrow", "a.arrow", lambda: written(good(), good()), None),
    Case("good feather", "a.feather", lambda: written(good(), compression="lz4"), None),
    Case("good arrow stream", "a.arrows", lambda: written(good(), file=False, compression="zstd"), None),
)  # fmt: skip
