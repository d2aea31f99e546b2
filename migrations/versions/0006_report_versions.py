"""Keep every version of a report, and the comments on it"""

revision = "0006_report_versions"
down_revision = "0005_papers"


def upgrade() -> None:
    pass
