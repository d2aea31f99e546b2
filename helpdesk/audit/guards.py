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
