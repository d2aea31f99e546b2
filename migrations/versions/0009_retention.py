"""Keep retention, legal holds and erasures"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009_retention"
down_revision = "0008_audit_chain"

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "retentions",
        sa.Column("ticket_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("class_code", sa.String(length=32), nullable=False),
        sa.Column("keep_until", sa.Date(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk__retentions__ticket_id")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["people.id"], name=op.f("fk__retentions__decided_by_id")),
        sa.PrimaryKeyConstraint("ticket_id", name=op.f("pk__retentions")),
    )
    op.create_index(op.f("ix__retentions__class_code"), "retentions", ["class_code"])
    op.create_index(op.f("ix__retentions__keep_until"), "retentions", ["keep_until"])
    op.create_table(
        "legal_holds",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("placed_by_id", sa.Integer(), nullable=False),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lifted_by_id", sa.Integer(), nullable=True),
        sa.Column("lift_reason", sa.String(length=500), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk__legal_holds__ticket_id")),
        sa.ForeignKeyConstraint(["placed_by_id"], ["people.id"], name=op.f("fk__legal_holds__placed_by_id")),
        sa.ForeignKeyConstraint(["lifted_by_id"], ["people.id"], name=op.f("fk__legal_holds__lifted_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk__legal_holds")),
    )
    op.create_index(op.f("ix__legal_holds__ticket_id"), "legal_holds", ["ticket_id"])
    op.create_table(
        "erasures",
        sa.Column("ticket_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("erased_by_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("counts", JSON, nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk__erasures__ticket_id")),
        sa.ForeignKeyConstraint(["erased_by_id"], ["people.id"], name=op.f("fk__erasures__erased_by_id")),
        sa.PrimaryKeyConstraint("ticket_id", name=op.f("pk__erasures")),
    )
