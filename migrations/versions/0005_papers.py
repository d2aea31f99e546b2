"""Number papers by the office's patterns, and keep void numbers"""

import re
from collections import Counter

import sqlalchemy as sa
from alembic import op

revision = "0005_papers"
down_revision = "0004_acting_officers"

NUMBERS = sa.table(
    "issued_numbers",
    sa.column("id", sa.Integer()),
    sa.column("series", sa.String()),
    sa.column("year", sa.Integer()),
    sa.column("number", sa.Integer()),
    sa.column("text", sa.String()),
    sa.column("ticket_id", sa.Integer()),
    sa.column("issued_at", sa.DateTime(timezone=True)),
    sa.column("issued_by_id", sa.Integer()),
)
DOCUMENTS = sa.table(
    "documents",
    sa.column("id", sa.Integer()),
    sa.column("ticket_id", sa.Integer()),
    sa.column("step_run_id", sa.Integer()),
    sa.column("kind", sa.String()),
    sa.column("number", sa.String()),
    sa.column("created_at", sa.DateTime(timezone=True)),
    sa.column("created_by_id", sa.Integer()),
    sa.column("issued_number_id", sa.Integer()),
    sa.column("output_id", sa.Integer()),
)
OUTPUTS = sa.table(
    "step_outputs",
    sa.column("id", sa.Integer()),
    sa.column("step_run_id", sa.Integer()),
    sa.column("kind", sa.String()),
)
TICKETS = sa.table(
    "tickets",
    sa.column("id", sa.Integer()),
    sa.column("year", sa.Integer()),
    sa.column("sequence", sa.Integer()),
    sa.column("received_at", sa.DateTime(timezone=True)),
    sa.column("recorded_by_id", sa.Integer()),
)
SERIES = sa.table("number_series", sa.column("series"), sa.column("year"), sa.column("last_number"))

# As the version before wrote them: LAP-0007/2026, and 0012/2026/D5-2 for a disposition.
REPORT = re.compile(r"LAP-([0-9]+)/([0-9]{4})")
DISPOSITION = re.compile(r"[0-9]+/([0-9]{4})/D[0-9]+(?:-[0-9]+)?")
OUTPUT_OF = {"report": "signed_report", "disposition": "disposition"}


def upgrade() -> None:
    op.create_table(
        "issued_numbers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("series", sa.String(length=32), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=64), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=True),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_by_id", sa.Integer(), nullable=True),
        sa.Column("voided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("voided_by_id", sa.Integer(), nullable=True),
        sa.Column("void_reason", sa.String(length=2000), nullable=True),
        sa.ForeignKeyConstraint(
            ["issued_by_id"], ["people.id"], name=op.f("fk__issued_numbers__issued_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["voided_by_id"], ["people.id"], name=op.f("fk__issued_numbers__voided_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk__issued_numbers")),
        sa.UniqueConstraint("series", "text", name=op.f("uq__issued_numbers__series_text")),
        sa.UniqueConstraint("series", "year", "number", name=op.f("uq__issued_numbers__series_year_number")),
    )
    with op.batch_alter_table("issued_numbers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix__issued_numbers__ticket_id"), ["ticket_id"], unique=False)
        batch_op.create_index(batch_op.f("ix__issued_numbers__year"), ["year"], unique=False)
    with op.batch_alter_table("documents", schema=None) as batch_op:
        batch_op.add_column(sa.Column("issued_number_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("output_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            op.f("fk__documents__issued_number_id"), "issued_numbers", ["issued_number_id"], ["id"]
        )
        batch_op.create_foreign_key(op.f("fk__documents__output_id"), "step_outputs", ["output_id"], ["id"])
    connection = op.get_bind()
    _enter_tickets(connection)
    _enter_papers(connection)
    _tie_to_outputs(connection)


def _enter_tickets(connection: sa.Connection) -> None:
    """The number of a ticket within its year is its agenda number."""
    connection.execute(sa.update(SERIES).where(SERIES.c.series == "ticket").values(series="agenda"))
    for row in connection.execute(sa.select(TICKETS).order_by(TICKETS.c.id)).all():
        connection.execute(
            sa.insert(NUMBERS).values(
                series="agenda",
                year=row.year,
                number=row.sequence,
                text=f"{row.sequence:04d}/{row.year}",
                ticket_id=row.id,
                issued_at=row.received_at,
                issued_by_id=row.recorded_by_id,
            )
        )


def _enter_papers(connection: sa.Connection) -> None:
    """Reports have counted from the beginning; dispositions are counted now, in the order they were made."""
    counted: Counter[int] = Counter()
    known: set[tuple[str, str]] = set()
    for row in connection.execute(sa.select(DOCUMENTS).order_by(DOCUMENTS.c.id)).all():
        report = REPORT.fullmatch(row.number or "") if row.kind == "report" else None
        disposition = DISPOSITION.fullmatch(row.number or "") if row.kind == "disposition" else None
        if (row.kind, row.number) in known or not (report or disposition):
            continue
        known.add((row.kind, row.number))
        if report:
            number, year = int(report[1]), int(report[2])
        else:
            year = int(disposition[1])
            counted[year] += 1
            number = counted[year]
        issued_id = connection.execute(
            sa.insert(NUMBERS)
            .values(
                series=row.kind,
                year=year,
                number=number,
                text=row.number,
                ticket_id=row.ticket_id,
                issued_at=row.created_at,
                issued_by_id=row.created_by_id,
            )
            .returning(NUMBERS.c.id)
        ).scalar_one()
        connection.execute(
            sa.update(DOCUMENTS).where(DOCUMENTS.c.id == row.id).values(issued_number_id=issued_id)
        )
    for year, last in counted.items():
        connection.execute(sa.insert(SERIES).values(series="disposition", year=year, last_number=last))


def _tie_to_outputs(connection: sa.Connection) -> None:
    """A paper is in force as long as the output it was drawn from."""
    for kind, of_output in OUTPUT_OF.items():
        output = (
            sa.select(sa.func.min(OUTPUTS.c.id))
            .where(OUTPUTS.c.step_run_id == DOCUMENTS.c.step_run_id, OUTPUTS.c.kind == of_output)
            .scalar_subquery()
        )
        connection.execute(sa.update(DOCUMENTS).where(DOCUMENTS.c.kind == kind).values(output_id=output))
