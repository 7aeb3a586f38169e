"""How a child that counts was told to."""

from quality.noting import Notes
from quality.orders import ExamineRequest
from quality.profile.pieces import Work
from quality.profile.staging import Staging
from quality.sources import OpenFile


def work_of(file: OpenFile, request: ExamineRequest) -> Work:
    """Return how a file is counted, with the descriptors that came for it."""
    working, more = request.working, list(file.more)
    notes = Notes(more.pop(0) if working.noted else None)
    staging = Staging(more.pop(0), notes) if working.staged else None
    return Work(
        threads=working.threads,
        cells_in_flight=working.cells_in_flight,
        tick=notes.counted,
        staging=staging,
    )
