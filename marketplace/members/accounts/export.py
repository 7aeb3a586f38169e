"""What the exchange keeps about a person, as one document for that person (requirement 58)."""

from datetime import datetime
from ipaddress import IPv4Address, IPv6Address
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.audit import Thing, record
from marketplace.db import now

ROWS_MAX: Final = 10_000

# Part of the document: the rows of it. Hashes, secrets and keys are no facts about a person.
_PARTS: Final = {
    "account": "select id, email, name, phone, language, theme, state, person_role, created_at,"
    " email_confirmed_at, password_changed_at, last_sign_in_at"
    " from user_account where id = :user_id",
    "memberships": "select o.name as organization, m.roles, m.joined_at, m.left_at, m.left_reason"
    " from membership m join organization o on o.id = m.organization_id"
    " where m.user_id = :user_id order by m.joined_at",
    "role_changes": "select organization_id, roles_before, roles_after, reason, changed_at"
    " from role_change where user_id = :user_id order by changed_at",
    "join_requests": "select organization_id, message, state, asked_at, reason"
    " from join_request where user_id = :user_id order by asked_at",
    "consents": "select t.kind, t.version, c.given_at, c.address"
    " from consent c join legal_text t on t.id = c.legal_text_id"
    " where c.user_id = :user_id order by c.given_at",
    "sessions": "select created_at, last_seen_at, expires_at, ended_at, end_reason, address,"
    " user_agent from user_session where user_id = :user_id order by created_at",
    "passkeys": "select label, created_at, last_used_at from passkey"
    " where user_id = :user_id order by created_at",
    "authenticator": "select created_at, confirmed_at from second_factor"
    " where user_id = :user_id and confirmed_at is not null",
    "tokens": "select name, hint, scopes, created_at, expires_at, last_used_at, revoked_at"
    " from api_token where user_id = :user_id order by created_at",
    "notices": "select kind, facts, link, created_at, read_at from notice"
    " where user_id = :user_id order by created_at",
    "muted_notices": "select kind from muted_notice where user_id = :user_id order by kind",
    "saved_searches": "select name, words, filters, sort, alert, frequency, saved_at"
    " from saved_search where user_id = :user_id order by saved_at",
    "wanted_requests": "select title, purpose, industry_division, process, equipment, data_kind,"
    " period, budget_from_won, budget_to_won, until_on::text as until_on, state, asked_at"
    " from wanted_request where asked_by = :user_id order by asked_at",
    "wanted_messages": "select body, at from wanted_message where author_id = :user_id order by at",
    "mail": "select email, subject, created_at, sent_at from mail"
    " where user_id = :user_id order by created_at",
    "acts": "select at, action, object_kind, object_id, address, facts from audit_event"
    " where actor_user_id = :user_id order by id",
}


async def export_account(session: AsyncSession, user_id: UUID) -> dict[str, Any]:
    """Return everything that is kept about the person; the export itself is written down.

    Args:
        session: of the system's scope, since the mail sent is no tenant's to read
        user_id: whose

    Returns:
        The parts by name, at most the newest ``ROWS_MAX`` rows each, and when it was made.
    """
    await record(session, "account.exported", Thing("user_account", user_id))
    document: dict[str, Any] = {"made_at": now(session).isoformat()}
    for part, rows in _PARTS.items():
        statement = text(f"{rows} limit {ROWS_MAX}")
        found = (await session.execute(statement, {"user_id": user_id})).mappings()
        document[part] = [{name: _plain(value) for name, value in row.items()} for row in found]
    return document


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, UUID | IPv4Address | IPv6Address):
        return str(value)
    return value
