"""Proof files of an organization: row first, object second, ready after reading the bytes back.

The bytes lie in the private bucket under a key that the server makes; they are never parsed. No
transaction is open while the store is asked. What is not ready is invisible, and a sweeper removes
it after a day.
"""

import asyncio
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from marketplace.audit import Thing, record
from marketplace.db import Phases, now
from marketplace.errors import Conflict, NotFound, TooLarge
from marketplace.members.organizations import queries
from marketplace.members.organizations.models import BankAccount, Paper, PaperKind, PaperState
from marketplace.members.organizations.paper_files import display_name, kind_of
from storage.errors import StorageError
from storage.objects import Bucket, ObjectKey
from storage.ports import ObjectStore

PAPERS_MAX: Final = 50


class PaperNotFound(NotFound):
    """No such paper of this organization."""

    code = "paper_not_found"
    ko = "그런 서류가 없습니다. 서류 목록을 새로 고쳐 확인하십시오."
    en = "There is no such paper. Reload the list of papers."


class PaperExamined(Conflict):
    """The operator has examined it, so it stays."""

    code = "paper_examined"
    ko = "이미 검토된 서류라서 지울 수 없습니다. 새 서류를 올리면 새 것을 검토합니다."
    en = "This paper has been examined and stays. Upload a new one to have it examined."


class PaperInUse(Conflict):
    """A bank account refers to it."""

    code = "paper_in_use"
    ko = "계좌 등록에 쓰인 통장 사본이라서 지울 수 없습니다."
    en = "This bankbook copy belongs to a bank account and stays."


class PapersFull(Conflict):
    """The organization keeps as many papers as it may."""

    code = "papers_full"
    ko = "서류는 {most}개까지 올릴 수 있습니다. 필요 없는 서류를 지운 뒤 다시 올리십시오."
    en = "An organization keeps at most {most} papers. Delete one that is not needed and try again."


@dataclass(frozen=True)
class NewPaper:
    """A file as it arrived."""

    kind: PaperKind
    file_name: str
    content: bytes

    @property
    def sha256(self) -> str:
        """The hash of the bytes, hexadecimal."""
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True)
class Shelf:
    """Where papers lie: the store and its private bucket."""

    store: ObjectStore
    bucket: Bucket


async def list_papers(session: AsyncSession, organization_id: UUID) -> list[Paper]:
    """Return the papers that are ready, the newest first."""
    rows = await session.scalars(
        select(Paper)
        .where(col(Paper.organization_id) == organization_id, col(Paper.ready_at).is_not(None))
        .order_by(col(Paper.uploaded_at).desc(), col(Paper.id))
    )
    return list(rows)


async def get_paper(
    session: AsyncSession, organization_id: UUID, paper_id: UUID, *, lock: bool = False
) -> Paper:
    """Return a ready paper of the organization.

    Raises:
        PaperNotFound: none, not ready, or another organization's
    """
    statement = select(Paper).where(
        col(Paper.id) == paper_id,
        col(Paper.organization_id) == organization_id,
        col(Paper.ready_at).is_not(None),
    )
    found: Paper | None = await session.scalar(statement.with_for_update() if lock else statement)
    if found is None:
        raise PaperNotFound
    return found


async def upload(
    phases: Phases,
    shelf: Shelf,
    organization_id: UUID,
    new: NewPaper,
    *,
    actor_id: UUID,
    limit_bytes: int,
) -> Paper:
    """Keep a proof file; the same bytes of the same kind that still wait are kept once.

    Raises:
        PaperRefused: not a PDF, JPG or PNG, empty, or renamed
        TooLarge: more than ``limit_bytes``
        PapersFull: as many as an organization may keep
        StorageError: the store does not answer or keeps other bytes; nothing is to be seen
    """
    if len(new.content) > limit_bytes:
        raise TooLarge(limit_bytes=limit_bytes)
    name = display_name(new.file_name)
    kind = kind_of(name, new.content[:16])
    async with phases() as session:
        paper = await _begin(session, organization_id, new, name=name, actor_id=actor_id)
        if paper.ready_at is not None:
            return paper
        paper.content_type = kind.content_type
    try:
        facts = await asyncio.to_thread(
            shelf.store.put, shelf.bucket, ObjectKey(paper.object_key), new.content, only_new=True
        )
    except StorageError:
        await _give_up(phases, shelf, paper)
        raise
    assert facts.sha256 == paper.sha256, "put reads back and compares"
    async with phases() as session:
        return await _finish(session, organization_id, paper.id)


