"""Keep time series of what the snapshots showed"""

import sqlalchemy as sa
from alembic import op

revision = "0016_series"
down_revision = "0015_finding_tickets"


def upgrade() -> None:
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
