"""What the pages refuse, the services refuse: an API, an e-mail, a bulk action and a command call no page.

Every case hands the services one thing that is not allowed, and finds the ticket as it was.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from helpdesk.accounts.models import Person
from helpdesk.errors import DomainError, EditConflict, Forbidden, InputInvalid
from helpdesk.events import ORIGIN, Event
from helpdesk.sop import queries as sop_queries
from helpdesk.sop.errors import NeedsMissing, OutputInvalid, OutputsMissing, OutputStrange, ReturnRefused
from helpdesk.sop.models import StepOutput
from helpdesk.sop.service import Yield
from helpdesk.tickets import service
from helpdesk.tickets.errors import (
    AssigneeUnfit,
    NotYourStep,
    StepOfAnotherOffice,
    TicketClosed,
    WorkRejected,
)
from helpdesk.tickets.holders import viewer_of_person
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.rules import NewFile
from tests.factories.disturbance import Disturbance, make_disturbance
from tests.factories.moments import MORNING
from tests.factories.network import make_device
from tests.factories.people import Office, make_person
from tests.factories.tickets import disposition_to, make_programme_item, make_ticket, make_ticket_office

RECORD, PLAN, INFORM, REPAIR, ASSESS = range(5)


@pytest.fixture(autouse=True)
def caller(session: Session) -> None:
    """Call from where no page is."""
    session.info[ORIGIN] = "command line"


@pytest.fixture
def made(session: Session) -> Disturbance:
    """Return a disturbance at its first step."""
    return make_disturbance(session)


def ensure_untouched(session: Session, act: Callable[[], Any], *refusals: type[DomainError]) -> DomainError:
    """Do the act, and find it refused with nothing written."""
    counts = [select(func.count()).select_from(StepOutput), select(func.count()).select_from(Event)]
    before = [session.scalar(one) for one in counts]
    with pytest.raises(refusals) as refused:
        act()
    session.rollback()
    assert [session.scalar(one) for one in counts] == before
    return refused.value


def changed(yields: list[Yield], code: str, **data: Any) -> list[Yield]:
    """Return what is handed in, with one output changed."""
    assert any(one.output.code == code for one in yields)
    return [replace(one, data={**one.data, **data}) if one.output.code == code else one for one in yields]


class TestWho:
    """Gates of persons."""

    def test_another_office(self, session: Session, made: Disturbance) -> None:
        by = made.people["teknisi"]
        ensure_untouched(session, lambda: made.act(RECORD, by=by), StepOfAnotherOffice)

    def test_a_colleague_whom_it_was_not_given_to(self, session: Session) -> None:
        made = make_disturbance(session, moves=INFORM)
        colleague = make_person(session, "network_technician")
        session.commit()
        ensure_untouched(session, lambda: made.act(REPAIR, by=colleague), NotYourStep)

    def test_somebody_who_left_the_office(self, session: Session, made: Disturbance) -> None:
        by = made.people["piket"]
        by.appointments[0].ends_on = MORNING.date().replace(day=1)
        session.commit()
        ensure_untouched(session, lambda: made.act(RECORD), StepOfAnotherOffice)

    def test_the_draft_of_another(self, session: Session, made: Disturbance) -> None:
        step_run = made.step_run("record")
        given = {"version": step_run.version, "draft": {"x": ["y"]}, "office": made.office, "now": MORNING}
        ensure_untouched(
            session,
            lambda: service.save_draft(
                session, made.ticket, step_run=step_run, by=made.people["teknisi"], **given
            ),
            StepOfAnotherOffice,
        )

    def test_a_step_that_nobody_may_take_over(self, session: Session, made: Disturbance) -> None:
        def act() -> None:
            by: Person = made.people["teknisi"]
            viewer = viewer_of_person(session, by, made.office, MORNING)
            given = {"reason": "Saya mau.", "office": made.office, "by": by, "now": MORNING}
            service.take_over(session, made.ticket, viewer, **given)

        ensure_untouched(session, act, StepOfAnotherOffice)

    def test_a_cancellation_by_no_head(self, session: Session, made: Disturbance) -> None:
        ensure_untouched(
            session,
            lambda: service.cancel_ticket(
                session,
                made.ticket,
                reason="Ganda.",
                office=made.office,
                by=made.people["piket"],
                role="head",
                now=MORNING,
            ),
            Forbidden,
        )


class TestWhen:
    """Gates of state and version."""

    def test_a_version_that_was_overtaken(self, session: Session, made: Disturbance) -> None:
        seen = made.step_run("record").version
        step_run, by = made.step_run("record"), made.people["piket"]
        given = {"office": made.office, "by": by, "now": MORNING}
        service.save_draft(session, made.ticket, step_run=step_run, version=seen, draft={}, **given)
        session.commit()
        ensure_untouched(session, lambda: made.act(RECORD, version=seen), EditConflict)

    def test_a_step_that_is_done(self, session: Session) -> None:
        made = make_disturbance(session, moves=PLAN)
        done, yields = made.ticket.run.steps[0], [Yield(made.procedure.steps[0].yields[0], {})]
        given = {"step_run": done, "version": done.version, "yields": yields, "office": made.office}
        ensure_untouched(
            session,
            lambda: service.complete_step(
                session, made.ticket, by=made.people["piket"], now=MORNING, **given
            ),
            EditConflict,
        )

    def test_a_step_of_another_ticket(self, session: Session, made: Disturbance) -> None:
        other = make_ticket(session)
        session.commit()
        step_run = other.run.steps[0]
        ensure_untouched(
            session,
            lambda: made.act(RECORD, step_run=step_run, version=step_run.version),
            EditConflict,
        )

    def test_a_ticket_that_has_ended(self, session: Session, made: Disturbance) -> None:
        desk, yields = made.desk(RECORD), made.yields(RECORD)
        service.cancel_ticket(
            session,
            made.ticket,
            reason="Ganda.",
            office=made.office,
            by=made.people["kabag"],
            role="head",
            now=MORNING,
        )
        session.commit()
        given = {"step_run": desk.step_run, "version": desk.step_run.version, "yields": yields}
        ensure_untouched(
            session,
            lambda: service.complete_step(
                session, made.ticket, office=made.office, by=desk.by, now=MORNING, **given
            ),
            TicketClosed,
        )

    def test_a_return_that_the_procedure_does_not_know(self, session: Session, made: Disturbance) -> None:
        step_run = made.step_run("record")
        given = {"step_run": step_run, "version": step_run.version, "yields": [], "office": made.office}
        ensure_untouched(
            session,
            lambda: service.return_step(
                session, made.ticket, reason="Kurang.", by=made.people["piket"], now=MORNING, **given
            ),
            ReturnRefused,
        )

    def test_a_return_without_a_reason(self, session: Session, made: Disturbance) -> None:
        step_run = made.step_run("record")
        given = {"step_run": step_run, "version": step_run.version, "yields": [], "office": made.office}
        ensure_untouched(
            session,
            lambda: service.return_step(
                session, made.ticket, reason="  ", by=made.people["piket"], now=MORNING, **given
            ),
            InputInvalid,
        )


class TestWhat:
    """Gates of kelengkapan and output."""

    def test_a_step_without_what_it_needs(self, session: Session, made: Disturbance) -> None:
        yields = [one for one in made.yields(RECORD) if one.output.code != "disturbance_report"]
        refused = ensure_untouched(session, lambda: made.act(RECORD, yields=yields), NeedsMissing)
        assert refused.codes == ("disturbance_report",)

    @pytest.mark.parametrize("code", ["incident_record", "first_checks"])
    def test_a_step_without_one_of_its_outputs(self, session: Session, made: Disturbance, code: str) -> None:
        yields = [one for one in made.yields(RECORD) if one.output.code != code]
        refused = ensure_untouched(session, lambda: made.act(RECORD, yields=yields), OutputsMissing)
        assert refused.codes == (code,)

    def test_an_output_of_another_step(self, session: Session, made: Disturbance) -> None:
        strange = Yield(made.procedure.find_output("service_test"), {"values": {}})
        yields = [*made.yields(RECORD), strange]
        ensure_untouched(session, lambda: made.act(RECORD, yields=yields), OutputStrange)

    def test_an_output_that_was_defined_anew_by_the_caller(self, session: Session, made: Disturbance) -> None:
        yields = made.yields(RECORD)
        laxer = yields[1].output.model_copy(update={"fields": ()})
        yields[1] = Yield(laxer, {"values": {}})
        ensure_untouched(session, lambda: made.act(RECORD, yields=yields), OutputStrange)

    def test_the_same_output_twice(self, session: Session, made: Disturbance) -> None:
        yields = made.yields(RECORD)
        ensure_untouched(session, lambda: made.act(RECORD, yields=[*yields, yields[-1]]), OutputStrange)

    @pytest.mark.parametrize(
        "values",
        [{}, {"severity": "extreme"}, {"users_affected": 0}, {"users_affected": "three"}, {"unknown": "x"}],
    )
    def test_a_form_that_its_definition_does_not_allow(
        self, session: Session, made: Disturbance, values: dict[str, Any]
    ) -> None:
        yields = made.yields(RECORD)
        whole = next(one.data["values"] for one in yields if one.output.code == "incident_record")
        wrong = changed(yields, "incident_record", values={**whole, **values} if values else {})
        ensure_untouched(session, lambda: made.act(RECORD, yields=wrong), OutputInvalid)

    def test_what_the_holder_brings_is_held_to_its_definition_too(
        self, session: Session, made: Disturbance
    ) -> None:
        wrong = changed(made.yields(RECORD), "disturbance_report", values={"felt_on": "kemarin"})
        ensure_untouched(session, lambda: made.act(RECORD, yields=wrong), OutputInvalid)

    def test_evidence_and_files_of_another_ticket(self, session: Session) -> None:
        made, other = make_disturbance(session, moves=INFORM), make_ticket(session)
        service.add_note(
            session, other, "Judul", "Isi", office=make_ticket_office(), by=made.people["kabag"], now=MORNING
        )
        session.commit()
        item = other.evidence[0]
        foreign = {
            "id": item.id,
            "kind": "note",
            "title": item.title,
            "sha256": item.sha256,
            "added_at": MORNING.isoformat(),
        }
        wrong = changed(made.yields(REPAIR), "network_state", items=[foreign])
        ensure_untouched(session, lambda: made.act(REPAIR, yields=wrong), OutputInvalid)

    def test_a_disposition_that_names_somebody_else_than_the_work_goes_to(self, session: Session) -> None:
        made = make_disturbance(session, moves=PLAN)
        wrong = {"repair": made.people["piket"].id, "inform-units": made.people["teknisi"].id}
        ensure_untouched(session, lambda: made.act(PLAN, assignees=wrong), AssigneeUnfit)
        colleague = make_person(session, "network_technician")
        session.commit()
        other = {"repair": colleague.id, "inform-units": made.people["piket"].id}
        ensure_untouched(session, lambda: made.act(PLAN, assignees=other), AssigneeUnfit)
        ensure_untouched(session, lambda: made.act(PLAN, assignees={}), AssigneeUnfit)


class TestOfficialPapers:
    """The outputs of the coordination SOP, which have shapes of their own."""

    @pytest.fixture
    def ticket(self, session: Session) -> Ticket:
        """Return a fresh ticket of it."""
        return make_ticket(session)

    def complete(
        self, session: Session, ticket: Ticket, by: Person, *data: dict[str, Any], to: Person | None = None
    ) -> None:
        desk = make_ticket_office()
        (step_run,) = sop_queries.list_current(ticket.run)
        step = desk.procedure_of(ticket.run).find_step(step_run.step_id)
        assert step is not None
        service.complete_step(
            session,
            ticket,
            step_run=step_run,
            version=step_run.version,
            yields=[Yield(output, one) for output, one in zip(step.yields, data, strict=True)],
            assignee_id=to.id if to else None,
            office=desk,
            by=by,
            now=MORNING,
        )

    def bring(self, session: Session, ticket: Ticket, office: Office, until: int) -> None:
        """Bring the ticket to step 2, 3 or 4."""
        item = make_programme_item(session)
        service.choose_work_programme_item(session, ticket, item.id, make_ticket_office(), now=MORNING)
        note = {"items": [], "note": "Gangguan sejak pagi."}
        acts = [
            (office.kabag, [disposition_to(office.kasubbag)], office.kasubbag),
            (office.kasubbag, [note, disposition_to(office.pelaksana, "technician")], office.pelaksana),
            (office.pelaksana, [{"findings": [], "conclusion": "Kabel putus."}], None),
        ]
        for by, data, to in acts[: until - 1]:
            self.complete(session, ticket, by, *data, to=to)
        session.commit()

    @pytest.mark.parametrize(
        "wrong",
        [
            {"sensitivity": "sangat rahasia"},
            {"instructions": [], "instruction": " "},
            {"instructions": ["dance"]},
            {"due_on": "besok"},
            {"signed_by": "siapa saja"},
        ],
    )
    def test_a_disposition_that_is_none(
        self, session: Session, ticket: Ticket, office: Office, wrong: dict[str, Any]
    ) -> None:
        data = disposition_to(office.kasubbag, **wrong)
        ensure_untouched(
            session,
            lambda: self.complete(session, ticket, office.kabag, data, to=office.kasubbag),
            OutputInvalid,
        )

    def test_a_first_step_that_no_planned_work_is_tied_to(
        self, session: Session, ticket: Ticket, office: Office
    ) -> None:
        session.commit()
        data = disposition_to(office.kasubbag)
        ensure_untouched(
            session,
            lambda: self.complete(session, ticket, office.kabag, data, to=office.kasubbag),
            NeedsMissing,
        )

    def test_a_finding_on_a_device_that_the_ticket_does_not_name(
        self, session: Session, ticket: Ticket, office: Office
    ) -> None:
        device = make_device(session)
        self.bring(session, ticket, office, 3)
        finding = {"device_id": device.id, "device": device.name, "condition": "normal"}
        data = {"findings": [{**finding, "finding": "", "advice": ""}], "conclusion": "Baik."}
        ensure_untouched(
            session, lambda: self.complete(session, ticket, office.pelaksana, data), OutputInvalid
        )

    def test_a_verification_that_leaves_something_out(
        self, session: Session, ticket: Ticket, office: Office
    ) -> None:
        self.bring(session, ticket, office, 4)
        verdict = {"ref": "evidence-1", "kind": "note", "title": "", "accepted": True, "reason": ""}
        ensure_untouched(
            session,
            lambda: self.complete(session, ticket, office.kasubbag, {"items": [verdict], "note": ""}),
            OutputInvalid,
        )

    def test_a_verification_that_rejects_and_goes_on_all_the_same(
        self, session: Session, ticket: Ticket, office: Office
    ) -> None:
        self.bring(session, ticket, office, 4)
        verdict = {
            "ref": "conclusion",
            "kind": "conclusion",
            "title": "",
            "accepted": False,
            "reason": "Belum diukur.",
        }
        ensure_untouched(
            session,
            lambda: self.complete(session, ticket, office.kasubbag, {"items": [verdict], "note": ""}),
            WorkRejected,
        )


def test_a_file_of_another_ticket_is_no_output(session: Session) -> None:
    made, other = make_disturbance(session), make_ticket(session)
    file = NewFile("foto.png", b"isi", "image/png")
    attachment = service.add_file(
        session, other, file, office=make_ticket_office(), by=made.people["kabag"], now=MORNING
    )
    output = made.procedure.find_output("attachments")
    assert output is not None
    step = made.procedure.step_yielding("attachments")
    assert step is not None
    data = {"files": [{"attachment_id": attachment.id, "name": "foto.png", "sha256": attachment.file.sha256}]}
    with pytest.raises(OutputInvalid):
        service.handing_in.check_against_ticket(made.ticket, step, [Yield(output, data)])
