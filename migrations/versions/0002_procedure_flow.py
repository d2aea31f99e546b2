"""Let a procedure branch, loop and run side by side"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002_procedure_flow"
down_revision = "0001_create_tables"

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.add_column("procedure_runs", sa.Column("arrived", JSON, server_default="[]", nullable=False))
    op.add_column("step_runs", sa.Column("branch", sa.String(length=64), nullable=True))
    op.add_column("step_runs", sa.Column("escalates_to", sa.String(length=64), nullable=True))
    op.add_column("step_runs", sa.Column("taken_over_as", sa.String(length=64), nullable=True))
