"""Examine a small table before there is a file: what libraries do once, at their first use, is done by then."""

import os
from typing import Final

from quality.limits import Limits
from quality.profile import profile
from quality.sources import OpenFile

NAME: Final = "a.csv"
ROWS: Final = 60
TABLE: Final = b"time,machine,value,label\n" + b"".join(
    b"2026-01-01 00:%02d:00,EQ-%d,%d.5,%s\n" % (at, at % 3, at * 7 % 11, b"OK" if at % 5 else b"NG")
    for at in range(ROWS)
)


def rehearse() -> None:
    """Count the table, and forget it."""
    fd = os.memfd_create(NAME)
    try:
        os.write(fd, TABLE)
        profile(OpenFile(fd, len(TABLE)), NAME, Limits())
    finally:
        os.close(fd)
