"""Keep since when a device's SSH login is not tried any more, and the commands a person picked for a run"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0018_ssh_logins"
down_revision = "0017_configurations"

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("devices", sa.Column("ssh_login_stopped_at", MOMENT, nullable=True))
    op.add_column("devices", sa.Column("ssh_login_given_at", MOMENT, nullable=True))
    op.add_column("snapshot_runs", sa.Column("commands", JSON, nullable=True))
