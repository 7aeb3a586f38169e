"""Sealing of the audit trail: a chain of hashes that shows every later change (rule 9).

Acts write their rows without waiting for one another; one sealer chains them afterwards, in the
order it finds them committed: ``hash = sha256(hash before it || canonical text of the row)``, the
first one over 32 zero bytes. The place in the chain is the seal's, not the row's number, so a slow
transaction holds nobody up: its rows get the next places once it has ended. (To wait for every
older transaction was tried: one of nine minutes in another database of the server stopped it.)
Heads of the chain are written into the object store each hour, so that cutting off the end shows
as well. Who can rewrite rows, seals and the store at the same time can still forge.
"""

import asyncio
import hashlib
import time
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, TextClause, UniqueConstraint, text
from sqlalchemy.ext.asyncio import AsyncResult, AsyncSession
from sqlmodel import Field, SQLModel

from storage.errors import ObjectExists
from storage.objects import Bucket, ObjectKey
from storage.ports import ObjectStore

GENESIS = bytes(32)
BATCH_COUNT = 5_000
# Unsealed rows are looked for among this many newest ones; the hourly round looks at all.
WINDOW_COUNT = 100_000
# A row of a transaction that took long stands behind newer ones, but not by more than this.
BACKDATED_AFTER = timedelta(hours=1)
UNSEALED_LATE_S = 600
HEADS = "audit/heads/"
SEAL_LOCK = 7_362_114_002  # any fixed number: one sealer at a time

Open = Callable[[], AbstractAsyncContextManager[AsyncSession]]


class AuditSeal(SQLModel, table=True):
    """One link of the chain: which row stands at a position, and the hash up to it."""

    __tablename__ = "audit_seal"
    __table_args__ = (
        CheckConstraint("position > 0", name="position"),
        CheckConstraint("length(hash) = 32", name="hash_length"),
        UniqueConstraint("event_id"),
    )

    position: int = Field(
        primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False}
    )
    event_id: int = Field(sa_type=BigInteger, sa_column_args=[ForeignKey("audit_event.id")])
    hash: bytes
    sealed_at: datetime | None = Field(
        default=None, nullable=False, sa_column_kwargs={"server_default": text("clock_timestamp()")}
    )


class Head(msgspec.Struct, frozen=True):
    """The end of the chain at some moment, as it lies in the object store."""

    position: int
    event_id: int
    hash: str
    sealed_at: datetime


@dataclass(frozen=True)
class Fault:
    """The first place where the trail is not what was sealed."""

    position: int | None
    event_id: int | None
    ko: str
    en: str


@dataclass(frozen=True)
class Verdict:
    """What a walk along the whole chain found."""

    events_count: int
    heads_count: int
    waiting_count: int
    head: str
    took_s: float
    fault: Fault | None


# One row has one text: json_build_object keeps the order, jsonb (the facts) has its own.
CANONICAL = """json_build_object(
  'id', e.id, 'at', to_char(e.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
  'action', e.action, 'object_kind', e.object_kind, 'object_id', e.object_id,
  'organization_id', e.organization_id, 'actor_user_id', e.actor_user_id,
  'actor_organization_id', e.actor_organization_id, 'request_id', e.request_id,
  'address', host(e.address), 'reason', e.reason, 'facts', e.facts)::text"""

_UNSEALED = """audit_event e where e.id > :floor
  and not exists (select 1 from audit_seal s where s.event_id = e.id)"""
_LOCK = text("select pg_try_advisory_xact_lock(:lock)")
_HEAD = text(
    "select position, event_id, hash, sealed_at from audit_seal order by position desc limit 1"
)
_FLOOR = text("select coalesce(max(event_id), 0) from audit_seal")
_NEXT = text(
    f"select e.id, {CANONICAL} as canonical from {_UNSEALED}"  # noqa: S608 - constants only
    " order by e.id limit :most"
)
_SEAL = text(
    "insert into audit_seal (position, event_id, hash) select * from"
    " unnest(cast(:positions as bigint[]), cast(:events as bigint[]), cast(:hashes as bytea[]))"
)
_LAG = text(
    "select count(*), coalesce(extract(epoch from app_now() - min(e.at)), 0)::float"  # noqa: S608
    f" from {_UNSEALED}"
)
_CHAIN = text(
    f"select s.position, s.event_id, s.hash, e.at, {CANONICAL} as canonical"  # noqa: S608 - constants only
    " from audit_seal s left join audit_event e on e.id = s.event_id order by s.position"
)
_LATE = text(
    f"select e.id from {_UNSEALED}"  # noqa: S608 - constants only
    " and e.at < app_now() - make_interval(secs => :late_s) order by e.id limit 1"
)
# A reader of a long stream may pause between two fetches.
_PATIENT = text("select set_config('idle_in_transaction_session_timeout', '0', true)")
_PERIOD = (
    " e.at >= coalesce(cast(:since as date)::timestamp at time zone 'Asia/Seoul', '-infinity')"
    " and e.at < coalesce((cast(:until as date) + 1)::timestamp at time zone 'Asia/Seoul', 'infinity')"
)
_EXPORT_SEALED = text(
    f"select s.position, encode(s.hash, 'hex') as hash, {CANONICAL} as canonical"  # noqa: S608 - constants only
    f" from audit_seal s join audit_event e on e.id = s.event_id where {_PERIOD}"
    " order by s.position"
)
_EXPORT_UNSEALED = text(
    f"select {CANONICAL} as canonical from {_UNSEALED} and {_PERIOD} order by e.id"  # noqa: S608 - constants only
)


