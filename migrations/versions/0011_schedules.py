"""Keep device groups, schedules and health reports; the minutes of the sites stay as they are"""

import sqlalchemy as sa
from alembic import op

revision = "0011_schedules"
down_revision = "0010_findings"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "device_groups",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("description", sa.String(length=300), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk__device_groups")),
        sa.UniqueConstraint("name", name=op.f("uq__device_groups__name")),
    )
    op.create_table(
        "device_group_members",
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("device_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id"], ["device_groups.id"], name=op.f("fk__device_group_members__group_id")
        ),
        sa.ForeignKeyConstraint(
            ["device_id"], ["devices.id"], name=op.f("fk__device_group_members__device_id")
        ),
        sa.PrimaryKeyConstraint("group_id", "device_id", name=op.f("pk__device_group_members")),
    )
    op.create_index(op.f("ix__device_group_members__device_id"), "device_group_members", ["device_id"])
    op.create_table(
        "schedules",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("scope", sa.String(length=32), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=True),
        sa.Column("group_id", sa.Integer(), nullable=True),
        sa.Column("rhythm", sa.String(length=16), nullable=False),
        sa.Column("every_minutes", sa.Integer(), nullable=False),
        sa.Column("at_minute", sa.Integer(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("month_day", sa.Integer(), nullable=False),
        sa.Column("working_only", sa.Boolean(), nullable=False),
        sa.Column("is_enabled", sa.Boolean(), nullable=False),
        sa.Column("next_due_at", MOMENT, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk__schedules__site_id")),
        sa.ForeignKeyConstraint(["group_id"], ["device_groups.id"], name=op.f("fk__schedules__group_id")),
        sa.ForeignKeyConstraint(["created_by_id"], ["people.id"], name=op.f("fk__schedules__created_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk__schedules")),
        sa.UniqueConstraint("kind", "scope", "rhythm", name=op.f("uq__schedules__kind_scope_rhythm")),
    )
    op.create_index(op.f("ix__schedules__next_due_at"), "schedules", ["next_due_at"])
    op.create_table(
        "schedule_recipients",
        sa.Column("schedule_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["schedule_id"],
            ["schedules.id"],
            name=op.f("fk__schedule_recipients__schedule_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk__schedule_recipients__person_id")
        ),
        sa.PrimaryKeyConstraint("schedule_id", "person_id", name=op.f("pk__schedule_recipients")),
    )
    op.create_table(
        "health_reports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("scope", sa.String(length=32), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=True),
        sa.Column("group_id", sa.Integer(), nullable=True),
        sa.Column("rhythm", sa.String(length=16), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("lease_until", MOMENT, nullable=True),
        sa.Column("lease_owner", sa.String(length=64), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.String(length=120), nullable=True),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("made_at", MOMENT, nullable=True),
        sa.Column("requested_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk__health_reports__site_id")),
        sa.ForeignKeyConstraint(
            ["group_id"], ["device_groups.id"], name=op.f("fk__health_reports__group_id")
        ),
        sa.ForeignKeyConstraint(["file_id"], ["stored_files.id"], name=op.f("fk__health_reports__file_id")),
        sa.ForeignKeyConstraint(
            ["requested_by_id"], ["people.id"], name=op.f("fk__health_reports__requested_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk__health_reports")),
        sa.UniqueConstraint(
            "scope", "first_day", "last_day", name=op.f("uq__health_reports__scope_first_day_last_day")
        ),
    )
    op.create_index(op.f("ix__health_reports__state"), "health_reports", ["state"])
