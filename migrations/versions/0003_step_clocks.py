"""Keep the clock of a step as a ledger, and the reminders that were sent"""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from helpdesk.audit.guards import guard_statements

revision = "0003_step_clocks"
down_revision = "0002_procedure_flow"

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.add_column("step_runs", sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True))
    _create_clock_entries()
    _create_step_reminders()
    _create_holiday_confirmations()
    _begin_the_ledgers(op.get_bind())
    for statement in guard_statements("clock_entries", op.get_bind().dialect.name):
        op.get_bind().exec_driver_sql(statement)


def _create_clock_entries() -> None:
    op.create_table(
        "clock_entries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("step_run_id", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("waiting_for", sa.String(length=16), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("judgement", JSON, nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk__clock_entries__by_id")),
        sa.ForeignKeyConstraint(
            ["step_run_id"], ["step_runs.id"], name=op.f("fk__clock_entries__step_run_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk__clock_entries")),
        sa.UniqueConstraint("step_run_id", "sequence", name=op.f("uq__clock_entries__step_run_id_sequence")),
    )


def _create_step_reminders() -> None:
    op.create_table(
        "step_reminders",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("step_run_id", sa.Integer(), nullable=False),
        sa.Column("rung", sa.String(length=32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["step_run_id"], ["step_runs.id"], name=op.f("fk__step_reminders__step_run_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk__step_reminders")),
        sa.UniqueConstraint("step_run_id", "rung", name=op.f("uq__step_reminders__step_run_id_rung")),
    )


def _create_holiday_confirmations() -> None:
    op.create_table(
        "holiday_confirmations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_by_id", sa.Integer(), nullable=True),
        sa.Column("days", JSON, nullable=False),
        sa.ForeignKeyConstraint(
            ["confirmed_by_id"], ["people.id"], name=op.f("fk__holiday_confirmations__confirmed_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk__holiday_confirmations")),
        sa.UniqueConstraint("year", "number", name=op.f("uq__holiday_confirmations__year_number")),
    )


def _begin_the_ledgers(connection: sa.Connection) -> None:
    """Give every step of the versions before its ledger: it began, and where it is over it ended."""
    runs = sa.table(
        "step_runs",
        *(
            sa.column(name, sa.Integer)
            for name in ("id", "finished_by_id", "used_minutes", "allowed_minutes")
        ),
        *(sa.column(name, sa.DateTime(timezone=True)) for name in ("opened_at", "finished_at", "due_at")),
        sa.column("state", sa.String),
    )
    entries = sa.table(
        "clock_entries",
        *(sa.column(name, sa.Integer) for name in ("step_run_id", "sequence", "by_id")),
        *(sa.column(name, sa.String) for name in ("kind", "reason")),
        sa.column("at", sa.DateTime(timezone=True)),
        sa.column("judgement", JSON),
    )
    rows = []
    for run in connection.execute(sa.select(runs).order_by(runs.c.id)):
        shared = {"step_run_id": run.id, "reason": ""}
        start = {"sequence": 1, "kind": "start", "at": run.opened_at, "by_id": None, "judgement": sa.null()}
        rows.append(shared | start)
        if run.finished_at is not None:
            kind = "return" if run.state == "returned" else "stop"
            end = {"sequence": 2, "kind": kind, "at": run.finished_at, "by_id": run.finished_by_id}
            rows.append(shared | end | {"judgement": _judgement(run)})
    for row in rows:
        connection.execute(sa.insert(entries).values(**row))


def _judgement(run: sa.Row) -> dict[str, object]:
    """What the step was judged by when it ended; the calculation itself was not kept then."""
    due_at, finished_at = _in_utc(run.due_at), _in_utc(run.finished_at)
    return {
        "due_at": due_at.isoformat(),
        "allowed_minutes": run.allowed_minutes,
        "used_microseconds": (run.used_minutes or 0) * 60_000_000,
        "paused_microseconds": [],
        "is_late": finished_at > due_at,
        "calendar": None,
        "lines": None,
    }


def _in_utc(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
