"""What pages of accounts take from the procedures in force: offices, who stands above, qualifications."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import current_app
from flask_babel import get_locale

from helpdesk.accounts import standing
from helpdesk.database import db
from helpdesk.web.current import settings


def _procedures() -> list[Any]:
    return list(current_app.extensions["catalogue"].list_procedures())


def office_codes() -> list[str]:
    """Return the offices of the procedures in force, in their order."""
    return list(dict.fromkeys(role.code for procedure in _procedures() for role in procedure.roles))


def vacant_offices(now: datetime) -> list[str]:
    """Return the offices of the procedures in force in which nobody stands."""
    return [
        role
        for role in office_codes()
        if not standing.list_officials(db.session(), role, now, settings().zone)
    ]


def superiors_of(role: str) -> frozenset[str]:
    """Return the offices directly above the office, in any procedure."""
    found = (procedure.find_role(role) for procedure in _procedures())
    return frozenset(one.superior for one in found if one is not None and one.superior is not None)


def qualification_titles() -> dict[str, str]:
    """Return every qualification of the procedures in force by its code."""
    language = str(get_locale())
    return {
        one.code: one.title.in_language(language)
        for procedure in reversed(_procedures())
        for one in procedure.qualifications
    }


def parts_of(role: str) -> list[tuple[str, str]]:
    """Return what of the office may be lent by itself: a procedure whole, or one step of it."""
    language = str(get_locale())
    parts = []
    for procedure in _procedures():
        steps = [step for step in procedure.steps if step.role == role]
        if steps:
            parts.append((procedure.number, f"{procedure.number} · {procedure.title.in_language(language)}"))
        parts += [
            (f"{procedure.number}#{step.id}", f"{step.number}. {step.title.in_language(language)}")
            for step in steps
        ]
    return parts
