"""Keep since when a device's SSH login is not tried any more, and from when on it counts"""

import sqlalchemy as sa
from alembic import op

revision = "0014_ssh_logins"
down_revision = "0013_traps_and_inventory"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("devices", sa.Column("ssh_login_stopped_at", MOMENT, nullable=True))
    op.add_column("devices", sa.Column("ssh_login_given_at", MOMENT, nullable=True))
