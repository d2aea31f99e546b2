"""Who may do the open step now: absence never freezes a ticket, and the page says who goes on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from helpdesk.accounts import acting
from helpdesk.accounts.models import Person
from helpdesk.accounts.standing import Official
from helpdesk.tickets.holders import Hands, hands_of
from helpdesk.tickets.views.case import Case
from helpdesk.tickets.views.sections import Place, Section, register_section
from helpdesk.web.current import signed_in
from helpdesk.web.jinja import official_title


@dataclass(frozen=True)
class Hand:
    """Somebody who may do the step, as the page names them."""

    name: str
    decree: str
    until: date | None
    is_me: bool


def register_sections() -> None:
    """Show in the panel of the open step who may do it."""
    register_section(Section("hands", Place.STEP, "tickets/parts/hands.html", _facts, order=10))


def _facts(case: Case) -> dict[str, Any] | None:
    current = case.current
    if current is None:
        return None
    hands = hands_of(case.session, case.ticket, current, case.office, case.now)
    me = signed_in().person
    procedure = case.office.procedure_of(case.ticket.run)
    role = procedure.find_role(current.role)
    superior = role.superior if role is not None else None
    return {
        "hands": [_hand(one, me) for one in hands.may_act],
        "barred": [one.person.name for one in hands.barred],
        "is_barred": any(one.person.id == me.id for one in hands.barred),
        "escalated_to": hands.step.escalated_to,
        "superior": superior,
        "role": current.role,
        "may_appoint": may_appoint(me, current.role, superior, case),
        "is_urgent": _nobody_can(hands),
    }


def _hand(official: Official, me: Person) -> Hand:
    held = official.office
    return Hand(
        name=official_title(official.person.name, held.role, held.acting),
        decree=held.decree_number,
        until=held.ends_on,
        is_me=official.person.id == me.id,
    )


def _nobody_can(hands: Hands) -> bool:
    return not hands.may_act and not hands.step.escalated_to


def may_appoint(me: Person, role: str, superior: str | None, case: Case) -> bool:
    """Whether the person may appoint who acts in the office."""
    superiors = {superior} if superior else set()
    return acting.may_appoint(me, role, superiors=superiors, today=case.office.day_of(case.now))
