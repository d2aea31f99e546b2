"""Keep acting officers, qualifications and deviations"""

revision = "0004_acting_officers"
down_revision = "0003_step_clocks"


def upgrade() -> None:
    pass
