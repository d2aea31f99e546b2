"""Keep acting officers, qualifications and deviations"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004_acting_officers"
down_revision = "0003_step_clocks"

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    _create_acting_appointments()
    _create_person_qualifications()
    _create_deviation_reasons()
    with op.batch_alter_table("people", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("password_is_temporary", sa.Boolean(), nullable=False, server_default=sa.false())
        )
    with op.batch_alter_table("step_runs", schema=None) as batch_op:
        batch_op.add_column(sa.Column("draft_by_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("draft_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_foreign_key(op.f("fk__step_runs__draft_by_id"), "people", ["draft_by_id"], ["id"])


def _create_acting_appointments() -> None:
    op.create_table(
        "acting_appointments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("for_person_id", sa.Integer(), nullable=True),
        sa.Column("decree_number", sa.String(length=120), nullable=False),
        sa.Column("decree_date", sa.Date(), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("timezone", sa.String(length=64), nullable=False),
        sa.Column("begins_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("scope", JSON, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by_id", sa.Integer(), nullable=True),
        sa.Column("withdrawn_reason", sa.String(length=500), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk__acting_appointments__person_id")
        ),
        sa.ForeignKeyConstraint(
            ["for_person_id"], ["people.id"], name=op.f("fk__acting_appointments__for_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["people.id"], name=op.f("fk__acting_appointments__created_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["withdrawn_by_id"], ["people.id"], name=op.f("fk__acting_appointments__withdrawn_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk__acting_appointments")),
    )
    with op.batch_alter_table("acting_appointments", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix__acting_appointments__person_id"), ["person_id"], unique=False)
        batch_op.create_index("ix__acting_appointments__role_begins_at", ["role", "begins_at"], unique=False)


def _create_person_qualifications() -> None:
    op.create_table(
        "person_qualifications",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("evidence", sa.String(length=200), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk__person_qualifications__person_id")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["people.id"], name=op.f("fk__person_qualifications__recorded_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk__person_qualifications")),
    )
    with op.batch_alter_table("person_qualifications", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix__person_qualifications__code"), ["code"], unique=False)
        batch_op.create_index(batch_op.f("ix__person_qualifications__person_id"), ["person_id"], unique=False)


def _create_deviation_reasons() -> None:
    op.create_table(
        "deviation_reasons",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("step_run_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.String(length=2000), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("written_by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk__deviation_reasons__ticket_id")),
        sa.ForeignKeyConstraint(
            ["step_run_id"], ["step_runs.id"], name=op.f("fk__deviation_reasons__step_run_id")
        ),
        sa.ForeignKeyConstraint(
            ["written_by_id"], ["people.id"], name=op.f("fk__deviation_reasons__written_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk__deviation_reasons")),
    )
    with op.batch_alter_table("deviation_reasons", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix__deviation_reasons__ticket_id"), ["ticket_id"], unique=False)
