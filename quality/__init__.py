"""File in, report out: what a file of machine data holds, and what is wrong with it.

Knows no database, no network and no store. Files are parsed only in a child process with limits
(``quality.sandbox``); the functions here start it, or are pure.
"""

from quality.across.checking import AcrossCheck
from quality.across.checks import CHECKS as ACROSS_CHECKS
from quality.canonical import canonical
from quality.checks import CHECKS
from quality.checks.checking import Check
from quality.claims import Place
from quality.comparing import Differences, StatisticChange, compare, statistics_changed
from quality.errors import QualityError, SandboxUnavailable, SettingsInvalid
from quality.examining import RowsRefused, Rules, check, examine, read_rows
from quality.grading import LETTERS, WORDS
from quality.limits import Limits
from quality.presets import PRESETS
from quality.report import Column, DatasetReport, FileReport, Finding, Index, Severity, Table
from quality.schema import report_schema
from quality.settings import NOTHING_SAID, DeclaredColumn, Relation, Settings
from quality.settings_files import checked, read_settings, settings_of
from quality.summarizing import summarize
from quality.timefacts import Series

__all__ = [
    "ACROSS_CHECKS",
    "CHECKS",
    "LETTERS",
    "NOTHING_SAID",
    "PRESETS",
    "WORDS",
    "AcrossCheck",
    "Check",
    "Column",
    "DatasetReport",
    "DeclaredColumn",
    "Differences",
    "FileReport",
    "Finding",
    "Index",
    "Limits",
    "Place",
    "QualityError",
    "Relation",
    "RowsRefused",
    "Rules",
    "SandboxUnavailable",
    "Series",
    "Settings",
    "SettingsInvalid",
    "Severity",
    "StatisticChange",
    "Table",
    "canonical",
    "check",
    "checked",
    "compare",
    "examine",
    "read_rows",
    "read_settings",
    "report_schema",
    "settings_of",
    "statistics_changed",
    "summarize",
]
