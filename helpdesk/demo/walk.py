"""Living through a story: each act through the use case a person would cause, at the moment it happened."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.accounts.models import Person
from helpdesk.calendars.rules import WorkingCalendar, due_at, next_opening, working_minutes_between
from helpdesk.demo.generic import GENERIC, SIGNATURES, Writing, brought_by, write_values
from helpdesk.demo.history import PastNetwork, carry_out
from helpdesk.demo.reporting import Desk, remark_on_report, write_report
from helpdesk.demo.standing import Decree, stand_in
from helpdesk.demo.stories import Said, Story
from helpdesk.devices.models import Device
from helpdesk.documents import service as document_service
from helpdesk.documents.service import Stationery
from helpdesk.evidence.models import SnapshotRun
from helpdesk.sop import queries as sop_queries
from helpdesk.sop.models import StepRun
from helpdesk.sop.rules import assigned_steps, get_step
from helpdesk.sop.schema import External, Output, OutputKind, Procedure, Step
from helpdesk.sop.service import Yield
from helpdesk.tickets import queries as ticket_queries
from helpdesk.tickets import service as ticket_service
from helpdesk.tickets.models import Ticket, WorkProgrammeItem
from helpdesk.tickets.office import Office
from helpdesk.tickets.rules import NewRequest

# How long after a step opened the devices of the request are looked up and named.
NAMING_MINUTES = 10
INSTRUCTIONS = ["follow_up"]


@dataclass(frozen=True)
class Act:
    """Something that happened at a moment."""

    at: datetime
    do: Callable[[datetime], None]


@dataclass(frozen=True)
class Stage:
    """What every story plays on."""

    session: Session
    office: Office
    procedure: Procedure
    stationery: Stationery
    prefix: str
    people: Mapping[str, Person]
    programme: Mapping[tuple[int, str], WorkProgrammeItem]
    devices: Mapping[str, Device]
    network: PastNetwork | None
    now: datetime


def moment_before(calendar: WorkingCalendar, now: datetime, minutes: int) -> datetime:
    """Return the working moment from which exactly so many working minutes have passed."""
    start = now
    while working_minutes_between(calendar, start, now) < minutes:
        start -= timedelta(days=1)
    start = next_opening(calendar, start)
    return due_at(calendar, start, working_minutes_between(calendar, start, now) - minutes)


@dataclass
class Walk:
    """One story on its stage."""

    stage: Stage
    story: Story
    number: int
    ticket: Ticket | None = None
    was_returned: bool = field(default=False)

    def acts(self) -> Iterator[Act]:
        """Yield everything that happens, each at its moment."""
        calendar = self.stage.office.calendar
        began = moment_before(calendar, self.stage.now, self.story.began)
        yield Act(began, self._open)
        passed = 0
        for number, minutes in enumerate(self.story.pace):
            if number == 1:
                yield Act(due_at(calendar, began, passed + NAMING_MINUTES), self._name_devices)
            passed += minutes
            yield Act(due_at(calendar, began, passed), self.do_step)
        for said in self.story.messages:
            yield Act(due_at(calendar, began, said.after), partial(self._say, said))
        if self.story.cancelled:
            yield Act(due_at(calendar, began, self.story.cancelled.after), self._cancel)

    @property
    def _procedure(self) -> Procedure:
        """The procedure of the story."""
        number = self.story.procedure
        return self.stage.office.catalogue.get_procedure(number) if number else self.stage.procedure

    @property
    def _ticket(self) -> Ticket:
        assert self.ticket is not None, "the first act opens the ticket"
        return self.ticket

    def _open(self, now: datetime) -> None:
        story, stage = self.story, self.stage
        request = NewRequest(
            submission_key=f"demo-{self.number:02d}-{stage.now.timestamp():.0f}",
            channel=story.channel,
            kind=story.kind,
            subject=story.subject,
            description=story.description.strip(),
            affected=story.affected,
            requester_name=story.requester.name,
            requester_agency=story.requester.agency,
            requester_unit=story.requester.unit,
            requester_email=story.requester.email,
            requester_phone=story.requester.phone,
            requester_language=story.language,
        )
        self.ticket = ticket_service.open_ticket(
            stage.session,
            request,
            procedure=self._procedure,
            office=stage.office,
            prefix=stage.prefix,
            now=now,
            by=None if story.channel == "web" else self._recorder(),
        )

    def _recorder(self) -> Person:
        """Return who writes a request down: whoever does the second step, or the first of another office."""
        return self._person_in(self._procedure.steps[1].role)

    def _name_devices(self, now: datetime) -> None:
        """The second step names the devices; without the demo network their snapshots stay out."""
        for name in self.story.devices:
            device = self.stage.devices.get(name)
            if device is not None:
                ticket_service.name_device(
                    self.stage.session,
                    self._ticket,
                    device,
                    office=self.stage.office,
                    by=self._recorder(),
                    now=now,
                )
        self._carry_out_runs()

    def _carry_out_runs(self) -> None:
        runs = self.stage.session.scalars(
            select(SnapshotRun).where(SnapshotRun.ticket_id == self._ticket.id, SnapshotRun.state == "due")
        ).all()
        for run in runs:
            if self.stage.network is None:
                self.stage.session.delete(run)
            else:
                carry_out(self.stage.session, self.stage.network, run)

    def _say(self, said: Said, now: datetime) -> None:
        if said.kind == "requester":
            ticket_service.write_as_requester(self.stage.session, self._ticket, said.text, now=now)
            return
        by = self.stage.people[said.by]
        ticket_service.write_message(
            self.stage.session,
            self._ticket,
            said.text,
            is_public=said.kind == "public",
            office=self.stage.office,
            by=by,
            role=by.appointments[0].role,
            now=now,
        )

    def _cancel(self, now: datetime) -> None:
        assert self.story.cancelled is not None
        by = self._holder(self._procedure.first_step, now)
        ticket_service.cancel_ticket(
            self.stage.session,
            self._ticket,
            reason=self.story.cancelled.reason,
            office=self.stage.office,
            by=by,
            role=self._procedure.first_step.role,
            now=now,
        )

    def do_step(self, now: datetime) -> None:
        """Complete the step that is open, or send it back where the story says so."""
        stage = self.stage
        current = sop_queries.find_current(self._ticket.run)
        assert current is not None, "the story has more passes than the procedure"
        step = get_step(self._procedure, current.step_id)
        by = self._holder(step, now)
        if self._sends_back(step):
            self._return(step, current, by, now)
            return
        if self.story.programme and step == self._procedure.first_step:
            item = stage.programme[stage.office.year_of(now), self.story.programme]
            ticket_service.choose_work_programme_item(
                stage.session, self._ticket, item.id, stage.office, now=now
            )
        ticket_service.complete_step(
            stage.session,
            self._ticket,
            step_run=current,
            version=current.version,
            yields=self._yields(step, current, by, now, accepted=True),
            assignees={one.id: self._person_in(one.role).id for one in self._handed_to(step)},
            branch=self._branch(step, current),
            office=stage.office,
            by=by,
            now=now,
        )

    def _sends_back(self, step: Step) -> bool:
        if step.returns_to is None or self.was_returned:
            return False
        is_signing = any(one.kind is OutputKind.SIGNED_REPORT for one in step.yields)
        return bool(self.story.remarks if is_signing else self.story.returned)

    def _return(self, step: Step, current: StepRun, by: Person, now: datetime) -> None:
        self.was_returned = True
        reason = self.story.returned or remark_on_report(self._desk(by, now), self.story.remarks)
        ticket_service.return_step(
            self.stage.session,
            self._ticket,
            step_run=current,
            version=current.version,
            reason=reason,
            yields=self._yields(step, current, by, now, accepted=False),
            office=self.stage.office,
            by=by,
            now=now,
        )

    def _holder(self, step: Step, now: datetime) -> Person:
        """Return who does the step: who holds the office, or who stands in for them."""
        holder, acting, stage = self._person_in(step.role), self.story.acting, self.stage
        if acting is None or acting.step != step.number:
            return holder
        who, admin, zone = stage.people[acting.by], stage.people["admin"], stage.office.zone
        decree = Decree(acting.decree, holder, admin, zone)
        return stand_in(stage.session, who, step.role, decree, now=now)

    def _branch(self, step: Step, current: StepRun) -> str | None:
        told = self.story.decides.get(step.id, ())
        return told[min(current.attempt, len(told)) - 1] if told else None

    def _handed_to(self, step: Step) -> tuple[Step, ...]:
        branches = step.decision.branches if step.decision else ()
        return () if branches else assigned_steps(self._procedure, step)

    def _person_in(self, role: str) -> Person:
        holders = [one for one in self.stage.people.values() if one.appointments[0].role == role]
        mine = [one for one in holders if one.username == self.story.technician]
        return (mine or holders)[0]

    def _yields(
        self, step: Step, current: StepRun, by: Person, now: datetime, *, accepted: bool
    ) -> list[Yield]:
        makers: dict[OutputKind, Callable[[], dict[str, Any]]] = {
            OutputKind.DISPOSITION: lambda: self._disposition(step),
            OutputKind.EVIDENCE: self._evidence,
            OutputKind.IDENTIFICATION: self._identification,
            OutputKind.VERIFICATION: lambda: self._verification(accepted),
            OutputKind.COORDINATION: lambda: self._coordination(now),
            OutputKind.REPORT_DRAFT: lambda: write_report(
                self._desk(by, now), current, self.stage.stationery.letterhead.unit
            ),
            OutputKind.SIGNED_REPORT: lambda: self._signed(current, by, now),
        }
        stage, made = self.stage, dict[str, dict[str, Any]]()
        writing = Writing(
            stage.session,
            self._ticket,
            stage.office,
            stage.stationery,
            stage.people,
            current,
            by,
            now,
            self.story.fills,
            made,
        )
        for item in brought_by(self._procedure, step):
            made[item.code] = {"values": write_values(writing, item.fields, writing.tells(item.code))}
        for output in step.yields:
            generic = GENERIC.get(output.kind)
            if accepted or output.kind not in SIGNATURES:
                made[output.code] = generic(writing, output) if generic else makers[output.kind]()
        items: list[Output | External] = [*brought_by(self._procedure, step), *step.yields]
        return [Yield(item, made[item.code]) for item in items if item.code in made]

    def _disposition(self, step: Step) -> dict[str, Any]:
        given = sum(one.kind == OutputKind.DISPOSITION for one in self._ticket.run.outputs)
        written = self.story.instructions
        named = [(one, self._person_in(one.role)) for one in self._handed_to(step)]
        several = [
            {"step": one.id, "role": one.role, "assignee_id": person.id, "assignee_name": person.name}
            for one, person in named
        ]
        return {
            "sensitivity": self.story.sensitivity,
            "to_role": several[0]["role"],
            "assignee_id": several[0]["assignee_id"],
            "assignee_name": several[0]["assignee_name"],
            **({"recipients": several} if len(several) > 1 else {}),
            "instructions": INSTRUCTIONS,
            "instruction": written[given] if given < len(written) else "",
            "due_on": None,
            "letter_number": self.story.letter_number.format(year=self._ticket.year) if given == 0 else "",
            "letter_date": self._day(self._ticket.received_at)
            if given == 0 and self.story.letter_number
            else None,
        }

    def _evidence(self) -> dict[str, Any]:
        items = ticket_queries.list_evidence(self.stage.session, self._ticket)
        return {
            "items": [
                {
                    "id": item.id,
                    "kind": item.kind,
                    "title": item.title,
                    "sha256": item.sha256,
                    "added_at": item.added_at.isoformat(),
                }
                for item in items
            ],
            "note": self.story.note or self.story.description.strip(),
        }

    def _identification(self) -> dict[str, Any]:
        named = {link.device.name: link.device for link in self._ticket.device_links}
        return {
            "findings": [
                {
                    "device_id": named[name].id,
                    "device": name,
                    "condition": found.condition,
                    "finding": found.finding,
                    "advice": found.advice,
                }
                for name, found in self.story.findings.items()
                if name in named
            ],
            "conclusion": self.story.conclusion,
        }

    def _verification(self, accepted: bool) -> dict[str, Any]:
        run = self._ticket.run
        evidence = sop_queries.output_data(run, kind=OutputKind.EVIDENCE.value)
        found = sop_queries.output_data(run, kind=OutputKind.IDENTIFICATION.value)
        items = [(f"evidence-{one['id']}", one["kind"], one["title"]) for one in evidence.get("items", [])]
        items += [
            (f"finding-{one['device_id']}", "finding", one["device"]) for one in found.get("findings", [])
        ]
        verdicts = [
            {"ref": ref, "kind": kind, "title": title, "accepted": True, "reason": ""}
            for ref, kind, title in items
        ]
        reason = "" if accepted else self.story.returned
        last = {"ref": "conclusion", "kind": "conclusion", "title": "", "accepted": accepted}
        return {"items": [*verdicts, {**last, "reason": reason}], "note": ""}

    def _coordination(self, now: datetime) -> dict[str, Any]:
        assert self.story.coordination is not None, "a story that gets so far tells of the coordination"
        told = self.story.coordination.model_dump(mode="json")
        return {**told, "held_on": self._day(now)}

    def _desk(self, by: Person, now: datetime) -> Desk:
        return Desk(self.stage.session, self._ticket, self.stage.office, by, now)

    def _signed(self, current: StepRun, by: Person, now: datetime) -> dict[str, Any]:
        draft = sop_queries.output_data(self._ticket.run, kind=OutputKind.REPORT_DRAFT.value)
        document = document_service.sign_report(
            self.stage.session,
            self._ticket,
            self.stage.office,
            self.stage.stationery,
            step_run=current,
            sections=draft["sections"],
            signer=by,
            now=now,
        )
        return {"document_id": document.id, "number": document.number, "sha256": document.file.sha256}

    def _day(self, moment: datetime) -> str:
        return moment.astimezone(self.stage.office.zone).date().isoformat()
