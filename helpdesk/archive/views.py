"""The archive of a ticket, its keeping, the office's retention list, and the record of all acts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from io import BytesIO
from typing import Any, cast

from flask import Blueprint, current_app, flash, redirect, render_template, request, send_file, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from helpdesk import clock
from helpdesk.archive import queries, service
from helpdesk.archive.forms import ClassForm, ErasureForm, HoldForm, LiftForm
from helpdesk.archive.packing import pack_ticket
from helpdesk.archive.rules import RetentionSchedule
from helpdesk.archive.wording import act_in_words
from helpdesk.audit import queries as audit_queries
from helpdesk.audit.rules import Verdict
from helpdesk.database import db, transaction
from helpdesk.errors import DomainError, NotFound
from helpdesk.permissions import Permission
from helpdesk.tickets.context import current_office, current_viewer
from helpdesk.tickets.views.case import Case, open_case
from helpdesk.tickets.views.sections import Place, Section, register_section
from helpdesk.web.choices import choices
from helpdesk.web.current import settings, signed_in
from helpdesk.web.failures import translate
from helpdesk.web.forms import PageForm
from helpdesk.web.guards import requires
from helpdesk.web.input import row_number
from helpdesk.web.pagination import Page, paginate

blueprint = Blueprint("archive", __name__)

BROKEN: dict[str, Any] = {
    "gap": _l("This link is missing."),
    "act_missing": _l("The act of this link is missing."),
    "changed": _l("This act was changed after it was written."),
    "head": _l("The chain no longer holds the head that was written down."),
    "unchained": _l("This act was put in beside the chain."),
    "sealed": _l("The sealed personal facts were changed after they were written."),
    "seal_gone": _l("The sealed personal facts are gone and no act erased them."),
}


def schedule() -> RetentionSchedule:
    """Return the office's retention schedule."""
    return cast(RetentionSchedule, current_app.extensions["retention"])


def register_sections() -> None:
    """Add the archive to the ticket page."""
    register_section(Section("archive", Place.ASIDE, "archive/section.html", _section, order=80))


def _section(case: Case) -> dict[str, Any]:
    return {"kept": queries.find_kept(case.session, case.ticket), "class_title": _class_title}


def _class_title(code: str) -> str:
    found = schedule().find(code)
    return found.title.in_language(str(get_locale())) if found else code


def _is_head(case: Case) -> bool:
    return signed_in().may(Permission.WORK_ON_TICKETS) and any(
        case.office.is_head(role) for role in case.viewer.roles
    )


@blueprint.post("/tickets/<int:ticket_id>/archive")
@requires(Permission.SEE_TICKETS)
def hand_out(ticket_id: int) -> Response:
    """Hand out the ticket as one zip; that it was handed out is recorded."""
    with transaction() as session:
        case = open_case(session, ticket_id)
        packed = pack_ticket(
            session,
            case.ticket,
            case.office,
            base_url=settings().base_url,
            by=signed_in().person,
            role=case.role,
            now=case.now,
        )
    return send_file(
        BytesIO(packed.content), mimetype="application/zip", as_attachment=True, download_name=packed.name
    )


@blueprint.get("/tickets/<int:ticket_id>/keeping")
@requires(Permission.SEE_TICKETS)
def show_keeping(ticket_id: int) -> str:
    """Show how long the case is kept, its holds and its erasure."""
    return _keeping(open_case(db.session(), ticket_id))


def _keeping(case: Case, notice: str = "", **given: PageForm) -> str:
    kept = queries.find_kept(case.session, case.ticket)
    class_form = given.get("class_form") or ClassForm(formdata=None)
    _offer_classes(class_form)
    if kept.retention and not class_form.is_submitted():
        class_form["class_code"].data = kept.retention.class_code
    today = case.now.astimezone(case.office.zone).date()
    return render_template(
        "archive/keeping.html",
        ticket=case.ticket,
        kept=kept,
        class_title=_class_title,
        is_head=_is_head(case),
        is_due=kept.keeping.is_due(today),
        notice=notice,
        class_form=class_form,
        hold_form=given.get("hold_form") or HoldForm(formdata=None),
        lift_form=given.get("lift_form") or LiftForm(formdata=None),
        erasure_form=given.get("erasure_form") or ErasureForm(formdata=None),
    )


def _offer_classes(form: PageForm) -> None:
    language = str(get_locale())
    form["class_code"].choices = choices(
        [
            (
                each.code,
                f"{each.title.in_language(language)} – "
                + (_("%(years)s years", years=each.years) if each.years else _("for good")),
            )
            for each in schedule().classes
        ]
    )


def _decide(ticket_id: int, form: PageForm, name: str, act: Any, done: str) -> Response | tuple[str, int]:
    """Let the head carry out one act of keeping; a refusal shows the page again with what was typed."""
    if name == "class_form":
        _offer_classes(form)
    if not form.validate():
        return _keeping(open_case(db.session(), ticket_id), **{name: form}), 422
    try:
        with transaction() as session:
            case = open_case(session, ticket_id)
            act(session, case)
    except DomainError as refusal:
        if refusal.status in (403, 404):
            raise
        case = open_case(db.session(), ticket_id)
        return _keeping(case, translate(refusal), **{name: form}), refusal.status
    flash(done, "success")
    return redirect(url_for("archive.show_keeping", ticket_id=ticket_id))


