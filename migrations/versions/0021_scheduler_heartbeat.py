"""Keep when the scheduler began to lead, and when it was last alive"""

import sqlalchemy as sa
from alembic import op

revision = "0021_scheduler_heartbeat"
down_revision = "0020_evidence_sets"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "scheduler_states",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk__scheduler_states")),
    )
