"""The mandatory training: versions of courses, watching, the checklist, signatures.

Nobody had to learn the rules before a first registration request (E3). A signature is append-only and
keeps the exact text; everybody can verify a certificate by its number through a function that says
no more than is on it.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "training"
down_revision = "search"
branch_labels = None
depends_on = None

ROLES = "marketplace_tenant, marketplace_staff, marketplace_system"
VERIFY = """
create function verify_certificate(wanted text) returns table(
  certificate_number text, name text, organization text, title_ko text, title_en text,
  number integer, signed_at timestamptz, in_force boolean)
language sql stable security definer set search_path = public, pg_temp as $$
  select s.certificate_number, left(s.typed_name, 1) || repeat('○', greatest(length(s.typed_name) - 1, 1)),
         o.name, v.content ->> 'title_ko', v.content ->> 'title_en', v.number, s.signed_at,
         not exists (select 1 from course_version n where n.course = v.course
                     and n.published_at is not null and n.number > v.number)
    from training_signature s
    join organization o on o.id = s.organization_id
    join course_version v on v.id = s.version_id
   where s.certificate_number = wanted $$;
revoke execute on function verify_certificate(text) from public;
grant execute on function verify_certificate(text)
  to marketplace_tenant, marketplace_staff, marketplace_system;
grant create on schema public to marketplace_system;
alter function verify_certificate(text) owner to marketplace_system;
revoke create on schema public from marketplace_system;
"""


def upgrade() -> None:
    op.create_table(
        "course_version",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("course", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        stamped("created_at"),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("number >= 1", name=op.f("ck_course_version_number")),
        person("course_version", "created_by"),
        person("course_version", "published_by"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course_version")),
        sa.UniqueConstraint("course", "number", name="uq_course_version_number"),
    )
    op.create_index(
        "uq_course_version_draft",
        "course_version",
        ["course"],
        unique=True,
        postgresql_where=sa.text("published_at is null"),
    )
    op.create_table(
        "film_watch",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("film", sa.String(length=40), nullable=False),
        sa.Column("watched_ms", sa.Integer(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("watched_ms >= 0", name=op.f("ck_film_watch_watched_ms")),
        person("film_watch", "user_id"),
        version("film_watch"),
        sa.PrimaryKeyConstraint("user_id", "version_id", "film", name=op.f("pk_film_watch")),
    )
    op.create_table(
        "item_agreement",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("item", sa.String(length=40), nullable=False),
        stamped("at"),
        person("item_agreement", "user_id"),
        version("item_agreement"),
        sa.PrimaryKeyConstraint("user_id", "version_id", "item", name=op.f("pk_item_agreement")),
    )
    create_signatures()
    for table, own in (
        ("film_watch", "user_id = app_user()"),
        ("item_agreement", "user_id = app_user()"),
        ("training_signature", "user_id = app_user() or organization_id = app_org()"),
    ):
        separate(table, own)
    # A colleague's signature is read, never written in their name.
    op.execute(
        "create policy signs_alone on training_signature as restrictive for insert"
        " to marketplace_tenant with check (user_id = app_user() and organization_id = app_org())"
    )
    op.execute("revoke insert, update, delete on course_version from marketplace_tenant")
    op.execute(f"revoke update, delete on training_signature from {ROLES}")
    op.execute(
        "create trigger training_signature_append_only before update or delete or truncate"
        " on training_signature execute function refuse_change()"
    )
    op.execute(VERIFY)


def create_signatures() -> None:
    op.create_table(
        "training_signature",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("certificate_number", sa.String(length=20), nullable=False),
        sa.Column("typed_name", sa.String(length=80), nullable=False),
        sa.Column("by_typing", sa.Boolean(), nullable=False),
        sa.Column(
            "strokes", postgresql.JSONB(astext_type=sa.Text(), none_as_null=True), nullable=True
        ),
        sa.Column("signed_text", sa.Text(), nullable=False),
        sa.Column("text_sha256", sa.String(length=64), nullable=False),
        sa.Column("address", sa.String(length=60), nullable=False),
        stamped("signed_at"),
        sa.CheckConstraint(
            "by_typing = (strokes is null)", name=op.f("ck_training_signature_drawn_or_typed")
        ),
        person("training_signature", "user_id"),
        version("training_signature"),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
            name=op.f("fk_training_signature_organization_id_organization"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_signature")),
        sa.UniqueConstraint("user_id", "version_id", name="uq_training_signature_once"),
        sa.UniqueConstraint("certificate_number", name="uq_training_signature_number"),
    )
    op.create_index(
        "ix_training_signature_organization_id", "training_signature", ["organization_id"]
    )


def stamped(name: str) -> sa.Column[object]:
    return sa.Column(
        name, sa.DateTime(timezone=True), server_default=sa.text("app_now()"), nullable=False
    )


def person(table: str, column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], ["user_account.id"], name=op.f(f"fk_{table}_{column}_user_account")
    )


def version(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["version_id"], ["course_version.id"], name=op.f(f"fk_{table}_version_id_course_version")
    )


def separate(table: str, own: str) -> None:
    op.execute(f"alter table {table} enable row level security")
    op.execute(f"alter table {table} force row level security")
    op.execute(f"create policy own_rows on {table} to marketplace_tenant using ({own})")
    op.execute(
        f"create policy all_rows on {table} to marketplace_staff, marketplace_system using (true)"
    )


def downgrade() -> None:
    op.execute("set role marketplace_system")
    op.execute("drop function verify_certificate(text)")
    op.execute("reset role")
    for table in ("training_signature", "item_agreement", "film_watch", "course_version"):
        op.drop_table(table)