def link(before: bytes, canonical: str) -> bytes:
    """Return the hash of a row, over the hash before it and the row's canonical text."""
    return hashlib.sha256(before + canonical.encode()).digest()


async def seal(phases: Open, *, whole: bool = False) -> int:
    """Seal every committed row, in batches of one transaction each.

    Args:
        phases: opens transactions in the scope of the exchange itself
        whole: look for unsealed rows everywhere, not only among the newest

    Returns:
        How many rows were sealed; 0 also while another sealer is at work.
    """
    sealed_count = 0
    async with phases() as session:
        behind = await _floor(session, whole=whole)
    while True:
        async with phases() as session:
            sealed = await _seal_batch(session, behind=behind)
        sealed_count += len(sealed)
        if len(sealed) < BATCH_COUNT:
            return sealed_count
        behind = sealed[-1]


async def _seal_batch(session: AsyncSession, *, behind: int) -> list[int]:
    """Seal the next rows behind an id; returns their ids, in order."""
    if not await session.scalar(_LOCK, {"lock": SEAL_LOCK}):
        return []
    head = (await session.execute(_HEAD)).one_or_none()
    rows = (await session.execute(_NEXT, {"floor": behind, "most": BATCH_COUNT})).all()
    if not rows:
        return []
    position, before = (head.position, head.hash) if head else (0, GENESIS)
    hashes = []
    for row in rows:
        before = link(before, row.canonical)
        hashes.append(before)
    await session.execute(
        _SEAL,
        {
            "positions": list(range(position + 1, position + 1 + len(rows))),
            "events": [row.id for row in rows],
            "hashes": hashes,
        },
    )
    return [row.id for row in rows]


async def _floor(session: AsyncSession, *, whole: bool = False) -> int:
    newest = await session.scalar(_FLOOR)
    return 0 if whole else max(0, int(newest or 0) - WINDOW_COUNT)


async def lag(session: AsyncSession) -> tuple[int, float]:
    """Return how many rows wait for their seal, and how long the oldest has waited [s]."""
    row = (await session.execute(_LAG, {"floor": await _floor(session)})).one()
    return int(row[0]), max(0.0, float(row[1]))


async def keep_head(phases: Open, store: ObjectStore, bucket: Bucket) -> str | None:
    """Write the chain's head into the store, once for each hour; what lies there is never changed.

    Returns:
        The key of the object written now, None where the hour has one or nothing is sealed.
    """
    async with phases() as session:
        row = (await session.execute(_HEAD)).one_or_none()
        at: datetime | None = await session.scalar(text("select clock_timestamp()"))
    if row is None or at is None:
        return None
    head = Head(row.position, row.event_id, row.hash.hex(), row.sealed_at)
    key = f"{HEADS}{at:%Y-%m-%dT%H}.json"
    try:
        await asyncio.to_thread(
            store.put,
            bucket,
            ObjectKey(key),
            msgspec.json.encode(head),
            content_type="application/json",
            only_new=True,
        )
    except ObjectExists:
        return None
    return key


def read_heads(store: ObjectStore, bucket: Bucket) -> list[Head]:
    """Return every head that lies in the store, in the order of their hours; blocks."""
    found: list[Head] = []
    after = ""
    while page := store.list_objects(bucket, prefix=HEADS, after=after):
        for facts in page:
            content = b"".join(store.read(bucket, facts.key))
            found.append(msgspec.json.decode(content, type=Head))
        after = page[-1].key.value
    return found


async def verify(phases: Open, heads: Iterable[Head], *, clock_moves: bool = False) -> Verdict:
    """Walk the whole chain and compare it with the rows and with the kept heads.

    Args:
        phases: opens transactions in the scope of the exchange itself
        heads: from ``read_heads``
        clock_moves: the sandbox's clock may jump back, so times prove nothing
    """
    started_s = time.perf_counter()
    walk = _Walk({head.position: head for head in heads}, clock_moves=clock_moves)
    async with phases() as session:
        await session.execute(_PATIENT)
        async with _streamed(session, _CHAIN) as chain:
            async for rows in chain.partitions(BATCH_COUNT):
                if not walk.follow(rows):
                    break
        fault = walk.fault or walk.cut() or await _late(session)
        waiting_count = (await lag(session))[0]
    return Verdict(
        events_count=walk.position,
        heads_count=walk.heads_count,
        waiting_count=waiting_count,
        head=walk.before.hex(),
        took_s=time.perf_counter() - started_s,
        fault=fault,
    )


