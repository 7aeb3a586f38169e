"""How long records are kept, and the periodic work that removes them afterwards.

One table decides; the operator's guide shows the same table, and a test compares them. Not here:
counters of limits and stored answers (their modules forget them after their own end), unconfirmed
sign-ups and unfinished papers (members), and the audit trail, which nothing deletes.
"""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass

from sqlalchemy import CursorResult, text
from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.audit import Thing, record
from marketplace.jobs import PeriodicContext, periodic

ENFORCE_EVERY_S = 6 * 3_600
# So many rows at once: one transaction stays short, however much is due.
BATCH_ROWS = 5_000


@dataclass(frozen=True)
class Rule:
    """What becomes of the rows of a table that are older than their time.

    Args:
        name: what the audit trail and the guide call it
        table: the table
        due: which rows, in SQL with ``:days``
        empty: column set to an empty text instead of deleting the row
        source: the law or the reason, in Korean
    """

    name: str
    table: str
    days: int
    due: str
    source: str
    empty: str | None = None

    @property
    def statement(self) -> str:
        """The SQL of one batch."""
        due = f"({self.due})"
        if self.empty is not None:
            due += f" and {self.empty} <> ''"
        rows = f"ctid in (select ctid from {self.table} where {due} limit {BATCH_ROWS})"  # noqa: S608
        if self.empty is not None:
            return f"update {self.table} set {self.empty} = '' where {rows}"  # noqa: S608
        return f"delete from {self.table} where {rows}"  # noqa: S608


_AGO = "app_now() - make_interval(days => :days)"
_LONG_PARKED = f"state = 'parked' and ended_at < {_AGO}"

RULES: tuple[Rule, ...] = (
    Rule("link_token", "link_token", 30, f"expires_at < {_AGO}", "문의에 답하는 데 필요한 동안"),
    Rule("passkey_challenge", "passkey_challenge", 1, f"expires_at < {_AGO}", "한 번 쓰는 값"),
    Rule(
        "user_session",
        "user_session",
        730,
        f"coalesce(ended_at, expires_at) < {_AGO}",
        "개인정보의 안전성 확보조치 기준 제8조: 접속 기록 2년",
    ),
    Rule(
        "mail.secret",
        "mail",
        2,
        f"secret and created_at < {_AGO}",
        "보내지 못한 링크도 24시간이면 끝난다",
        empty="body",
    ),
    Rule(
        "mail.body",
        "mail",
        90,
        f"(sent_at is not null or given_up_at is not null) and created_at < {_AGO}",
        "문의에 답하는 데 필요한 동안",
        empty="body",
    ),
    Rule(
        "mail",
        "mail",
        1_095,
        f"created_at < {_AGO}",
        "전자상거래법 시행령 제6조: 분쟁 처리에 관한 기록 3년",
    ),
    Rule(
        "product_view",
        "product_view",
        400,
        "day < (app_now() at time zone 'Asia/Seoul')::date - :days",
        "판매자가 해마다 견주는 동안",
    ),
    Rule("notice.read", "notice", 365, f"read_at < {_AGO}", "읽은 알림을 다시 찾는 동안"),
    Rule(
        "notice",
        "notice",
        1_095,
        f"created_at < {_AGO}",
        "전자상거래법 시행령 제6조: 분쟁 처리에 관한 기록 3년",
    ),
    Rule(
        "job_run.ended",
        "job_run",
        30,
        f"state in ('succeeded', 'cancelled') and ended_at < {_AGO}",
        "운영에 필요한 동안",
    ),
    Rule(
        "job_run.parked",
        "procrastinate_jobs",
        365,
        f"status = 'failed' and id in (select queue_id from job_run where {_LONG_PARKED})",  # noqa: S608
        "운영에 필요한 동안",
    ),
    Rule(
        "job_run.parked.record",
        "job_run",
        365,
        f"{_LONG_PARKED} and queue_id not in (select id from procrastinate_jobs)",  # noqa: S608
        "운영에 필요한 동안",
    ),
)


async def enforce(
    phases: Callable[[], AbstractAsyncContextManager[AsyncSession]],
) -> dict[str, int]:
    """Remove everything that is over its time, in short transactions, and leave an audit row.

    Returns:
        How many rows each rule removed or emptied; rules without any are left out.
    """
    removed: dict[str, int] = {}
    for rule in RULES:
        while count := await _batch(phases, rule):
            removed[rule.name] = removed.get(rule.name, 0) + count
    if removed:
        async with phases() as session:
            await record(session, "retention.enforced", Thing("retention", "all"), facts=removed)
    return removed


async def _batch(
    phases: Callable[[], AbstractAsyncContextManager[AsyncSession]], rule: Rule
) -> int:
    async with phases() as session:
        result = await session.execute(text(rule.statement), {"days": rule.days})
    assert isinstance(result, CursorResult), "a delete has a count of rows"
    return result.rowcount


@periodic("retention.enforce", every_s=ENFORCE_EVERY_S, limit_s=600)
async def enforce_retention(context: PeriodicContext) -> None:
    """Remove what is over its time."""
    await enforce(context.phases)
