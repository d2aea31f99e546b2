"""Keep every version of a report, and the comments on it"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006_report_versions"
down_revision = "0005_papers"

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "report_drafts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("step_run_id", sa.Integer(), nullable=False),
        sa.Column("sections", JSON, nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("saved_by_id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["step_run_id"], ["step_runs.id"], name=op.f("fk__report_drafts__step_run_id")
        ),
        sa.ForeignKeyConstraint(["saved_by_id"], ["people.id"], name=op.f("fk__report_drafts__saved_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk__report_drafts")),
        sa.UniqueConstraint("step_run_id", name=op.f("uq__report_drafts__step_run_id")),
    )
    op.create_table(
        "report_versions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("step_run_id", sa.Integer(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("restored_from", sa.Integer(), nullable=True),
        sa.Column("sections", JSON, nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk__report_versions__ticket_id")),
        sa.ForeignKeyConstraint(
            ["step_run_id"], ["step_runs.id"], name=op.f("fk__report_versions__step_run_id")
        ),
        sa.ForeignKeyConstraint(["author_id"], ["people.id"], name=op.f("fk__report_versions__author_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk__report_versions")),
        sa.UniqueConstraint("ticket_id", "number", name=op.f("uq__report_versions__ticket_id_number")),
    )
    op.create_table(
        "report_comments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("step_run_id", sa.Integer(), nullable=False),
        sa.Column("version_number", sa.Integer(), nullable=False),
        sa.Column("section", sa.String(length=32), nullable=False),
        sa.Column("answers_id", sa.Integer(), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolved_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk__report_comments__ticket_id")),
        sa.ForeignKeyConstraint(
            ["step_run_id"], ["step_runs.id"], name=op.f("fk__report_comments__step_run_id")
        ),
        sa.ForeignKeyConstraint(
            ["answers_id"], ["report_comments.id"], name=op.f("fk__report_comments__answers_id")
        ),
        sa.ForeignKeyConstraint(["author_id"], ["people.id"], name=op.f("fk__report_comments__author_id")),
        sa.ForeignKeyConstraint(
            ["resolved_by_id"], ["people.id"], name=op.f("fk__report_comments__resolved_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk__report_comments")),
    )
    with op.batch_alter_table("report_comments", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix__report_comments__ticket_id"), ["ticket_id"], unique=False)