class _Walk:
    """Where a verification stands on its way along the chain."""

    def __init__(self, heads: dict[int, Head], *, clock_moves: bool) -> None:
        self.position = 0
        self.before = GENESIS
        self.heads_count = 0
        self.fault: Fault | None = None
        self._heads = heads
        self._newest: datetime | None = None
        self._clock_moves = clock_moves

    def follow(self, rows: Iterable[Any]) -> bool:
        """Take the next links; False at the first fault."""
        for position, event_id, given, at, canonical in rows:
            self.fault = self._fault(position, event_id, given, canonical)
            if self.fault is None and not self._clock_moves:
                self.fault = self._backdated(position, event_id, at)
            if self.fault is not None:
                return False
            self.position, self.before = position, given
        return True

    def _fault(
        self, position: int, event_id: int, given: bytes, canonical: str | None
    ) -> Fault | None:
        if position != self.position + 1:
            return _fault(self.position + 1, None, _SEAL_GONE)
        if canonical is None:
            return _fault(position, event_id, _EVENT_GONE)
        if hashlib.sha256(self.before + canonical.encode()).digest() != given:
            return _fault(position, event_id, _CHANGED)
        head = self._heads.get(position)
        if head is not None:
            self.heads_count += 1
            if head.hash != given.hex():
                return _fault(position, event_id, _OTHER_HEAD)
        return None

    def _backdated(self, position: int, event_id: int, at: datetime) -> Fault | None:
        if self._newest is None or at > self._newest:
            self._newest = at
        elif self._newest - at > BACKDATED_AFTER:
            return _fault(position, event_id, _BACKDATED)
        return None

    def cut(self) -> Fault | None:
        """Return the fault of a chain that ends before a head that was kept of it."""
        beyond = [position for position in self._heads if position > self.position]
        return _fault(self.position + 1, None, _CUT) if beyond else None


async def _late(session: AsyncSession) -> Fault | None:
    found = await session.scalar(_LATE, {"floor": 0, "late_s": UNSEALED_LATE_S})
    return None if found is None else _fault(None, int(found), _NEVER_SEALED)


_SEAL_GONE = ("이 자리의 봉인이 지워졌습니다.", "The seal of this position was deleted.")
_EVENT_GONE = ("봉인된 기록이 지워졌습니다.", "The sealed event was deleted.")
_CHANGED = (
    "기록이나 봉인이 바뀌었거나 순서가 뒤섞였습니다.",
    "The event or its seal was changed, or the order was.",
)
_OTHER_HEAD = (
    "저장소에 보관한 머리 해시와 다릅니다. 사슬이 여기까지 새로 쓰였습니다.",
    "It differs from the head kept in the store: the chain was rewritten up to here.",
)
_BACKDATED = (
    "앞의 기록보다 한 시간 넘게 이른 시각이 적혀 있습니다. 나중에 끼워 넣은 기록입니다.",
    "Its time is more than an hour before an earlier event's: it was inserted afterwards.",
)
_CUT = (
    "저장소에 보관한 머리가 가리키는 자리까지 이어지지 않습니다. 끝부분이 잘렸습니다.",
    "The chain ends before a head that the store keeps: its end was cut off.",
)
_NEVER_SEALED = (
    "봉인되지 않은 지난 기록입니다. 봉인 작업이 멈췄거나 기록이 끼워 넣어졌습니다.",
    "An old event without a seal: the sealer stands still, or it was inserted.",
)


def _fault(position: int | None, event_id: int | None, sentences: tuple[str, str]) -> Fault:
    return Fault(position, event_id, *sentences)


async def export(
    phases: Open, *, since: date | None = None, until: date | None = None
) -> AsyncIterator[str]:
    """Yield the trail as JSON Lines: each event's canonical text, position and hash.

    The sealed events come first, in the order of the chain, so a reader can check it: the hash of
    a line is SHA-256 over the hash of the line before and the bytes of its ``event``.

    Args:
        since: first day in Seoul
        until: last day in Seoul
    """
    period = {"since": since, "until": until}
    async with phases() as session:
        await session.execute(_PATIENT)
        async with _streamed(session, _EXPORT_SEALED, period) as sealed:
            async for row in sealed:
                yield f'{{"position": {row.position}, "hash": "{row.hash}", "event": {row.canonical}}}'
        async with _streamed(session, _EXPORT_UNSEALED, period | {"floor": 0}) as unsealed:
            async for row in unsealed:
                yield f'{{"position": null, "hash": null, "event": {row.canonical}}}'


@asynccontextmanager
async def _streamed(
    session: AsyncSession, statement: TextClause, values: dict[str, Any] | None = None
) -> AsyncIterator[AsyncResult[Any]]:
    """Read rows as they come, and close the cursor however the reading ends."""
    rows = await session.stream(statement, values)
    try:
        yield rows
    finally:
        await rows.close()
