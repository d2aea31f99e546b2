"""Keep later snapshots on a base, and time series of what they showed"""

import sqlalchemy as sa
from alembic import op

revision = "0015_series"
down_revision = "0009_retention"


def upgrade() -> None:
    # Both databases take a nullable reference in place: no copy of the largest table of all.
    op.execute(
        "ALTER TABLE snapshots ADD COLUMN base_id INTEGER "
        "CONSTRAINT fk__snapshots__base_id REFERENCES snapshots (id)"
    )
    op.create_index(op.f("ix__snapshots__base_id"), "snapshots", ["base_id"])
    op.create_table(
        "series",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("device_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("metric", sa.SmallInteger(), nullable=False),
        sa.ForeignKeyConstraint(["device_id"], ["devices.id"], name=op.f("fk__series__device_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk__series")),
        sa.UniqueConstraint("device_id", "name", "metric", name=op.f("uq__series__device_id_name_metric")),
    )
    op.create_table(
        "series_points",
        sa.Column("series_id", sa.Integer(), nullable=False),
        sa.Column("resolution", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("low", sa.Double(), nullable=True),
        sa.Column("high", sa.Double(), nullable=True),
        sa.Column("total", sa.Double(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["series_id"], ["series.id"], name=op.f("fk__series_points__series_id")),
        sa.PrimaryKeyConstraint("series_id", "resolution", "at", name=op.f("pk__series_points")),
    )
    op.create_index(op.f("ix__series_points__resolution_at"), "series_points", ["resolution", "at"])
