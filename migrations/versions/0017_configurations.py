"""Keep the running configurations of devices and when they are read"""

import sqlalchemy as sa
from alembic import op

revision = "0017_configurations"
down_revision = "0016_series"


def upgrade() -> None:
    op.create_table(
        "configurations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("device_id", sa.Integer(), nullable=False),
        sa.Column("previous_id", sa.Integer(), nullable=True),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("platform", sa.String(length=64), nullable=True),
        sa.Column("command", sa.String(length=120), nullable=False),
        sa.Column("raw_sha256", sa.String(length=64), nullable=False),
        sa.Column("normalised_sha256", sa.String(length=64), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("line_count", sa.Integer(), nullable=False),
        sa.Column("problem", sa.String(length=16), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_by_id", sa.Integer(), nullable=True),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["device_id"], ["devices.id"], name=op.f("fk__configurations__device_id")),
        sa.ForeignKeyConstraint(
            ["previous_id"], ["configurations.id"], name=op.f("fk__configurations__previous_id")
        ),
        sa.ForeignKeyConstraint(
            ["confirmed_by_id"], ["people.id"], name=op.f("fk__configurations__confirmed_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk__configurations")),
    )
    op.create_index("ix__configurations__device_id_taken_at", "configurations", ["device_id", "taken_at"])
    op.create_table(
        "configuration_readings",
        sa.Column("device_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("next_due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failure", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["device_id"], ["devices.id"], name=op.f("fk__configuration_readings__device_id")
        ),
        sa.PrimaryKeyConstraint("device_id", name=op.f("pk__configuration_readings")),
    )
    op.create_index(
        op.f("ix__configuration_readings__next_due_at"), "configuration_readings", ["next_due_at"]
    )
