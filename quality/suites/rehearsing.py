"""Run a small suite by great-expectations before there is a file: what it does once, at its first use, is done by then."""

import json
import os
import tempfile
from typing import Final

from quality.limits import Limits
from quality.orders import SuiteRequest
from quality.rehearsing import NAME, TABLE
from quality.sources import OpenFile
from quality.suites.child import run

SUITE: Final = json.dumps({
    "name": "rehearsal",
    "expectations": [
        {"type": "expect_column_value_z_scores_to_be_less_than", "kwargs": {"column": "value", "threshold": 9, "double_sided": True}},
        {"type": "expect_column_values_to_be_dateutil_parseable", "kwargs": {"column": "machine", "mostly": 0.0}},
    ],
})  # fmt: skip


def rehearse_rules() -> None:
    """Run the suite on the small table of the rehearsal, and forget it."""
    fd = os.memfd_create(NAME)
    try:
        os.write(fd, TABLE)
        with tempfile.TemporaryDirectory(dir=os.environ.get("QUALITY_FOLDER")) as folder:
            file = OpenFile(fd, len(TABLE), (), folder)
            run(file, SuiteRequest(NAME, Limits(), SUITE, whole=False))
    finally:
        os.close(fd)
