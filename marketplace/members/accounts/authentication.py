"""From a cookie or an API token to a principal: one query, asked anew for every request.

Nothing is cached, so a removed role, an ended session and a suspension count at the next request.
"""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.auth import PERSON_ROLES, STAFF_ROLES, Function, Principal, Role, TokenScope
from marketplace.db import Database, Scope, now
from marketplace.http import csrf
from marketplace.members.accounts.sessions import HALF_OPEN
from marketplace.members.accounts.tokens import digest, is_api_token
from marketplace.settings import Settings

TOUCH_AFTER = timedelta(minutes=1)
# Who must show a second factor: staff, evaluators and experts, and whoever can sell or be paid.
SECOND_FACTOR_ROLES = STAFF_ROLES | {Role.owner, Role.seller}

_PERSON = """
  u.id as user_id, u.email, u.name, u.language, u.theme, u.person_role,
  o.id as organization_id, o.name as organization_name, o.function, o.state as organization_state,
  coalesce(m.roles, '{}') as roles,
  (select count(*) from notice n where n.user_id = u.id and n.read_at is null) as unread_count,
  exists (select 1 from second_factor f
          where f.user_id = u.id and f.confirmed_at is not null)
    or exists (select 1 from passkey p where p.user_id = u.id) as second_factor_enrolled,
  exists (select 1 from legal_text t
          where t.effective_on <= (app_now() at time zone 'Asia/Seoul')::date
            and t.version = (select max(n.version) from legal_text n where n.kind = t.kind
                and n.effective_on <= (app_now() at time zone 'Asia/Seoul')::date)
            and not exists (select 1 from consent c
                            where c.user_id = u.id and c.legal_text_id = t.id)) as consent_due
"""
_JOINS = """
  join user_account u on u.id = {of}.user_id and u.state = 'active'
    and (cast(:sandbox as boolean) or u.email not like '%.invalid')
  left join membership m on m.user_id = u.id and m.left_at is null
  left join organization o on o.id = m.organization_id
"""
_BY_SESSION = text(
    "select s.id as session_id, s.authenticated_at, s.last_seen_at, s.created_at,"  # noqa: S608 - constants only
    " s.second_factor_at is not null as second_factor, " + _PERSON
    + " from user_session s " + _JOINS.format(of="s")
    + " where s.token_hash = :token_hash and s.ended_at is null and s.expires_at > app_now()"
    " and s.last_seen_at > app_now() - make_interval(secs => :idle_s)"
)  # fmt: skip
_BY_TOKEN = text(
    "select t.id as token_id, t.created_at as authenticated_at,"  # noqa: S608 - constants only
    " t.last_used_at as last_seen_at,"
    " t.scopes, true as second_factor, " + _PERSON
    + " from api_token t " + _JOINS.format(of="t")
    + " where t.token_hash = :token_hash and t.revoked_at is null and t.expires_at > app_now()"
    " and t.organization_id is not distinct from o.id"
)  # fmt: skip
_TOUCH_SESSION = text("update user_session set last_seen_at = app_now() where id = :id")
_TOUCH_TOKEN = text("update api_token set last_used_at = app_now() where id = :id")


class SessionAuthenticator:
    """Reads who asks from the database, by session cookie or by API token."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database = database
        self._idle_s = settings.session_idle_s
        # People of the demonstration have addresses in .invalid (RFC 2606); they are nobody in
        # production, even where a sandbox's database is started with its settings.
        self._sandbox = settings.sandbox
        self._key = settings.session_key.get_secret_value()

    async def __call__(
        self, *, session: str | None, token: str | None
    ) -> tuple[Principal | None, datetime]:
        async with self._database.transaction(Scope.system()) as db:
            if token is not None:
                if not is_api_token(token):
                    return None, now(db)
                return await self._by_token(db, token), now(db)
            assert session is not None
            return await self._by_session(db, session), now(db)

    async def _by_session(self, db: AsyncSession, cookie: str) -> Principal | None:
        values = {
            "token_hash": digest(cookie),
            "idle_s": self._idle_s,
            "sandbox": self._sandbox,
        }
        row = (await db.execute(_BY_SESSION, values)).mappings().one_or_none()
        if row is None:
            return None
        if now(db) - row["last_seen_at"] > TOUCH_AFTER:
            await db.execute(_TOUCH_SESSION, {"id": row["session_id"]})
        principal = _principal(
            row,
            session_id=row["session_id"],
            csrf_token=csrf.token_for(self._key, cookie),
        )
        # A session without its second factor is a step of signing in, not a place to stay.
        too_old = now(db) - row["created_at"] > HALF_OPEN
        return None if principal.second_factor_due and too_old else principal

    async def _by_token(self, db: AsyncSession, token: str) -> Principal | None:
        values = {"token_hash": digest(token), "sandbox": self._sandbox}
        row = (await db.execute(_BY_TOKEN, values)).mappings().one_or_none()
        if row is None:
            return None
        if row["last_seen_at"] is None or now(db) - row["last_seen_at"] > TOUCH_AFTER:
            await db.execute(_TOUCH_TOKEN, {"id": row["token_id"]})
        return _principal(
            row,
            token_id=row["token_id"],
            scopes=frozenset(TokenScope(scope) for scope in row["scopes"]),
        )


def _principal(
    row: RowMapping,
    *,
    session_id: UUID | None = None,
    token_id: UUID | None = None,
    scopes: frozenset[TokenScope] = frozenset(),
    csrf_token: str = "",
) -> Principal:
    roles = _roles(row)
    needs_factor = bool(row["second_factor_enrolled"]) or not roles.isdisjoint(SECOND_FACTOR_ROLES)
    return Principal(
        user_id=row["user_id"],
        email=row["email"],
        name=row["name"],
        language=row["language"],
        theme=row["theme"],
        organization_id=row["organization_id"],
        organization_name=row["organization_name"],
        function=Function(row["function"]) if row["function"] else None,
        roles=roles,
        authenticated_at=row["authenticated_at"],
        session_id=session_id,
        token_id=token_id,
        scopes=scopes,
        csrf_token=csrf_token,
        second_factor=row["second_factor"],
        second_factor_due=needs_factor and not row["second_factor"],
        consent_due=row["consent_due"],
        unread_count=row["unread_count"],
    )


def _roles(row: RowMapping) -> frozenset[Role]:
    """Roles that count now: none in an organization that is not active."""
    held = {Role(role) for role in row["roles"]} if row["organization_state"] == "active" else set()
    if row["person_role"] in {role.value for role in PERSON_ROLES}:
        held.add(Role(row["person_role"]))
    return frozenset(held)
