"""Keep later snapshots on a base"""

from alembic import op

revision = "0015_series"
down_revision = "0009_retention"


def upgrade() -> None:
    # Both databases take a nullable reference in place: no copy of the largest table of all.
    op.execute(
        "ALTER TABLE snapshots ADD COLUMN base_id INTEGER "
        "CONSTRAINT fk__snapshots__base_id REFERENCES snapshots (id)"
    )
    op.create_index(op.f("ix__snapshots__base_id"), "snapshots", ["base_id"])
