"""Triggers that refuse to change what may only be added, for SQLite and PostgreSQL."""

from __future__ import annotations

_FUNCTION = """
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger AS $$
BEGIN
    RAISE EXCEPTION USING
        MESSAGE = 'rows of ' || TG_TABLE_NAME || ' are only added',
        ERRCODE = 'integrity_constraint_violation';
END;
$$ LANGUAGE plpgsql"""


# Part of the refusal of a row whose place is taken: a colleague was quicker, or somebody writes over a row.
PLACE_TAKEN = "this place is taken"

# By what a row of each guarded table could be replaced: the condition under which its place is taken.
PLACES = {
    "events": "id = NEW.id",
    "audit_links": "sequence = NEW.sequence OR event_id = NEW.event_id",
    "audit_heads": "day = NEW.day",
    "sealed_facts": "event_id = NEW.event_id",
    "clock_entries": "id = NEW.id OR (step_run_id = NEW.step_run_id AND sequence = NEW.sequence)",
}


def replacing_guards(table: str, dialect: str) -> list[str]:
    """Return the statements that refuse INSERT OR REPLACE, which on SQLite deletes past the other triggers.

    PostgreSQL has no such statement: its ON CONFLICT DO UPDATE is an UPDATE, and is refused as one.
    """
    if dialect != "sqlite":
        return []
    return [
        f"CREATE TRIGGER {table}__no_replace BEFORE INSERT ON {table} "  # noqa: S608  # our own names
        f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {PLACES[table]}) "
        f"BEGIN SELECT RAISE(ABORT, 'rows of {table} are only added: {PLACE_TAKEN}'); END"
    ]


def guard_statements(table: str, dialect: str, *, erasable: bool = False) -> list[str]:
    """Return the statements that guard a table: no UPDATE, and no DELETE unless its rows are erasable."""
    acts = ("UPDATE",) if erasable else ("UPDATE", "DELETE")
    if dialect == "sqlite":
        return [
            f"CREATE TRIGGER {table}__no_{act.lower()} BEFORE {act} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, 'rows of {table} are only added'); END"
            for act in acts
        ]
    rows = [
        f"CREATE TRIGGER {table}__no_{act.lower()} BEFORE {act} ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        for act in acts
    ]
    emptying = (
        f"CREATE TRIGGER {table}__no_truncate BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
    return [_FUNCTION, *rows, emptying]
