"""Keep a snapshot as what differs from an earlier one"""

import sqlalchemy as sa
from alembic import op

revision = "0012_snapshot_bases"
down_revision = "0011_schedules"


def upgrade() -> None:
    with op.batch_alter_table("snapshots", schema=None) as batch_op:
        batch_op.add_column(sa.Column("base_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(batch_op.f("fk__snapshots__base_id"), "snapshots", ["base_id"], ["id"])
        batch_op.create_index(batch_op.f("ix__snapshots__base_id"), ["base_id"])