@blueprint.post("/tickets/<int:ticket_id>/keeping/class")
@requires(Permission.WORK_ON_TICKETS)
def choose_class(ticket_id: int) -> Response | tuple[str, int]:
    """Keep the case by another class."""
    form = ClassForm()

    def act(session: Session, case: Case) -> None:
        service.choose_class(
            session,
            case.ticket,
            schedule(),
            form.class_code.data,
            case.office,
            by=signed_in().person,
            now=case.now,
        )

    return _decide(ticket_id, form, "class_form", act, _("The case is kept by the class you chose."))


@blueprint.post("/tickets/<int:ticket_id>/keeping/hold")
@requires(Permission.WORK_ON_TICKETS)
def place_hold(ticket_id: int) -> Response | tuple[str, int]:
    """Forbid to erase anything of the case."""
    form = HoldForm()

    def act(session: Session, case: Case) -> None:
        reason = form.hold_reason.data or ""
        service.place_hold(session, case.ticket, reason, case.office, by=signed_in().person, now=case.now)

    return _decide(ticket_id, form, "hold_form", act, _("The case is under a legal hold now."))


@blueprint.post("/tickets/<int:ticket_id>/keeping/lift")
@requires(Permission.WORK_ON_TICKETS)
def lift_hold(ticket_id: int) -> Response | tuple[str, int]:
    """End the hold."""
    form = LiftForm()
    hold_id = request.form.get("hold_id", 0, type=row_number)

    def act(session: Session, case: Case) -> None:
        hold = queries.get_hold(session, case.ticket, hold_id)
        reason = form.lift_reason.data or ""
        service.lift_hold(
            session, case.ticket, hold, reason, case.office, by=signed_in().person, now=case.now
        )

    return _decide(ticket_id, form, "lift_form", act, _("The legal hold has ended."))


@blueprint.post("/tickets/<int:ticket_id>/keeping/erase")
@requires(Permission.WORK_ON_TICKETS)
def erase_requester(ticket_id: int) -> Response | tuple[str, int]:
    """Erase the requester's personal data."""
    form = ErasureForm()

    def act(session: Session, case: Case) -> None:
        service.erase_requester(
            session,
            case.ticket,
            form.erase_reason.data or "",
            case.office,
            asked_by_requester=bool(form.asked_by_requester.data),
            by=signed_in().person,
            now=case.now,
        )

    return _decide(ticket_id, form, "erasure_form", act, _("The requester's personal data is erased."))


@blueprint.get("/retention")
@requires(Permission.SEE_REGISTER)
def show_retention() -> str:
    """Show what is due by the schedule, what is held, and the schedule itself."""
    session, now = db.session(), clock.now()
    if not _sees_all(session):
        raise NotFound
    today = now.astimezone(settings().zone).date()
    return render_template(
        "archive/retention.html",
        due=queries.list_due(session, today),
        held=queries.list_held(session),
        counts=queries.count_by_class(session),
        classes=schedule().classes,
        class_title=_class_title,
    )


def _sees_all(session: Session) -> bool:
    # The list names secret cases too: whoever acts for a head for a part of the office does not see it.
    return current_viewer(current_office(session)).sees_all


@dataclass(frozen=True)
class RecordFilter:
    """What of the record is looked at."""

    kind: str
    actor: str
    since: date | None
    until: date | None

    def moments(self) -> tuple[datetime | None, datetime | None]:
        """Return the span as moments at the office: from the first day's begin to the last day's end."""
        zone = settings().zone
        start = (
            datetime(self.since.year, self.since.month, self.since.day, tzinfo=zone) if self.since else None
        )
        end = self.until + timedelta(days=1) if self.until else None
        return start, datetime(end.year, end.month, end.day, tzinfo=zone) if end else None


def _day(name: str) -> date | None:
    try:
        return date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None


@blueprint.get("/record")
@requires(Permission.SEE_RECORD)
def show_record() -> str:
    """Show every act, and whether the chain over them is whole."""
    session = db.session()
    chosen = RecordFilter(
        request.args.get("kind", "")[:64], request.args.get("actor", "")[:200], _day("since"), _day("until")
    )
    since, until = chosen.moments()
    acts = audit_queries.select_acts(kind=chosen.kind, actor=chosen.actor, since=since, until=until)
    page: Page[Any] = paginate(session, acts, request.args.get("page", 1, type=row_number))
    verdict: Verdict | None = None
    if "check" in request.args:
        verdict = audit_queries.verify_chain(session)
    return render_template(
        "archive/record.html",
        page=page,
        links=audit_queries.numbers_of(session, [act.id for act in page.items]),
        sealed=audit_queries.sealed_of_office(session, [act.id for act in page.items]),
        in_words=act_in_words,
        chosen=chosen,
        kinds=audit_queries.list_kinds(session),
        head=audit_queries.chain_head(session),
        heads=list(
            reversed(audit_queries.daily_heads(session, clock.now().astimezone(settings().zone).year))
        ),
        verdict=verdict,
        broken=BROKEN,
    )
