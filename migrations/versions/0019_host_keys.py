"""Keep the SSH host key at which sessions stop, since when, and whether a person rejected it"""

import sqlalchemy as sa
from alembic import op

revision = "0019_host_keys"
down_revision = "0018_ssh_logins"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("devices", sa.Column("ssh_key_shown", sa.String(length=100), nullable=True))
    op.add_column("devices", sa.Column("ssh_key_shown_at", MOMENT, nullable=True))
    op.add_column("devices", sa.Column("ssh_key_rejected_at", MOMENT, nullable=True))
