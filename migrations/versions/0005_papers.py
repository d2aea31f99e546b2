"""Number papers by the office's patterns, and keep void numbers"""

revision = "0005_papers"
down_revision = "0004_acting_officers"


def upgrade() -> None:
    pass
