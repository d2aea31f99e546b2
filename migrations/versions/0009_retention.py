"""Keep retention, legal holds and erasures"""

revision = "0009_retention"
down_revision = "0008_audit_chain"


def upgrade() -> None:
    pass
