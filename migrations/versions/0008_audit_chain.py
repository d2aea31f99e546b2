"""Chain what happened, and refuse to change it"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008_audit_chain"
down_revision = "0007_signatures"

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    with op.batch_alter_table("events") as batch:
        batch.add_column(sa.Column("acting", JSON, nullable=True))
        batch.add_column(sa.Column("origin", sa.String(length=64), nullable=False, server_default=""))