async def _begin(
    session: AsyncSession, organization_id: UUID, new: NewPaper, *, name: str, actor_id: UUID
) -> Paper:
    await queries.organization_for_update(session, organization_id)
    same: Paper | None = await session.scalar(
        select(Paper).where(
            col(Paper.organization_id) == organization_id,
            col(Paper.kind) == new.kind,
            col(Paper.sha256) == new.sha256,
            col(Paper.state) == PaperState.waiting,
            col(Paper.ready_at).is_not(None),
        )
    )
    if same is not None:
        return same
    kept = await session.scalar(
        select(func.count()).where(col(Paper.organization_id) == organization_id)
    )
    if (kept or 0) >= PAPERS_MAX:
        raise PapersFull(most=PAPERS_MAX)
    paper_id = uuid4()
    paper = Paper(
        id=paper_id,
        organization_id=organization_id,
        kind=new.kind,
        file_name=name,
        content_type="application/octet-stream",
        size_bytes=len(new.content),
        sha256=new.sha256,
        object_key=f"papers/{organization_id}/{paper_id}",
        uploaded_by=actor_id,
        uploaded_at=now(session),
    )
    session.add(paper)
    await session.flush()
    return paper


async def _finish(session: AsyncSession, organization_id: UUID, paper_id: UUID) -> Paper:
    paper = await session.get_one(Paper, paper_id, with_for_update=True)
    paper.ready_at = now(session)
    await session.flush()
    await record(
        session,
        "paper.uploaded",
        Thing("paper", paper.id, organization_id),
        facts={"kind": paper.kind.value, "sha256": paper.sha256, "size_bytes": paper.size_bytes},
    )
    return paper


async def _give_up(phases: Phases, shelf: Shelf, paper: Paper) -> None:
    """Remove what a failed upload left; what cannot be removed now the sweeper removes later."""
    try:
        await asyncio.to_thread(shelf.store.delete, shelf.bucket, ObjectKey(paper.object_key))
    except StorageError:
        return
    async with phases() as session:
        await session.execute(
            delete(Paper).where(col(Paper.id) == paper.id, col(Paper.ready_at).is_(None))
        )


async def open_paper(
    phases: Phases, shelf: Shelf, organization_id: UUID, paper_id: UUID
) -> tuple[Paper, Iterator[bytes]]:
    """Return a paper and its bytes, and write down who took it.

    Raises:
        PaperNotFound: none, or another organization's
        StorageError: the store does not answer
    """
    async with phases() as session:
        paper = await get_paper(session, organization_id, paper_id)
        await record(session, "paper.downloaded", Thing("paper", paper.id, organization_id))
    chunks = await asyncio.to_thread(shelf.store.read, shelf.bucket, ObjectKey(paper.object_key))
    return paper, chunks


async def remove(phases: Phases, shelf: Shelf, organization_id: UUID, paper_id: UUID) -> None:
    """Delete a paper that nobody has examined: hidden first, then its bytes, then its row.

    Raises:
        PaperNotFound: none, or another organization's
        PaperExamined: the operator has looked at it
        PaperInUse: a bank account refers to it
    """
    async with phases() as session:
        paper = await get_paper(session, organization_id, paper_id, lock=True)
        if paper.state is not PaperState.waiting:
            raise PaperExamined
        used = await session.scalar(
            select(func.count()).where(col(BankAccount.paper_id) == paper.id)
        )
        if used:
            raise PaperInUse
        paper.ready_at = None
        await session.flush()
        await record(
            session,
            "paper.deleted",
            Thing("paper", paper.id, organization_id),
            facts={"kind": paper.kind.value, "sha256": paper.sha256},
        )
    await _give_up(phases, shelf, paper)
