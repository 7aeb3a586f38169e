"""Questions and sample requests on products, with public answers.

Buyers pay before they can look inside, and there was no place to ask. Everybody reads what was asked and
answered; who asked stays with the asker, the seller and the operator.
"""

import sqlalchemy as sa
from alembic import op

revision = "inquiries"
down_revision = "training"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "inquiry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "question",
                "sample",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("body", sa.String(length=1000), nullable=False),
        sa.Column("asker_organization_id", sa.Uuid(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column(
            "asked_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("app_now()"),
            nullable=False,
        ),
        sa.Column("answer", sa.String(length=2000), nullable=True),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("hidden_reason", sa.String(length=1000), nullable=True),
        sa.Column("hidden_by", sa.Uuid(), nullable=True),
        sa.Column("hidden_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(answer is null) = (answered_at is null)", name=op.f("ck_inquiry_answered_has_time")
        ),
        sa.CheckConstraint(
            "(hidden_at is null) = (hidden_reason is null)",
            name=op.f("ck_inquiry_hidden_has_reason"),
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["product.id"], name=op.f("fk_inquiry_product_id_product")
        ),
        *(
            sa.ForeignKeyConstraint(
                [column], ["organization.id"], name=op.f(f"fk_inquiry_{column}_organization")
            )
            for column in ("organization_id", "asker_organization_id")
        ),
        *(
            sa.ForeignKeyConstraint(
                [column], ["user_account.id"], name=op.f(f"fk_inquiry_{column}_user_account")
            )
            for column in ("asked_by", "answered_by", "hidden_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inquiry")),
    )
    op.create_index("ix_inquiry_product_id_asked_at", "inquiry", ["product_id", "asked_at"])
    op.create_index(
        "ix_inquiry_organization_id_asked_at", "inquiry", ["organization_id", "asked_at"]
    )
    op.execute("alter table inquiry enable row level security")
    op.execute("alter table inquiry force row level security")
    op.execute(
        "create policy own_rows on inquiry to marketplace_tenant"
        " using (organization_id = app_org() or asker_organization_id = app_org())"
    )
    op.execute(
        "create policy public_rows on inquiry for select to marketplace_tenant using (hidden_at is"
        " null and exists (select 1 from product p where p.id = product_id and p.state = 'listed'))"
    )
    op.execute(
        "create policy all_rows on inquiry to marketplace_staff, marketplace_system using (true)"
    )
    # An asker asks in the own name and answers nothing; a seller answers and hides nothing.
    op.execute(
        "create policy asks on inquiry as restrictive for insert to marketplace_tenant with check"
        " (asker_organization_id = app_org() and organization_id <> app_org()"
        " and asked_by = app_user() and answer is null and hidden_at is null)"
    )
    op.execute(
        "create policy answers on inquiry as restrictive for update to marketplace_tenant"
        " using (organization_id = app_org() and hidden_at is null)"
        " with check (organization_id = app_org() and hidden_at is null)"
    )
    op.execute("revoke delete on inquiry from marketplace_tenant, marketplace_staff")


def downgrade() -> None:
    op.drop_table("inquiry")
