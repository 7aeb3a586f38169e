"""The suite child's work: one file, its tables read once for the rules and, where asked for, for the profile."""

import json
import resource

import pyarrow as pa

from quality.findings import refuse
from quality.orders import SuiteRequest
from quality.profile import opened, profile, readings
from quality.profile.feeding import again, feed
from quality.profile.pieces import Work
from quality.report import FileReport
from quality.sources import OpenFile
from quality.suites.reading import suite_of
from quality.suites.references import References
from quality.suites.running import Running


def run(given: OpenFile, request: SuiteRequest) -> FileReport:
    """Return the report of a file with what came of the rules; without ``whole`` with that alone.

    Raises:
        Refused: the file cannot be read
    """
    suite = suite_of(json.loads(request.suite))
    running = Running(
        suite, request.name, References(request.beside, given.more, request.limits), given.folder
    )
    if request.whole:
        work = Work(rules=running)
        return profile(given, request.name, request.limits, request.handed, request.settings, work)
    file = opened(given, request.name, request.limits)
    for member, reading in readings(file, request.limits):
        try:
            fed = feed(reading, request.limits, request.settings)
            if fed is None:
                continue
            running.begin(fed.plan, reading.name, member)
            for block in again(fed, request.limits):
                running.add(block)
        except (pa.ArrowInvalid, UnicodeDecodeError) as error:
            raise refuse("FILE_INVALID") from error
        running.finish(named(reading.name, member))
    return FileReport(
        name=request.name,
        kind=file.kind,
        size_bytes=given.size_bytes,
        suites=tuple(running.results),
        memory_bytes=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
    )


def named(table: str, member: str | None) -> str:
    """Return the name of a table in the report."""
    return table if member in (None, table) else f"{member} / {table}"
