"""Keep traps, what their receiver says of itself, and sweeps of address ranges"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013_traps_and_inventory"
down_revision = "0012_snapshot_bases"

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "traps",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("device_id", sa.Integer(), nullable=True),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("version", sa.String(length=8), nullable=False),
        sa.Column("oid", sa.String(length=500), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("uptime_seconds", sa.Integer(), nullable=True),
        sa.Column("varbinds", JSON, nullable=False),
        sa.ForeignKeyConstraint(["device_id"], ["devices.id"], name=op.f("fk__traps__device_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk__traps")),
    )
    op.create_index("ix__traps__device_id_received_at", "traps", ["device_id", "received_at"])
    op.create_index(op.f("ix__traps__received_at"), "traps", ["received_at"])
    op.create_table(
        "trap_receivers",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("listens_on", sa.String(length=100), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("counts", JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk__trap_receivers")),
    )
    op.create_table(
        "sweeps",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("network", sa.String(length=64), nullable=False),
        sa.Column("port", sa.Integer(), nullable=False),
        sa.Column("addresses", sa.Integer(), nullable=False),
        sa.Column("credential_ids", JSON, nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lease_owner", sa.String(length=64), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["asked_by_id"], ["people.id"], name=op.f("fk__sweeps__asked_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk__sweeps")),
    )
    op.create_index(op.f("ix__sweeps__state"), "sweeps", ["state"])
    op.create_table(
        "sweep_finds",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sweep_id", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("credential_name", sa.String(length=120), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("description", sa.String(length=500), nullable=False),
        sa.Column("platform", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["sweep_id"], ["sweeps.id"], name=op.f("fk__sweep_finds__sweep_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk__sweep_finds")),
        sa.UniqueConstraint("sweep_id", "address", name=op.f("uq__sweep_finds__sweep_id_address")),
    )
