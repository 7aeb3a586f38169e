"""Products, their contents and their data, and state machines as data.

Every state changes only together with its history row: a foreign key lets only allowed steps into the
history, and a trigger on each table asks for the row of the same transaction. What is approved is
public, so a second policy lets tenants read it; they still write only their own rows.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "catalog"
down_revision = "sealing"
branch_labels = None
depends_on = None

ROLES = "marketplace_tenant, marketplace_staff, marketplace_system"

STEPS = {
    "product": {
        "draft": ("listed",),
        "listed": ("withdrawn", "suspended"),
        "withdrawn": ("listed", "suspended"),
        "suspended": ("listed", "withdrawn"),
    },
    "product_content": {
        "draft": ("submitted", "discarded"),
        "submitted": ("approved", "returned", "rejected", "draft"),
        "returned": ("submitted", "discarded"),
        "approved": ("superseded",),
    },
    "dataset_version": {
        "open": ("processing", "abandoned"),
        "processing": ("ready", "blocked", "open", "abandoned"),
        "blocked": ("open", "processing", "abandoned"),
        "ready": ("revoked",),
    },
}
MAY_STEP = """
create function needs_step() returns trigger language plpgsql as $$
begin
  if new.state is distinct from old.state and not exists (
    select 1 from state_step s where s.machine = tg_table_name and s.thing_id = new.id
    and s.from_state = old.state and s.to_state = new.state
    and s.transaction_number = txid_current())
  then raise exception '% changes its state only together with its history', tg_table_name
    using errcode = '23001';
  end if;
  return new;
