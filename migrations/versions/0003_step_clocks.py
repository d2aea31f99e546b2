"""Keep the clock of a step as a ledger, and the reminders that were sent"""

revision = "0003_step_clocks"
down_revision = "0002_procedure_flow"


def upgrade() -> None:
    pass
