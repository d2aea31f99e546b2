"""Keep which tickets findings opened"""

import sqlalchemy as sa
from alembic import op

revision = "0015_finding_tickets"
down_revision = "0014_device_reading"

OPEN = sa.text("ended_at IS NULL")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "finding_tickets",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("device_id", sa.Integer(), nullable=False),
        sa.Column("rule", sa.String(length=40), nullable=False),
        sa.Column("object_key", sa.String(length=120), nullable=False),
        sa.Column("finding_id", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["device_id"], ["devices.id"], name=op.f("fk__finding_tickets__device_id")),
        sa.ForeignKeyConstraint(["finding_id"], ["findings.id"], name=op.f("fk__finding_tickets__finding_id")),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk__finding_tickets__ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk__finding_tickets")),
        sa.UniqueConstraint("ticket_id", name=op.f("uq__finding_tickets__ticket_id")),
    )
    op.create_index(
        "uq__finding_tickets__open",
        "finding_tickets",
        ["device_id", "rule", "object_key"],
        unique=True,
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )
