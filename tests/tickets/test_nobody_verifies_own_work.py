"""Nobody verifies their own work, not even as acting officer; and absence never freezes a ticket."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from helpdesk.accounts.models import Person
from helpdesk.accounts.rules import OfficeHeld, Scope
from helpdesk.sop import queries as sop_queries
from helpdesk.tickets.deviations.queries import Signing, list_deviations
from helpdesk.tickets.errors import NotYourStep, OwnWork, StepOfAnotherOffice
from helpdesk.tickets.holders import hands_of, open_step
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.own_work import judged_steps, steps_between
from helpdesk.tickets.rules import OpenStep, Viewer, may_act, may_take_over
from tests.factories.acting import do_step, make_acting
from tests.factories.moments import MORNING
from tests.factories.people import KABAG, KASUBBAG, PELAKSANA, Office, make_person
from tests.factories.tickets import make_ticket, make_ticket_office

STEP = OpenStep("subhead", procedure="SOP", step_id="verify")


def viewer(person_id: int, *roles: str, acting: OfficeHeld | None = None) -> Viewer:
    held = () if acting is None else (acting,)
    whole = {one.role for one in held if one.scope.is_whole}
    return Viewer(person_id, frozenset({*roles, *whole}), sees_all=False, acting=held)


@pytest.mark.parametrize(
    ("step", "judged"),
    [
        ("assign-request", set()),
        ("prepare-evidence", set()),
        ("identify", set()),
        ("verify", {"identify"}),
        ("coordinate", set()),
        ("draft-report", set()),
        ("sign-report", {"draft-report"}),
    ],
)
def test_a_verification_judges_what_it_needs_and_a_signature_its_draft(step: str, judged: set[str]) -> None:
    for procedure in make_ticket_office().catalogue.list_versions("OT.01.02-090-097.Set.PO"):
        found = procedure.find_step(step)
        assert found is not None
        assert judged_steps(procedure, found) == judged


def test_what_lies_between_two_steps_is_what_a_way_from_one_to_the_other_passes() -> None:
    procedure = make_ticket_office().catalogue.get_procedure("OT.01.02-090-097.Set.PO")
    assert steps_between(procedure, "identify", "draft-report") == {"identify", "verify", "coordinate"}
    assert steps_between(procedure, "verify", "verify") == set()


def test_who_identified_does_not_verify_in_any_office() -> None:
    step = OpenStep("subhead", judged=frozenset({7}))
    plh = OfficeHeld("subhead", acting="Plh.", for_person_id=3)
    assert not may_act(step, viewer(7, "subhead"))
    assert not may_act(step, viewer(7, "technician", acting=plh))
    assert may_act(step, viewer(8, "technician", acting=plh))
    assert may_act(step, viewer(8, "subhead"))
    taken = OpenStep("subhead", assignee_id=8, judged=frozenset({7}))
    assert not may_take_over(taken, viewer(7, "subhead"))


def test_under_an_own_draft_only_an_acting_officer_puts_the_signature() -> None:
    step = OpenStep("head", judged=frozenset({7}), is_signing=True)
    assert not may_act(step, viewer(7, "head", "subhead"))
    assert may_act(step, viewer(7, "subhead", acting=OfficeHeld("head", acting="Plh.")))


def test_what_waits_for_the_absent_official_waits_for_who_acts_in_their_place() -> None:
    step = OpenStep("head", assignee_id=1)
    assert may_act(step, viewer(2, acting=OfficeHeld("head", acting="Plh.", for_person_id=1)))
    assert may_act(step, viewer(2, acting=OfficeHeld("head", acting="Plt.")))
    other = viewer(2, acting=OfficeHeld("head", acting="Plh.", for_person_id=9))
    assert not may_act(step, other)
    assert may_take_over(step, other)


def test_an_acting_officer_acts_within_the_scope_of_the_decree_only() -> None:
    scope = Scope(steps=frozenset({"SOP#verify"}), includes_secret=False)
    plh = viewer(2, acting=OfficeHeld("subhead", acting="Plh.", scope=scope))
    assert may_act(STEP, plh)
    assert not may_act(OpenStep("subhead", procedure="SOP", step_id="draft"), plh)
    assert not may_act(OpenStep("subhead", procedure="OTHER", step_id="verify"), plh)
    assert not may_act(OpenStep("subhead", procedure="SOP", step_id="verify", is_secret=True), plh)


def walk_to_verification(session: Session, office: Office, *, identified_by: Person) -> Ticket:
    ticket = make_ticket(session)
    do_step(session, ticket, office.kabag, to=office.kasubbag)
    do_step(session, ticket, office.kasubbag, to=identified_by)
    do_step(session, ticket, identified_by)
    return ticket


def test_the_service_refuses_the_verification_of_own_work_and_names_who_may(
    session: Session, office: Office
) -> None:
    """The Kasubbag stood in for the technician: then a colleague, or an acting Kasubbag, verifies."""
    make_acting(session, office.kasubbag, PELAKSANA, place_of=office.pelaksana)
    ticket = walk_to_verification(session, office, identified_by=office.kasubbag)
    with pytest.raises(OwnWork):
        do_step(session, ticket, office.kasubbag)
    current = sop_queries.find_current(ticket.run)
    assert current is not None
    hands = hands_of(session, ticket, current, make_ticket_office(), MORNING)
    assert [one.person.id for one in hands.barred] == [office.kasubbag.id]
    assert hands.may_act == ()
    # The technician is away; somebody else stands in, and the ticket goes on.
    deputy = make_person(session, PELAKSANA)
    make_acting(session, deputy, KASUBBAG, place_of=office.kasubbag)
    hands = hands_of(session, ticket, current, make_ticket_office(), MORNING)
    assert [one.person.id for one in hands.may_act] == [deputy.id]
    do_step(session, ticket, deputy)


def test_who_identified_may_not_verify_as_acting_kasubbag(session: Session, office: Office) -> None:
    ticket = walk_to_verification(session, office, identified_by=office.pelaksana)
    make_acting(session, office.pelaksana, KASUBBAG, place_of=office.kasubbag)
    with pytest.raises(OwnWork):
        do_step(session, ticket, office.pelaksana)
    with pytest.raises(OwnWork):
        do_step(session, ticket, office.pelaksana, sends_back="Ulangi.")
    do_step(session, ticket, office.kasubbag)


def test_after_a_return_the_latest_work_counts(session: Session, office: Office) -> None:
    colleague = make_person(session, PELAKSANA)
    ticket = walk_to_verification(session, office, identified_by=office.pelaksana)
    do_step(session, ticket, office.kasubbag, sends_back="Belum lengkap.")
    current = sop_queries.find_current(ticket.run)
    assert current is not None
    current.assignee_id = colleague.id
    session.flush()
    do_step(session, ticket, colleague)
    make_acting(session, office.pelaksana, KASUBBAG, place_of=office.kasubbag)
    do_step(session, ticket, office.pelaksana)  # their work was thrown away: they judge a colleague's


def test_an_acting_kabag_signs_an_own_draft_and_that_is_a_deviation(session: Session, office: Office) -> None:
    ticket = walk_to_verification(session, office, identified_by=office.pelaksana)
    do_step(session, ticket, office.kasubbag)
    do_step(session, ticket, office.kabag, to=office.kasubbag)
    do_step(session, ticket, office.kasubbag)
    last, desk = sop_queries.find_current(ticket.run), make_ticket_office()
    assert last is not None
    asked = open_step(session, ticket, last, desk, MORNING)
    assert not may_act(asked, viewer(office.kasubbag.id, KABAG, KASUBBAG))
    make_acting(session, office.kasubbag, KABAG, place_of=office.kabag)
    signing = Signing(last, office.kasubbag, MORNING)
    found = list_deviations(session, ticket, desk, now=MORNING, signing=signing)
    assert [one.kind.value for one in found] == ["acting", "own_draft"]
    assert found[0].facts["decree"] == "SPT-17/SET/2026"


def test_a_step_of_somebody_who_left_waits_for_whoever_holds_the_office(
    session: Session, office: Office
) -> None:
    successor = make_person(session, KASUBBAG)
    ticket = make_ticket(session)
    do_step(session, ticket, office.kabag, to=office.kasubbag)
    with pytest.raises(NotYourStep):
        do_step(session, ticket, successor, to=office.pelaksana)
    office.kasubbag.is_active = False
    session.flush()
    do_step(session, ticket, successor, to=office.pelaksana)


def test_the_official_who_is_back_takes_up_what_lay_with_who_acted(session: Session, office: Office) -> None:
    deputy = make_person(session, PELAKSANA)
    make_acting(session, deputy, KASUBBAG, place_of=office.kasubbag)
    ticket = make_ticket(session)
    do_step(session, ticket, office.kabag, to=deputy)
    with pytest.raises(NotYourStep):
        do_step(session, ticket, make_person(session, KASUBBAG), to=office.pelaksana)
    do_step(session, ticket, office.kasubbag, to=office.pelaksana)


def test_an_acting_officer_does_nothing_before_and_after_the_decree(session: Session, office: Office) -> None:
    deputy = make_person(session, PELAKSANA)
    ticket = make_ticket(session)
    make_acting(session, deputy, KABAG, place_of=office.kabag, days=1)
    with pytest.raises(StepOfAnotherOffice):
        do_step(session, ticket, deputy, to=office.kasubbag, now=MORNING + timedelta(days=1))
    do_step(session, ticket, deputy, to=office.kasubbag)
