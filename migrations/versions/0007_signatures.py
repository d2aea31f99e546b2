"""Keep the keys people sign with, and the signatures they gave"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007_signatures"
down_revision = "0006_report_versions"


def upgrade() -> None:
    _create_signing_keys()
    _create_document_signatures()
    _create_second_factors()


def _create_signing_keys() -> None:
    op.create_table(
        "signing_keys",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("subject", sa.String(length=500), nullable=False),
        sa.Column("issuer", sa.String(length=500), nullable=False),
        sa.Column("serial", sa.String(length=64), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("certificates", sa.Text(), nullable=False),
        sa.Column("token", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True),
        sa.Column("key_id", sa.String(length=32), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("binding", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_by_id", sa.Integer(), nullable=True),
        sa.Column("revoke_reason", sa.String(length=300), nullable=True),
        *(
            sa.ForeignKeyConstraint([name], ["people.id"], name=op.f(f"fk__signing_keys__{name}"))
            for name in ("person_id", "created_by_id", "revoked_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk__signing_keys")),
        sa.UniqueConstraint("binding", name=op.f("uq__signing_keys__binding")),
    )
    op.create_index(op.f("ix__signing_keys__person_id"), "signing_keys", ["person_id"])
    op.create_index(op.f("ix__signing_keys__fingerprint"), "signing_keys", ["fingerprint"])


def _create_document_signatures() -> None:
    op.create_table(
        "document_signatures",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("signer_name", sa.String(length=200), nullable=False),
        sa.Column("office", sa.String(length=300), nullable=False),
        sa.Column("method", sa.String(length=16), nullable=False),
        sa.Column("signing_key_id", sa.Integer(), nullable=True),
        sa.Column("certificate_subject", sa.String(length=500), nullable=False),
        sa.Column("certificate_issuer", sa.String(length=500), nullable=False),
        sa.Column("certificate_serial", sa.String(length=64), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stamped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stamp_authority", sa.String(length=300), nullable=False),
        sa.Column("verify_code", sa.String(length=32), nullable=False),
        *(
            sa.ForeignKeyConstraint([name], [f"{table}.id"], name=op.f(f"fk__document_signatures__{name}"))
            for name, table in (
                ("document_id", "documents"),
                ("person_id", "people"),
                ("signing_key_id", "signing_keys"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk__document_signatures")),
        sa.UniqueConstraint("verify_code", name=op.f("uq__document_signatures__verify_code")),
    )
    op.create_index(op.f("ix__document_signatures__document_id"), "document_signatures", ["document_id"])


def _create_second_factors() -> None:
    op.create_table(
        "second_factors",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("key_id", sa.String(length=32), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("binding", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_step", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk__second_factors__person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk__second_factors")),
        sa.UniqueConstraint("binding", name=op.f("uq__second_factors__binding")),
    )
    op.create_table(
        "recovery_codes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("code_sha256", sa.String(length=64), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk__recovery_codes__person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk__recovery_codes")),
    )
    op.create_index(op.f("ix__recovery_codes__person_id"), "recovery_codes", ["person_id"])
