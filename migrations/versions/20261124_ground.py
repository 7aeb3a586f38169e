"""The ground floor: the clock, roles and their rights, persons and organizations.

Tenants are separated a second time by row-level security: the role ``marketplace_tenant`` sees the
rows of ``app.user`` and ``app.org``; ``marketplace_staff`` and ``marketplace_system`` see all.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "ground"
down_revision = None
branch_labels = None
depends_on = None

ROLES = "marketplace_tenant, marketplace_staff, marketplace_system"

PRELUDE = f"""
create table sandbox_clock (
  one boolean primary key default true check (one), shift interval not null default '0'
);
insert into sandbox_clock default values;
create function app_now() returns timestamptz language sql volatile as $$
  select clock_timestamp() + (select shift from sandbox_clock) $$;
create function app_user() returns uuid language sql stable as $$
  select nullif(current_setting('app.user', true), '')::uuid $$;
create function app_org() returns uuid language sql stable as $$
  select nullif(current_setting('app.org', true), '')::uuid $$;
create function refuse_change() returns trigger language plpgsql as $$
  begin raise exception '% is append-only', tg_table_name using errcode = '23001'; end $$;

grant usage on schema public to {ROLES};
alter default privileges in schema public grant select, insert, update, delete on tables to {ROLES};
alter default privileges in schema public grant usage, select on sequences to {ROLES};
revoke all on sandbox_clock from {ROLES};
grant select on sandbox_clock to {ROLES};
grant update on sandbox_clock to marketplace_system;
"""

# Table: what a row must say for the tenant's role to see it.
TENANT_ROWS = {
    "user_account": "id = app_user() or exists (select 1 from membership m"
    " where m.user_id = user_account.id and m.organization_id = app_org())"
    " or exists (select 1 from join_request j"
    " where j.user_id = user_account.id and j.organization_id = app_org())",
    "user_session": "user_id = app_user()",
    "link_token": "user_id = app_user()",
    "second_factor": "user_id = app_user()",
    "recovery_code": "user_id = app_user()",
    "passkey": "user_id = app_user()",
    "passkey_challenge": "user_id = app_user()",
    "api_token": "user_id = app_user() or organization_id = app_org()",
    "consent": "user_id = app_user()",
    "organization": "id = app_org()",
    "membership": "organization_id = app_org() or user_id = app_user()",
    "role_change": "organization_id = app_org() or user_id = app_user()",
    "invitation": "organization_id = app_org()",
    "join_request": "organization_id = app_org() or user_id = app_user()",
    "paper": "organization_id = app_org()",
    "bank_account": "organization_id = app_org()",
}
APPEND_ONLY = ("consent", "role_change", "legal_text")


def separate_tenants() -> None:
    for table, rows in TENANT_ROWS.items():
        op.execute(f"alter table {table} enable row level security")
        op.execute(f"alter table {table} force row level security")
        op.execute(f"create policy own_rows on {table} to marketplace_tenant using ({rows})")
        op.execute(
            f"create policy all_rows on {table} to marketplace_staff, marketplace_system using (true)"
        )


def protect_history() -> None:
    for table in APPEND_ONLY:
        op.execute(f"revoke update, delete on {table} from {ROLES}")
        op.execute(
            f"create trigger {table}_append_only before update or delete or truncate on {table}"
            " execute function refuse_change()"
        )


def upgrade() -> None:
    op.execute(PRELUDE)
    create_tables()
    separate_tenants()
    protect_history()


def create_tables() -> None:
    op.create_table(
        "legal_text",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "terms",
                "privacy",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("title_ko", sa.String(length=120), nullable=False),
        sa.Column("title_en", sa.String(length=120), nullable=False),
        sa.Column("text_ko", sa.Text(), nullable=False),
        sa.Column("text_en", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column(
            "published_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("app_now()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name="pk_legal_text"),
        sa.UniqueConstraint("kind", "version", name="uq_legal_text_kind_version"),
    )
    op.create_table(
        "user_account",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("phone", sa.String(length=30), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=True),
        sa.Column("theme", sa.String(length=5), nullable=True),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "unconfirmed",
                "active",
                "suspended",
                "deleted",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "person_role",
            sa.Enum(
                "evaluator",
                "expert",
                name="person_role",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("suspended_reason", sa.String(length=1000), nullable=True),
        sa.Column("email_confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("password_changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_sign_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("app_now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "email = lower(email) and email like '%_@_%'", name="ck_user_account_email"
        ),
        sa.CheckConstraint("language in ('ko', 'en')", name="ck_user_account_language"),
        sa.CheckConstraint("theme in ('light', 'dark')", name="ck_user_account_theme"),
        sa.PrimaryKeyConstraint("id", name="pk_user_account"),
        sa.UniqueConstraint("email", name="uq_user_account_email"),
    )
    op.create_table(
        "consent",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("legal_text_id", sa.Uuid(), nullable=False),
        sa.Column(
            "given_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("app_now()"),
            nullable=False,
        ),
        sa.Column("address", postgresql.INET(), nullable=True),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["legal_text_id"], ["legal_text.id"], name="fk_consent_legal_text_id_legal_text"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name="fk_consent_user_id_user_account"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_consent"),
        sa.UniqueConstraint("user_id", "legal_text_id", name="uq_consent_user_text"),
    )
    op.create_table(
        "link_token",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "purpose",
            sa.Enum(
                "confirm_email",
                "reset_password",
                "change_email",
                "first_sign_in",
                name="purpose",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("app_now()"),
            nullable=False,
        ),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name="fk_link_token_user_id_user_account"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_link_token"),
        sa.UniqueConstraint("token_hash", name="uq_link_token_token_hash"),
    )
    op.create_index("ix_link_token_user_id", "link_token", ["user_id"], unique=False)
    op.create_table(
        "organization",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "function",
            sa.Enum(
                "business",
                "exchange_operator",
                "operating_agency",
                "promoting_agency",
                "ministry",
                "cost_assessor",
                "supervision_body",
                name="function",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("business_number", sa.String(length=10), nullable=False),
        sa.Column("corporate_number", sa.String(length=13), nullable=True),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("representative", sa.String(length=80), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("address", sa.String(length=300), nullable=False),
        sa.Column("phone", sa.String(length=30), nullable=False),
        sa.Column("invoice_email", sa.String(length=254), nullable=False),
        sa.Column("business_type", sa.String(length=100), nullable=False),
        sa.Column("business_item", sa.String(length=100), nullable=False),
        sa.Column("tax_type", sa.String(length=2), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "manufacturer",
                "smart_factory_supplier",
                "other_company",
                "university",
                "public_institute",
                "association",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "size",
            sa.Enum(
                "small",
                "medium",
                "mid_size",
                "large",
                "non_profit",
                name="size",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "unconfirmed",
                "active",
                "suspended",
                "closed",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("suspended_reason", sa.String(length=1000), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("app_now()"),
            nullable=False,
        ),
        sa.Column("checksum_passed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("registry_state", sa.String(length=20), nullable=True),
        sa.Column("registry_tax_type", sa.String(length=2), nullable=True),
        sa.Column("registry_matched", sa.Boolean(), nullable=True),
        sa.Column("registry_checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("override_reason", sa.String(length=1000), nullable=True),
        sa.Column("override_by", sa.Uuid(), nullable=True),
        sa.Column("override_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("representative_verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("representative_verified_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "business_number ~ '^[0-9]{10}$'", name="ck_organization_business_number"
        ),
        sa.CheckConstraint(
            "corporate_number ~ '^[0-9]{13}$'", name="ck_organization_corporate_number"
        ),
        sa.CheckConstraint(
            "(override_at is null) = (override_reason is null)",
            name="ck_organization_override_has_reason",
        ),
        sa.ForeignKeyConstraint(
            ["override_by"],
            ["user_account.id"],
            name="fk_organization_override_by_user_account",
        ),
        sa.ForeignKeyConstraint(
            ["representative_verified_by"],
            ["user_account.id"],
            name="fk_organization_representative_verified_by_user_account",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_organization"),
    )
    op.create_index(
        "uq_organization_business_number",
        "organization",
        ["business_number"],
        unique=True,
        postgresql_where=sa.text("state <> 'closed'"),
    )
    op.create_table(
        "passkey",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("credential_id", sa.LargeBinary(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(length=60), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("app_now()"),
            nullable=False,
        ),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name="fk_passkey_user_id_user_account"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_passkey"),
        sa.UniqueConstraint("credential_id", name="uq_passkey_credential_id"),
    )
    op.create_index("ix_passkey_user_id", "passkey", ["user_id"], unique=False)
    op.create_table(
        "passkey_challenge",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("challenge", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name="fk_passkey_challenge_user_id_user_account"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_passkey_challenge"),
    )
    op.create_index("ix_passkey_challenge_user_id", "passkey_challenge", ["user_id"], unique=False)
    op.create_table(
        "recovery_code",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name="fk_recovery_code_user_id_user_account"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_recovery_code"),
        sa.UniqueConstraint("user_id", "code_hash", name="uq_recovery_code_user_hash"),
    )
    op.create_table(
        "second_factor",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("secret_encrypted", sa.LargeBinary(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("app_now()"),
            nullable=False,
        ),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_step", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name="fk_second_factor_user_id_user_account"
        ),
        sa.PrimaryKeyConstraint("user_id", name="pk_second_factor"),
    )
    op.create_table(
        "user_session",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("app_now()"),
            nullable=False,
        ),
        sa.Column(
            "last_seen_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("app_now()"),
            nullable=False,
        ),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("authenticated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("second_factor_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("address", postgresql.INET(), nullable=True),
        sa.Column("user_agent", sa.String(length=300), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_reason", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name="fk_user_session_user_id_user_account"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_user_session"),
        sa.UniqueConstraint("token_hash", name="uq_user_session_token_hash"),
    )
    op.create_index(
        "ix_user_session_user_id_live",
        "user_session",
        ["user_id"],
        unique=False,
        postgresql_where=sa.text("ended_at is null"),
    )
    op.create_table(
        "api_token",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("hint", sa.String(length=20), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("scopes", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("app_now()"),
            nullable=False,
        ),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("cardinality(scopes) > 0", name="ck_api_token_scopes_not_empty"),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
            name="fk_api_token_organization_id_organization",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name="fk_api_token_user_id_user_account"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_api_token"),
        sa.UniqueConstraint("token_hash", name="uq_api_token_token_hash"),
    )
    op.create_index("ix_api_token_user_id", "api_token", ["user_id"], unique=False)
    op.create_table(
        "invitation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("roles", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("invited_by", sa.Uuid(), nullable=True),
        sa.Column(
            "invited_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("app_now()"),
            nullable=False,
        ),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["invited_by"], ["user_account.id"], name="fk_invitation_invited_by_user_account"
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
            name="fk_invitation_organization_id_organization",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_invitation"),
        sa.UniqueConstraint("token_hash", name="uq_invitation_token_hash"),
    )
    op.create_index(
        "uq_invitation_open",
        "invitation",
        ["organization_id", "email"],
        unique=True,
        postgresql_where=sa.text("accepted_at is null and withdrawn_at is null"),
    )
    op.create_table(
        "join_request",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("message", sa.String(length=1000), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "accepted",
                "refused",
                "withdrawn",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "asked_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("app_now()"),
            nullable=False,
        ),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(length=1000), nullable=True),
        sa.ForeignKeyConstraint(
            ["answered_by"],
            ["user_account.id"],
            name="fk_join_request_answered_by_user_account",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
            name="fk_join_request_organization_id_organization",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name="fk_join_request_user_id_user_account"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_join_request"),
    )
    op.create_index(
        "ix_join_request_organization_id", "join_request", ["organization_id"], unique=False
    )
    op.create_index(
        "uq_join_request_waiting",
        "join_request",
        ["user_id"],
        unique=True,
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_table(
        "membership",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("roles", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column(
            "joined_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("app_now()"),
            nullable=False,
        ),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("left_reason", sa.String(length=200), nullable=True),
        sa.CheckConstraint("cardinality(roles) > 0", name="ck_membership_roles_not_empty"),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
            name="fk_membership_organization_id_organization",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name="fk_membership_user_id_user_account"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_membership"),
    )
    op.create_index(
        "ix_membership_organization_id", "membership", ["organization_id"], unique=False
    )
    op.create_index(
        "uq_membership_user_id_live",
        "membership",
        ["user_id"],
        unique=True,
        postgresql_where=sa.text("left_at is null"),
    )
    op.create_table(
        "paper",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "business_registration",
                "representative_authority",
                "size_certificate",
                "non_profit_proof",
                "bankbook",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("file_name", sa.String(length=255), nullable=False),
        sa.Column("content_type", sa.String(length=100), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("object_key", sa.String(length=200), nullable=False),
        sa.Column("ready_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("uploaded_by", sa.Uuid(), nullable=False),
        sa.Column(
            "uploaded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("app_now()"),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "accepted",
                "returned",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("examined_by", sa.Uuid(), nullable=True),
        sa.Column("examined_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(length=1000), nullable=True),
        sa.CheckConstraint(
            "state <> 'returned' or reason is not null", name="ck_paper_returned_has_reason"
        ),
        sa.CheckConstraint("size_bytes > 0", name="ck_paper_size_bytes"),
        sa.ForeignKeyConstraint(
            ["examined_by"], ["user_account.id"], name="fk_paper_examined_by_user_account"
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
            name="fk_paper_organization_id_organization",
        ),
        sa.ForeignKeyConstraint(
            ["uploaded_by"], ["user_account.id"], name="fk_paper_uploaded_by_user_account"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_paper"),
    )
    op.create_index("ix_paper_organization_id", "paper", ["organization_id"], unique=False)
    op.create_table(
        "role_change",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=True),
        sa.Column("roles_before", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("roles_after", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=True),
        sa.Column(
            "changed_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("app_now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["changed_by"], ["user_account.id"], name="fk_role_change_changed_by_user_account"
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
            name="fk_role_change_organization_id_organization",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name="fk_role_change_user_id_user_account"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_role_change"),
    )
    op.create_index(
        "ix_role_change_organization_id", "role_change", ["organization_id"], unique=False
    )
    op.create_index("ix_role_change_user_id", "role_change", ["user_id"], unique=False)
    op.create_table(
        "bank_account",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("bank_code", sa.String(length=3), nullable=False),
        sa.Column("number_encrypted", sa.LargeBinary(), nullable=False),
        sa.Column("number_last4", sa.String(length=4), nullable=False),
        sa.Column("holder", sa.String(length=80), nullable=False),
        sa.Column("paper_id", sa.Uuid(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "proposed",
                "confirmed",
                "refused",
                "withdrawn",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("proposed_by", sa.Uuid(), nullable=False),
        sa.Column(
            "proposed_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("app_now()"),
            nullable=False,
        ),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("effective_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(length=1000), nullable=True),
        sa.CheckConstraint(
            "(state = 'confirmed') = (effective_at is not null)",
            name="ck_bank_account_confirmed_has_hold",
        ),
        sa.CheckConstraint(
            "decided_by is null or decided_by <> proposed_by or state = 'withdrawn'",
            name="ck_bank_account_second_person",
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"],
            ["user_account.id"],
            name="fk_bank_account_decided_by_user_account",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
            name="fk_bank_account_organization_id_organization",
        ),
        sa.ForeignKeyConstraint(["paper_id"], ["paper.id"], name="fk_bank_account_paper_id_paper"),
        sa.ForeignKeyConstraint(
            ["proposed_by"],
            ["user_account.id"],
            name="fk_bank_account_proposed_by_user_account",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_bank_account"),
    )
    op.create_index(
        "ix_bank_account_organization_id", "bank_account", ["organization_id"], unique=False
    )
    op.create_index(
        "uq_bank_account_proposed",
        "bank_account",
        ["organization_id"],
        unique=True,
        postgresql_where=sa.text("state = 'proposed'"),
    )


def downgrade() -> None:
    op.execute(
        "drop table legal_text, user_account, consent, link_token, organization, passkey, passkey_challenge, recovery_code, second_factor, user_session, api_token, invitation, join_request, membership, paper, role_change, bank_account cascade"
    )
    op.execute(f"alter default privileges in schema public revoke all on tables from {ROLES}")
    op.execute(f"alter default privileges in schema public revoke all on sequences from {ROLES}")
    op.execute(f"revoke usage on schema public from {ROLES}")
    op.execute("drop table sandbox_clock")
    op.execute("drop function app_now, app_user, app_org, refuse_change")
