"""Keep findings, their history and maintenance windows"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010_findings"
down_revision = "0009_retention"

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
ALIVE = sa.text("state IN ('pending', 'open', 'recovering')")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "findings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("device_id", sa.Integer(), nullable=False),
        sa.Column("rule", sa.String(length=40), nullable=False),
        sa.Column("object", sa.Text(), nullable=False),
        sa.Column("object_key", sa.String(length=120), nullable=False),
        sa.Column("severity", sa.String(length=16), nullable=False),
        sa.Column("values", JSON, nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("streak", sa.Integer(), nullable=False),
        sa.Column("swings", JSON, nullable=False),
        sa.Column("is_flapping", sa.Boolean(), nullable=False),
        sa.Column("is_muted", sa.Boolean(), nullable=False),
        sa.Column("first_seen_at", MOMENT, nullable=False),
        sa.Column("last_seen_at", MOMENT, nullable=False),
        sa.Column("opened_at", MOMENT, nullable=True),
        sa.Column("recovered_at", MOMENT, nullable=True),
        sa.Column("first_snapshot_id", sa.Integer(), nullable=False),
        sa.Column("last_snapshot_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["device_id"], ["devices.id"], name=op.f("fk__findings__device_id")),
        sa.ForeignKeyConstraint(
            ["first_snapshot_id"], ["snapshots.id"], name=op.f("fk__findings__first_snapshot_id")
        ),
        sa.ForeignKeyConstraint(
            ["last_snapshot_id"], ["snapshots.id"], name=op.f("fk__findings__last_snapshot_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk__findings")),
    )
    op.create_index(op.f("ix__findings__device_id"), "findings", ["device_id"])
    op.create_index("ix__findings__state_last_seen_at", "findings", ["state", "last_seen_at"])
    op.create_index(
        "uq__findings__alive",
        "findings",
        ["device_id", "rule", "object_key"],
        unique=True,
        sqlite_where=ALIVE,
        postgresql_where=ALIVE,
    )
    op.create_table(
        "finding_turns",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("finding_id", sa.Integer(), nullable=False),
        sa.Column("turn", sa.String(length=16), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("snapshot_id", sa.Integer(), nullable=False),
        sa.Column("is_muted", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["finding_id"], ["findings.id"], name=op.f("fk__finding_turns__finding_id")),
        sa.ForeignKeyConstraint(
            ["snapshot_id"], ["snapshots.id"], name=op.f("fk__finding_turns__snapshot_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk__finding_turns")),
    )
    op.create_index(op.f("ix__finding_turns__finding_id"), "finding_turns", ["finding_id"])
    op.create_table(
        "maintenance_windows",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("device_id", sa.Integer(), nullable=True),
        sa.Column("site_id", sa.Integer(), nullable=True),
        sa.Column("starts_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("planned_by_id", sa.Integer(), nullable=False),
        sa.Column("planned_at", MOMENT, nullable=False),
        sa.Column("ended_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["device_id"], ["devices.id"], name=op.f("fk__maintenance_windows__device_id")),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk__maintenance_windows__site_id")),
        sa.ForeignKeyConstraint(
            ["planned_by_id"], ["people.id"], name=op.f("fk__maintenance_windows__planned_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["ended_by_id"], ["people.id"], name=op.f("fk__maintenance_windows__ended_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk__maintenance_windows")),
    )
    op.create_index("ix__maintenance_windows__ends_at", "maintenance_windows", ["ends_at"])
