"""Let a procedure branch, loop and run side by side"""

revision = "0002_procedure_flow"
down_revision = "0001_create_tables"


def upgrade() -> None:
    pass
