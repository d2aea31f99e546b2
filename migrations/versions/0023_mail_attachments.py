"""Let a message carry a file that is kept anyway, under a name of its own"""

import sqlalchemy as sa
from alembic import op

revision = "0023_mail_attachments"
down_revision = "0022_no_replacing"


def upgrade() -> None:
    with op.batch_alter_table("outbox_messages", schema=None) as batch_op:
        batch_op.add_column(sa.Column("file_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("file_name", sa.String(length=200), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk__outbox_messages__file_id"), "stored_files", ["file_id"], ["id"]
        )