end $$;
"""
# What a row must say for a tenant to own it, and for everybody to read it.
OWN = "organization_id = app_org()"
APPROVED = "exists (select 1 from product_content c where c.dataset_version_id = {} and c.state = 'approved')"
PUBLIC = {
    "state_step": None,
    "product": "state <> 'draft'",
    "price_change": "exists (select 1 from product p where p.id = product_id and p.state <> 'draft')",
    "product_content": "state = 'approved'",
    "dataset_version": APPROVED.format("dataset_version.id"),
    "data_file": APPROVED.format("data_file.version_id"),
    "file_step": None,
    "file_preview": None,
    "quality_report": APPROVED.format("quality_report.version_id"),
}
APPEND_ONLY = ("price_change", "state_step")


def upgrade() -> None:
    create_tables()
    op.execute(MAY_STEP)
    for machine, steps in STEPS.items():
        op.execute(
            f"create trigger {machine}_needs_step before update of state on {machine}"
            " for each row execute function needs_step()"
        )
        for from_state, to_states in steps.items():
            for to_state in to_states:
                op.execute(
                    f"insert into allowed_step values ('{machine}', '{from_state}', '{to_state}')"
                )
    op.execute(f"revoke insert, update, delete on allowed_step from {ROLES}")
    for table, public in PUBLIC.items():
        separate(table, public)
    for table in APPEND_ONLY:
        op.execute(f"revoke update, delete on {table} from {ROLES}")
        op.execute(
            f"create trigger {table}_append_only before update or delete or truncate on {table}"
            " execute function refuse_change()"
        )


def separate(table: str, public: str | None) -> None:
    op.execute(f"alter table {table} enable row level security")
    op.execute(f"alter table {table} force row level security")
    op.execute(f"create policy own_rows on {table} to marketplace_tenant using ({OWN})")
    if public is not None:
        op.execute(
            f"create policy public_rows on {table} for select to marketplace_tenant using ({public})"
        )
    op.execute(
        f"create policy all_rows on {table} to marketplace_staff, marketplace_system using (true)"
    )


def create_tables() -> None:
    op.create_table(
        "allowed_step",
        sa.Column("machine", sa.String(length=40), nullable=False),
        sa.Column("from_state", sa.String(length=40), nullable=False),
        sa.Column("to_state", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("machine", "from_state", "to_state", name=op.f("pk_allowed_step")),
    )
    op.create_table(
        "state_step",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("machine", sa.String(length=40), nullable=False),
        sa.Column("thing_id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=True),
        sa.Column("from_state", sa.String(length=40), nullable=False),
        sa.Column("to_state", sa.String(length=40), nullable=False),
        sa.Column("actor_user_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.String(length=2000), nullable=True),
        sa.Column(
            "at", sa.DateTime(timezone=True), server_default=sa.text("app_now()"), nullable=False
        ),
        sa.Column(
            "transaction_number",
            sa.BigInteger(),
            server_default=sa.text("txid_current()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["machine", "from_state", "to_state"],
            ["allowed_step.machine", "allowed_step.from_state", "allowed_step.to_state"],
            name="fk_state_step_allowed",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_state_step")),
    )
    op.create_index("ix_state_step_thing_id_id", "state_step", ["thing_id", "id"], unique=False)
    op.create_table(
        "product",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), sa.Identity(always=True, start=1001), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "listed",
                "withdrawn",
                "suspended",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("price_won", sa.BigInteger(), nullable=True),
        sa.Column("suspended_reason", sa.String(length=1000), nullable=True),
        sa.Column("listed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("app_now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "(state = 'suspended') = (suspended_reason is not null)",
            name=op.f("ck_product_suspended_has_reason"),
        ),
        sa.CheckConstraint(
            "state = 'draft' or price_won is not null", name=op.f("ck_product_listed_has_price")
        ),
        sa.CheckConstraint(
            "price_won between 1000 and 10000000000", name=op.f("ck_product_price_won")
        ),
        sa.ForeignKeyConstraint(
            ["created_by"], ["user_account.id"], name=op.f("fk_product_created_by_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
            name=op.f("fk_product_organization_id_organization"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_product")),
        sa.UniqueConstraint("number", name=op.f("uq_product_number")),
    )
    op.create_index(
        "ix_product_organization_id_created_at",
        "product",
        ["organization_id", "created_at"],
        unique=False,
    )
    op.create_table(
        "dataset_version",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "processing",
                "ready",
                "blocked",
                "revoked",
                "abandoned",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("note", sa.String(length=1000), nullable=False),
        sa.Column("file_count", sa.Integer(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("revoked_reason", sa.String(length=1000), nullable=True),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("app_now()"),
            nullable=False,
        ),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ready_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state = 'revoked') = (revoked_reason is not null)",
            name=op.f("ck_dataset_version_revoked_has_reason"),
        ),
        sa.CheckConstraint(
            "state not in ('ready', 'revoked') or (ready_at is not null and sha256 is not null)",
            name=op.f("ck_dataset_version_ready_is_hashed"),
        ),
        sa.CheckConstraint("number >= 1", name=op.f("ck_dataset_version_number")),
        sa.ForeignKeyConstraint(
            ["created_by"],
            ["user_account.id"],
            name=op.f("fk_dataset_version_created_by_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
            name=op.f("fk_dataset_version_organization_id_organization"),
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["product.id"], name=op.f("fk_dataset_version_product_id_product")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dataset_version")),
        sa.UniqueConstraint("product_id", "number", name="uq_dataset_version_number"),
    )
    op.create_index(
        "uq_dataset_version_open",
        "dataset_version",
        ["product_id"],
        unique=True,
        postgresql_where=sa.text("state in ('open', 'processing', 'blocked')"),
    )
    op.create_table(
        "price_change",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("price_won", sa.BigInteger(), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=False),
        sa.Column(
            "at", sa.DateTime(timezone=True), server_default=sa.text("app_now()"), nullable=False
        ),
        sa.CheckConstraint(
            "price_won between 1000 and 10000000000", name=op.f("ck_price_change_price_won")
        ),
        sa.ForeignKeyConstraint(
            ["changed_by"],
            ["user_account.id"],
            name=op.f("fk_price_change_changed_by_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
            name=op.f("fk_price_change_organization_id_organization"),
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["product.id"], name=op.f("fk_price_change_product_id_product")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_price_change")),
    )
    op.create_index(
        "ix_price_change_product_id_id", "price_change", ["product_id", "id"], unique=False
    )
    op.create_table(
        "data_file",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("path", sa.String(length=500), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "uploading",
                "uploaded",
                "processing",
                "ready",
                "blocked",
                "failed",
                "removed",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("part_bytes", sa.BigInteger(), nullable=False),
        sa.Column("upload_id", sa.String(length=500), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("object_key", sa.String(length=200), nullable=True),
        sa.Column("report", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("app_now()"),
            nullable=False,
        ),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ready_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("swept_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state <> 'ready' or (sha256 is not null and object_key is not null)",
            name=op.f("ck_data_file_ready_is_hashed"),
        ),
        sa.CheckConstraint("part_bytes > 0", name=op.f("ck_data_file_part_bytes")),
        sa.CheckConstraint("size_bytes > 0", name=op.f("ck_data_file_size_bytes")),
        sa.ForeignKeyConstraint(
            ["created_by"], ["user_account.id"], name=op.f("fk_data_file_created_by_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
            name=op.f("fk_data_file_organization_id_organization"),
        ),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["dataset_version.id"],
            name=op.f("fk_data_file_version_id_dataset_version"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_file")),
    )
    op.create_index(
        "ix_data_file_organization_id_state",
        "data_file",
        ["organization_id", "state"],
        unique=False,
    )
    op.create_index(
        "uq_data_file_path",
        "data_file",
        ["version_id", "path"],
        unique=True,
        postgresql_where=sa.text("state <> 'removed'"),
    )
    op.create_table(
        "product_content",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "submitted",
                "returned",
                "rejected",
                "approved",
                "superseded",
                "discarded",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("title_ko", sa.String(length=120), nullable=False),
        sa.Column("title_en", sa.String(length=120), nullable=False),
        sa.Column("summary_ko", sa.String(length=200), nullable=False),
        sa.Column("summary_en", sa.String(length=200), nullable=False),
        sa.Column("description_ko", sa.Text(), nullable=False),
        sa.Column("description_en", sa.Text(), nullable=False),
        sa.Column("industry_section", sa.String(length=1), nullable=True),
        sa.Column("industry_division", sa.String(length=2), nullable=True),
        sa.Column("industry_code", sa.String(length=10), nullable=False),
        sa.Column("process", sa.String(length=60), nullable=False),
        sa.Column("equipment", sa.String(length=60), nullable=False),
        sa.Column(
            "purpose",
            sa.Enum(
                "quality_assurance",
                "predictive_maintenance",
                "process_optimisation",
                "resource_optimisation",
                "anomaly_detection",
                "other",
                name="purpose",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column(
            "data_kind",
            sa.Enum(
                "tabular",
                "time_series",
                "image",
                "sound",
                "mixed",
                name="data_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("collected_from", sa.Date(), nullable=True),
        sa.Column("collected_to", sa.Date(), nullable=True),
        sa.Column("collection_method", sa.String(length=1000), nullable=False),
        sa.Column("interval_s", sa.Double(), nullable=True),
        sa.Column("label_definition", sa.String(length=2000), nullable=False),
        sa.Column("credit", sa.String(length=500), nullable=False),
        sa.Column("column_dictionary", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column(
            "sample_policy",
            sa.Enum(
                "none",
                "rows",
                "on_request",
                name="sample_policy",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("sample", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("licence", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("licence_ko", sa.Text(), nullable=True),
        sa.Column("licence_sha256", sa.String(length=64), nullable=True),
        sa.Column("declarations", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("dataset_version_id", sa.Uuid(), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("app_now()"),
            nullable=False,
        ),
        sa.Column("saved_by", sa.Uuid(), nullable=False),
        sa.Column(
            "saved_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("app_now()"),
            nullable=False,
        ),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "industry_division ~ '^[0-9]{2}$'", name=op.f("ck_product_content_industry_division")
        ),
        sa.CheckConstraint(
            "industry_section ~ '^[A-U]$'", name=op.f("ck_product_content_industry_section")
        ),
        sa.CheckConstraint(
            "state in ('draft', 'returned', 'discarded') or (submitted_at is not null and dataset_version_id is not null and licence_ko is not null)",
            name=op.f("ck_product_content_submitted_is_whole"),
        ),
        sa.CheckConstraint(
            "collected_from <= collected_to", name=op.f("ck_product_content_collected_in_order")
        ),
        sa.CheckConstraint("interval_s > 0", name=op.f("ck_product_content_interval_s")),
        sa.CheckConstraint("number >= 1", name=op.f("ck_product_content_number")),
        sa.CheckConstraint("revision >= 1", name=op.f("ck_product_content_revision")),
        sa.ForeignKeyConstraint(
            ["dataset_version_id"],
            ["dataset_version.id"],
            name=op.f("fk_product_content_dataset_version_id_dataset_version"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
            name=op.f("fk_product_content_organization_id_organization"),
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["product.id"], name=op.f("fk_product_content_product_id_product")
        ),
        sa.ForeignKeyConstraint(
            ["saved_by"], ["user_account.id"], name=op.f("fk_product_content_saved_by_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_product_content")),
    )
    op.create_index(
        "uq_product_content_approved",
        "product_content",
        ["product_id"],
        unique=True,
        postgresql_where=sa.text("state = 'approved'"),
    )
    op.create_index(
        "uq_product_content_number", "product_content", ["product_id", "number"], unique=True
    )
    op.create_index(
        "uq_product_content_open",
        "product_content",
        ["product_id"],
        unique=True,
        postgresql_where=sa.text("state in ('draft', 'submitted', 'returned')"),
    )
    op.create_table(
        "quality_report",
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("engine", sa.String(length=80), nullable=False),
        sa.Column("grade", sa.String(length=1), nullable=False),
        sa.Column("blocker_count", sa.Integer(), nullable=False),
        sa.Column("warning_count", sa.Integer(), nullable=False),
        sa.Column("row_count", sa.BigInteger(), nullable=False),
        sa.Column("report", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column(
            "made_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("app_now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "grade in ('A', 'B', 'C', 'D', '-')", name=op.f("ck_quality_report_grade")
        ),
        sa.CheckConstraint(
            "blocker_count >= 0 and warning_count >= 0", name=op.f("ck_quality_report_counts")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
            name=op.f("fk_quality_report_organization_id_organization"),
        ),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["dataset_version.id"],
            name=op.f("fk_quality_report_version_id_dataset_version"),
        ),
        sa.PrimaryKeyConstraint("version_id", name=op.f("pk_quality_report")),
    )
    op.create_table(
        "file_preview",
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("tables", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["file_id"], ["data_file.id"], name=op.f("fk_file_preview_file_id_data_file")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
            name=op.f("fk_file_preview_organization_id_organization"),
        ),
        sa.PrimaryKeyConstraint("file_id", name=op.f("pk_file_preview")),
    )
    op.create_table(
        "file_step",
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column(
            "name",
            sa.Enum(
                "hash",
                "malware",
                "examine",
                "store",
                name="name",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "running",
                "done",
                "skipped",
                "blocked",
                "failed",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("done_bytes", sa.BigInteger(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("done_bytes >= 0", name=op.f("ck_file_step_done_bytes")),
        sa.ForeignKeyConstraint(
            ["file_id"], ["data_file.id"], name=op.f("fk_file_step_file_id_data_file")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
            name=op.f("fk_file_step_organization_id_organization"),
        ),
        sa.PrimaryKeyConstraint("file_id", "name", name=op.f("pk_file_step")),
    )
    op.create_index("ix_file_step_organization_id", "file_step", ["organization_id"], unique=False)


def downgrade() -> None:
    for table, public in PUBLIC.items():
        if public is not None:
            op.execute(f"drop policy public_rows on {table}")
    op.drop_index("ix_file_step_organization_id", table_name="file_step")
    op.drop_table("file_step")
    op.drop_table("file_preview")
    op.drop_table("quality_report")
    op.drop_index(
        "uq_product_content_open",
        table_name="product_content",
        postgresql_where=sa.text("state in ('draft', 'submitted', 'returned')"),
    )
    op.drop_index("uq_product_content_number", table_name="product_content")
    op.drop_index(
        "uq_product_content_approved",
        table_name="product_content",
        postgresql_where=sa.text("state = 'approved'"),
    )
    op.drop_table("product_content")
    op.drop_index(
        "uq_data_file_path", table_name="data_file", postgresql_where=sa.text("state <> 'removed'")
    )
    op.drop_index("ix_data_file_organization_id_state", table_name="data_file")
    op.drop_table("data_file")
    op.drop_index("ix_price_change_product_id_id", table_name="price_change")
    op.drop_table("price_change")
    op.drop_index(
        "uq_dataset_version_open",
        table_name="dataset_version",
        postgresql_where=sa.text("state in ('open', 'processing', 'blocked')"),
    )
    op.drop_table("dataset_version")
    op.drop_index("ix_product_organization_id_created_at", table_name="product")
    op.drop_table("product")
    op.drop_index("ix_state_step_thing_id_id", table_name="state_step")
    op.drop_table("state_step")
    op.drop_table("allowed_step")
    op.execute("drop function needs_step")
