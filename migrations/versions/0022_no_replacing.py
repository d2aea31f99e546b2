"""Refuse to write over what is recorded: INSERT OR REPLACE on SQLite goes past the triggers that refuse DELETE"""

from alembic import op

from helpdesk.audit.guards import replacing_guards

revision = "0022_no_replacing"
down_revision = "0021_scheduler_heartbeat"

TABLES = ("events", "audit_links", "audit_heads", "sealed_facts", "clock_entries")


def upgrade() -> None:
    for table in TABLES:
        for statement in replacing_guards(table, op.get_bind().dialect.name):
            op.get_bind().exec_driver_sql(statement)
