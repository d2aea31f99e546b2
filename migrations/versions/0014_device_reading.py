"""Keep what suits a device, how long it has been silent, and what it stands behind"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014_device_reading"
down_revision = "0013_traps_and_inventory"

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    with op.batch_alter_table("devices") as batch:
        batch.add_column(sa.Column("parent_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("suitability", JSON, nullable=True))
        batch.add_column(sa.Column("silent_readings", sa.Integer(), nullable=False, server_default="0"))
        batch.add_column(sa.Column("silent_at", sa.DateTime(timezone=True), nullable=True))
        batch.create_foreign_key(op.f("fk__devices__parent_id"), "devices", ["parent_id"], ["id"])
        batch.create_index(op.f("ix__devices__parent_id"), ["parent_id"])
