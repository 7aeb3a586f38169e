"""The local provider: numbers, validates and archives papers; nothing leaves for the tax office.

Only an accredited service may send to the tax office, so the numbers of this one are those of a test system.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Final, Protocol

from billing.papers.amendments import Sending
from billing.papers.documents import Invoice
from billing.papers.numbers import approval_number
from billing.papers.ports import Issued, KeyTaken, NotCancellable
from billing.papers.reading import read
from billing.papers.writing import write

# Numbers of test systems begin with 42.
TEST_SYSTEM: Final = "42999999"


@dataclass(frozen=True)
class Filed:
    """A paper in the archive."""

    key: str
    issued_on: date
    document: bytes
    cancelled: bool = False


class Archive(Protocol):
    """Where the local provider keeps papers."""

    async def find(self, key: str) -> Filed | None:
        """Return the paper of a key."""

    async def keep(self, filed: Filed) -> Filed:
        """Keep a new paper; where the key has one already, return that one and keep nothing."""

    async def cancel(self, key: str) -> None:
        """Mark the paper as cancelled."""


class MemoryArchive:
    """Papers in memory, for tests and trials."""

    def __init__(self) -> None:
        self.papers: dict[str, Filed] = {}

    async def find(self, key: str) -> Filed | None:
        return self.papers.get(key)

    async def keep(self, filed: Filed) -> Filed:
        return self.papers.setdefault(filed.key, filed)

    async def cancel(self, key: str) -> None:
        self.papers[key] = replace(self.papers[key], cancelled=True)


class LocalProvider:
    """Issues papers by itself, as a service would; a paper counts as sent from the next day on.

    Args:
        archive: keeps the documents
        today: the day in Seoul
        system: eight digits of the issuing system
    """

    def __init__(
        self, archive: Archive, today: Callable[[], date], *, system: str = TEST_SYSTEM
    ) -> None:
        self._archive = archive
        self._today = today
        self._system = system

    async def issue(self, invoice: Invoice, key: str) -> Issued:
        numbered = replace(
            invoice,
            issue_id=approval_number(invoice.written_on, system=self._system, key=key),
            management_id=key,
        )
        filed = await self._archive.keep(Filed(key, self._today(), write(numbered)))
        # Made again, a paper differs by the time at which it is made, and by nothing else.
        if replace(read(filed.document), sent_at=numbered.sent_at) != numbered:
            raise KeyTaken(key)
        return self._answer(filed)

    async def query(self, key: str) -> Issued | None:
        filed = await self._archive.find(key)
        return None if filed is None else self._answer(filed)

    async def cancel(self, key: str) -> Issued:
        filed = await self._archive.find(key)
        if filed is None or self._answer(filed).sending is Sending.sent:
            raise NotCancellable(key)
        await self._archive.cancel(key)
        return self._answer(replace(filed, cancelled=True))

    def _answer(self, filed: Filed) -> Issued:
        sending = Sending.sent if self._today() > filed.issued_on else Sending.issued
        if filed.cancelled:
            sending = Sending.cancelled
        issue_id = read(filed.document).issue_id
        assert issue_id is not None, "what is filed was numbered"
        return Issued(issue_id, sending, filed.issued_on, filed.document)
