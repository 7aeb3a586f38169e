"""File in, report out: what a file of machine data holds, and what is wrong with it.

Knows no database, no network and no store. Files are parsed only in a child process with limits
(``quality.sandbox``); the functions here start it, or are pure.
"""

from quality.across.checking import AcrossCheck
from quality.across.checks import CHECKS as ACROSS_CHECKS
from quality.canonical import canonical
from quality.checks import CHECKS
from quality.checks.checking import Check
from quality.comparing import Differences, StatisticChange, compare, statistics_changed
from quality.errors import QualityError, SandboxUnavailable
from quality.examining import RowsRefused, Rules, check, examine, read_rows
from quality.limits import Limits
from quality.report import (
    Column,
    DatasetReport,
    FileReport,
    Finding,
    Index,
    Series,
    Severity,
    Table,
)
from quality.schema import report_schema
from quality.summarizing import summarize

__all__ = [
    "ACROSS_CHECKS",
    "CHECKS",
    "AcrossCheck",
    "Check",
    "Column",
    "DatasetReport",
    "Differences",
    "FileReport",
    "Finding",
    "Index",
    "Limits",
    "QualityError",
    "RowsRefused",
    "Rules",
    "SandboxUnavailable",
    "Series",
    "Severity",
    "StatisticChange",
    "Table",
    "canonical",
    "check",
    "compare",
    "examine",
    "read_rows",
    "report_schema",
    "statistics_changed",
    "summarize",
]
