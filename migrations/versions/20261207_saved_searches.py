"""Searches that a person keeps, and the products that came to fit them.

Somebody who found nothing had to come back and look again. The row of a match is the proof that a product
was told once. Nobody else reads what a person looks for, the operator's staff neither.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "saved_searches"
down_revision = "scanned"
branch_labels = None
depends_on = None

SORTS = ("relevance", "newest", "cheapest", "dearest", "grade")
FREQUENCIES = ("at_once", "daily", "weekly")


def _choice(name: str, values: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def _time(name: str, *, nullable: bool = False) -> sa.Column[object]:
    default = None if nullable else sa.text("app_now()")
    return sa.Column(name, sa.DateTime(timezone=True), server_default=default, nullable=nullable)


def upgrade() -> None:
    op.create_table(
        "saved_search",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("words", sa.String(length=200), nullable=False),
        sa.Column("filters", postgresql.JSONB(), nullable=False),
        sa.Column("sort", _choice("sort", SORTS), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("alert", sa.Boolean(), nullable=False),
        sa.Column("frequency", _choice("frequency", FREQUENCIES), nullable=False),
        _time("saved_at"),
        sa.CheckConstraint(
            "octet_length(fingerprint) = 32", name=op.f("ck_saved_search_fingerprint")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_saved_search_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_search")),
        sa.UniqueConstraint(
            "user_id", "fingerprint", name=op.f("uq_saved_search_user_id_fingerprint")
        ),
    )
    op.create_table(
        "saved_search_match",
        sa.Column("search_id", sa.Uuid(), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        _time("found_at"),
        _time("told_at", nullable=True),
        sa.ForeignKeyConstraint(
            ["search_id"],
            ["saved_search.id"],
            name=op.f("fk_saved_search_match_search_id_saved_search"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["product.id"], name=op.f("fk_saved_search_match_product_id_product")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user_account.id"],
            name=op.f("fk_saved_search_match_user_id_user_account"),
        ),
        sa.PrimaryKeyConstraint("search_id", "product_id", name=op.f("pk_saved_search_match")),
    )
    op.create_index(
        "ix_saved_search_match_waiting",
        "saved_search_match",
        ["search_id", "found_at"],
        postgresql_where=sa.text("told_at is null"),
    )
    for table in ("saved_search", "saved_search_match"):
        op.execute(f"alter table {table} enable row level security")
        op.execute(f"alter table {table} force row level security")
        op.execute(
            f"create policy own_rows on {table} to marketplace_tenant, marketplace_staff"
            " using (user_id = app_user())"
        )
        op.execute(f"create policy all_rows on {table} to marketplace_system using (true)")
    # What was found is written by the exchange; a person only lets go of what waits.
    op.execute(
        "revoke insert, update on saved_search_match from marketplace_tenant, marketplace_staff"
    )


def downgrade() -> None:
    op.drop_table("saved_search_match")
    op.drop_table("saved_search")
