"""Keep what is frozen when a finding opens a ticket, what changed its state, and the rules of groups"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0020_evidence_sets"
down_revision = "0019_host_keys"

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    # Since when a finding that recovers has been good: what is over after a time, and not after a count.
    op.add_column("findings", sa.Column("good_since", MOMENT, nullable=True))
    _make_evidence_sets()
    _make_state_changes()
    _make_rule_overrides()


def _make_evidence_sets() -> None:
    op.create_table(
        "evidence_sets",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("device_id", sa.Integer(), nullable=False),
        sa.Column("finding_id", sa.Integer(), nullable=False),
        sa.Column("snapshot_id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=True),
        sa.Column("event_at", MOMENT, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("lease_until", MOMENT, nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("frozen_at", MOMENT, nullable=True),
        sa.Column("attachment_id", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk__evidence_sets"),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name="fk__evidence_sets__ticket_id"),
        sa.ForeignKeyConstraint(["device_id"], ["devices.id"], name="fk__evidence_sets__device_id"),
        sa.ForeignKeyConstraint(
            ["finding_id"], ["findings.id"], name="fk__evidence_sets__finding_id"
        ),
        sa.ForeignKeyConstraint(
            ["snapshot_id"], ["snapshots.id"], name="fk__evidence_sets__snapshot_id"
        ),
        sa.ForeignKeyConstraint(
            ["run_id"], ["snapshot_runs.id"], name="fk__evidence_sets__run_id"
        ),
        sa.ForeignKeyConstraint(
            ["attachment_id"], ["attachments.id"], name="fk__evidence_sets__attachment_id"
        ),
        sa.UniqueConstraint("attachment_id", name="uq__evidence_sets__attachment_id"),
    )
    op.create_index("ix__evidence_sets__ticket_id", "evidence_sets", ["ticket_id"])
    op.create_index("ix__evidence_sets__state", "evidence_sets", ["state"])


def _make_state_changes() -> None:
    op.create_table(
        "state_changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("device_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("object", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk__state_changes"),
        sa.ForeignKeyConstraint(["device_id"], ["devices.id"], name="fk__state_changes__device_id"),
    )
    op.create_index("ix__state_changes__device_id_at", "state_changes", ["device_id", "at"])


def _make_rule_overrides() -> None:
    op.create_table(
        "rule_overrides",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("rule", sa.String(40), nullable=False),
        sa.Column("scope", sa.String(32), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=True),
        sa.Column("device_id", sa.Integer(), nullable=True),
        sa.Column("values", JSON, nullable=False),
        sa.Column("set_at", MOMENT, nullable=False),
        sa.Column("set_by_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk__rule_overrides"),
        sa.ForeignKeyConstraint(
            ["group_id"], ["device_groups.id"], name="fk__rule_overrides__group_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["device_id"], ["devices.id"], name="fk__rule_overrides__device_id"),
        sa.ForeignKeyConstraint(["set_by_id"], ["people.id"], name="fk__rule_overrides__set_by_id"),
        sa.UniqueConstraint("rule", "scope", name="uq__rule_overrides__rule_scope"),
    )
