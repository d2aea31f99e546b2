"""Chain what happened, and refuse to change it

On SQLite a later `batch_alter_table` of a guarded table makes it anew and drops its triggers: guard it again.
"""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from helpdesk.audit.guards import guard_statements
from helpdesk.audit.rules import GENESIS, Act, link_digest

revision = "0008_audit_chain"
down_revision = "0007_signatures"

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    with op.batch_alter_table("events") as batch:
        batch.add_column(sa.Column("acting", JSON, nullable=True))
        batch.add_column(sa.Column("origin", sa.String(length=64), nullable=False, server_default=""))
        batch.add_column(sa.Column("sealed_sha256", sa.String(length=64), nullable=True))
    op.create_table(
        "audit_links",
        sa.Column("sequence", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk__audit_links__event_id")),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk__audit_links")),
        sa.UniqueConstraint("event_id", name=op.f("uq__audit_links__event_id")),
    )
    op.create_table(
        "audit_heads",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk__audit_heads")),
    )
    op.create_table(
        "sealed_facts",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("salt", sa.String(length=64), nullable=False),
        sa.Column("facts", JSON, nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk__sealed_facts__event_id")),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk__sealed_facts")),
    )
    _chain_what_is_there(op.get_bind())
    for table, erasable in (
        ("events", False),
        ("audit_links", False),
        ("audit_heads", False),
        ("sealed_facts", True),
    ):
        for statement in guard_statements(table, op.get_bind().dialect.name, erasable=erasable):
            op.get_bind().exec_driver_sql(statement)


def _chain_what_is_there(connection: sa.Connection) -> None:
    """Let the acts of the versions before join the chain, in the order in which they were written."""
    events = sa.table(
        "events",
        sa.column("id", sa.Integer),
        sa.column("at", sa.DateTime(timezone=True)),
        *(sa.column(name, sa.String) for name in ("kind", "actor_name", "actor_role")),
        *(sa.column(name, sa.Integer) for name in ("ticket_id", "actor_id")),
        sa.column("data", JSON),
    )
    links = sa.table("audit_links", *(sa.column(name) for name in ("sequence", "event_id", "sha256")))
    digest, rows = GENESIS, []
    for sequence, row in enumerate(connection.execute(sa.select(events).order_by(events.c.id)), start=1):
        act = Act(
            id=row.id,
            at=_in_utc(row.at),
            kind=row.kind,
            ticket_id=row.ticket_id,
            actor_id=row.actor_id,
            actor_name=row.actor_name,
            actor_role=row.actor_role,
            acting=None,
            origin="",
            data=row.data,
            sealed_sha256=None,
        )
        digest = link_digest(digest, act)
        rows.append({"sequence": sequence, "event_id": row.id, "sha256": digest})
    if rows:
        connection.execute(sa.insert(links), rows)


def _in_utc(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
