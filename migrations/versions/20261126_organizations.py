"""When the registry was asked last, and a narrow right to end the sessions of one's own members.

An owner who changes roles may not see the sessions of others; a function of the system role ends
them for members of the caller's organization and for nobody else.
"""

import sqlalchemy as sa
from alembic import op

revision = "organizations"
down_revision = "idempotency"
branch_labels = None
depends_on = None

END_SESSIONS = """
create function end_sessions_of(person uuid, why text, spared uuid) returns void
language sql volatile security definer set search_path = public, pg_temp as $$
  update user_session s set ended_at = app_now(), end_reason = why
   where s.user_id = person and s.ended_at is null and s.id is distinct from spared
     and (current_setting('role') <> 'marketplace_tenant' or person = app_user()
          or exists (select 1 from membership m
                     where m.user_id = person and m.organization_id = app_org())) $$;
revoke execute on function end_sessions_of(uuid, text, uuid) from public;
grant execute on function end_sessions_of(uuid, text, uuid)
  to marketplace_tenant, marketplace_staff, marketplace_system;
grant create on schema public to marketplace_system;
alter function end_sessions_of(uuid, text, uuid) owner to marketplace_system;
revoke create on schema public from marketplace_system;
"""


def upgrade() -> None:
    op.add_column(
        "organization", sa.Column("registry_asked_at", sa.DateTime(timezone=True), nullable=True)
    )
    op.execute(END_SESSIONS)


def downgrade() -> None:
    op.execute("set role marketplace_system")
    op.execute("drop function end_sessions_of(uuid, text, uuid)")
    op.execute("reset role")
    op.drop_column("organization", "registry_asked_at")
