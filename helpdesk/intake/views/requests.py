"""A request comes in: by the public form, or written down by an official."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from babel.dates import format_date
from flask import redirect, render_template, request, url_for
from flask_babel import get_locale, gettext
from flask_babel import lazy_gettext as _l
from flask_limiter import RateLimitExceeded
from flask_wtf import FlaskForm
from flask_wtf.csrf import validate_csrf
from werkzeug.wrappers import Response
from wtforms.validators import ValidationError

from helpdesk import clock
from helpdesk.accounts.models import Person
from helpdesk.calendars.rules import due_at
from helpdesk.database import db, transaction
from helpdesk.errors import EditConflict
from helpdesk.intake.basket import Basket, FileForgotten, fill_basket
from helpdesk.intake.forms import RecordedRequestForm, RequestForm
from helpdesk.intake.rules import FormKey, group_week
from helpdesk.intake.tokens import Seal
from helpdesk.intake.views.blueprint import blueprint
from helpdesk.permissions import Permission
from helpdesk.tickets import queries as tickets_queries
from helpdesk.tickets import service as tickets_service
from helpdesk.tickets.context import catalogue, current_office
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.offers import list_offers
from helpdesk.tickets.rules import Channel, NewFile, NewRequest
from helpdesk.uploads import accept_attribute, taken_kinds
from helpdesk.web.current import settings, signed_in
from helpdesk.web.failures import translate
from helpdesk.web.guards import public, requires
from helpdesk.web.limits import limiter

Answer = str | tuple[str, int] | Response

STALE = _l(
    "The form had been open for too long. Everything you wrote is still here: please check and send again."
)
TOO_FAST = _l("Please check what you wrote, then send once more.")
ALREADY_SENT = _l(
    "This form was already sent as request %(number)s. What you changed since has not been sent: "
    "send it again to make it a new request."
)
TOO_MANY = _l(
    "Too many requests came from your network within the hour. Everything you wrote is still here: "
    "please send it again later, or call us."
)
# Mending a form is no crime: tries are counted more generously than requests.
TRIES_A_REQUEST = 6


@dataclass(frozen=True)
class Desk:
    """One of the two ways in: its form, its page, who writes."""

    make_form: Callable[..., FlaskForm]
    template: str
    is_public: bool

    @property
    def by(self) -> Person | None:
        """Who writes it down for the requester."""
        return None if self.is_public else signed_in().person


PUBLIC = Desk(RequestForm, "intake/form.html", is_public=True)
OFFICE = Desk(RecordedRequestForm, "intake/record_form.html", is_public=False)


def seal() -> Seal:
    """Return what signs the forms of this installation."""
    return Seal(settings().secret_key.get_secret_value())


@blueprint.get("/")
@public
def show_form() -> Answer:
    """Show what the service is, and its form."""
    return _show_empty(PUBLIC)


@blueprint.post("/")
@public
def submit() -> Answer:
    """Take a request in."""
    return _receive(PUBLIC)


@blueprint.get("/requests/new")
@requires(Permission.RECORD_REQUESTS)
def show_record_form() -> Answer:
    """Show the form for a call, a letter, a fax or a visit."""
    return _show_empty(OFFICE)


@blueprint.post("/requests/new")
@requires(Permission.RECORD_REQUESTS)
def record() -> Answer:
    """Take a request in that an official wrote down."""
    return _receive(OFFICE)


def _make_form(desk: Desk, now: datetime) -> FlaskForm:
    day = _today(now)
    return desk.make_form(today=day, offers=list_offers(catalogue(), settings().procedure_number, on=day))


def _show_empty(desk: Desk) -> str:
    form = _make_form(desk, clock.now())
    form.form_key.data = seal().new_key(clock.now())
    return _render(desk, form, Basket())


def _receive(desk: Desk) -> Answer:
    now = clock.now()
    form = _make_form(desk, now)
    key = seal().read_key(form.form_key.data, now)
    if key is None or not has_good_token(form):
        return _show_again(desk, form, key, 422, notice=STALE)
    earlier = tickets_queries.find_ticket_by_submission_key(db.session(), key.nonce)
    if earlier is not None:
        return _answer_again(desk, form, key, earlier)
    if not desk.is_public:
        return _open(desk, form, key, now) if form.validate() else _show_again(desk, form, key, 422)
    if form.has_taken_bait:
        # Robots see what they expect, and make no ticket.
        return render_template("intake/thanks.html")
    if not form.validate():
        return _show_again(desk, form, key, 422)
    if key.was_filled_too_fast(now):
        return _show_again(desk, form, key, 422, notice=TOO_FAST)
    return _open(desk, form, key, now)


def _answer_again(desk: Desk, form: FlaskForm, key: FormKey, earlier: Ticket) -> Answer:
    """The form came before: the same words get the same receipt, other words a form of their own."""
    if (earlier.subject, earlier.description) == (form.subject.data, _description(form)):
        return _to_receipt(earlier)
    notice = gettext(ALREADY_SENT, number=earlier.number)
    return _show_again(desk, form, key, 409, notice=notice, wants_new_key=True)


def _open(desk: Desk, form: FlaskForm, key: FormKey, now: datetime) -> Answer:
    basket = _basket(form, key)
    if basket.problems:
        return _show_again(desk, form, key, 422, basket=basket)
    if desk.is_public and not is_within(_requests_an_hour, "requests"):
        return _show_again(desk, form, key, 429, notice=TOO_MANY, basket=basket)
    try:
        with transaction() as session:
            office = current_office(session)
            ticket = tickets_service.open_ticket(
                session,
                _new_request(desk, form, key, basket.contents(session)),
                procedure=form.offers[form.kind.data].procedure,
                office=office,
                prefix=settings().ticket_prefix,
                now=now,
                by=desk.by,
            )
    except FileForgotten as problem:
        basket.held = ()
        basket.problems.append(problem)
        return _show_again(desk, form, key, 422, basket=basket)
    except EditConflict:
        # A double click on two connections: the other one was first, its ticket is ours.
        found = tickets_queries.find_ticket_by_submission_key(db.session(), key.nonce)
        if found is None:
            raise
        ticket = found
    return _to_receipt(ticket)


def _to_receipt(ticket: Ticket) -> Answer:
    token = tickets_service.follow_token(ticket, settings().secret_key.get_secret_value())
    if token is None:
        return render_template("intake/thanks.html")
    return redirect(url_for("intake.show_receipt", token=token), 303)


def _new_request(desk: Desk, form: FlaskForm, key: FormKey, files: tuple[NewFile, ...]) -> NewRequest:
    return NewRequest(
        submission_key=key.nonce,
        channel=Channel.WEB.value if desk.is_public else form.channel.data,
        kind=form.kind.data,
        subject=form.subject.data,
        description=_description(form),
        affected=form.affected.data,
        preferred_on=form.preferred_on.data,
        requester_name=form.requester_name.data,
        requester_agency=form.requester_agency.data,
        requester_unit=form.requester_unit.data,
        requester_email=form.requester_email.data,
        requester_phone=form.requester_phone.data,
        requester_language=str(get_locale()) if desk.is_public else form.requester_language.data,
        attachments=files,
    )


def _description(form: FlaskForm) -> str:
    """Return the description, with the letter it was taken from in the words of the office."""
    words = str(form.description.data)
    if not isinstance(form, RecordedRequestForm):
        return words
    number, day = form.letter_number.data, form.letter_on.data
    letter = [
        f"nomor {number}" if number else "",
        f"tanggal {format_date(day, 'd MMMM y', 'id')}" if day else "",
    ]
    named = " ".join(part for part in letter if part)
    return f"{words}\n\nSurat {named}." if named else words


def _show_again(
    desk: Desk,
    form: FlaskForm,
    key: FormKey | None,
    status: int,
    *,
    notice: Any = None,
    basket: Basket | None = None,
    wants_new_key: bool = False,
) -> Answer:
    """Show the form with all that was typed, and keep the files that came with it."""
    now = clock.now()
    if desk.is_public and not is_within(tries_an_hour, "tries"):
        # What arrives from an address that does not stop is not stored.
        basket, status, notice = (
            Basket(seal().read_files(form.held_files.data, key) if key else ()),
            429,
            TOO_MANY,
        )
    elif basket is None:
        basket = _basket(form, key)
    with transaction() as session:
        basket.hold(session, now=now)
    if key is None or wants_new_key:
        form.form_key.data = seal().new_key(now)
        key = seal().read_key(form.form_key.data, now)
        assert key is not None, "a key made now is good"
    form.held_files.data = seal().write_files(basket.held, key)
    form.attachments.errors = [translate(problem) for problem in basket.problems]
    return _render(desk, form, basket, notice=notice), status


def _basket(form: FlaskForm, key: FormKey | None) -> Basket:
    return fill_basket(
        seal().read_files(form.held_files.data, key) if key else (),
        form.attachments.data,
        removed=request.form.getlist("remove_file"),
        max_count=settings().attachment_max_count,
        max_bytes=settings().attachment_max_bytes,
    )


def _render(desk: Desk, form: FlaskForm, basket: Basket, *, notice: Any = None) -> str:
    now = clock.now()
    office = current_office(db.session())
    procedures = list({one.procedure.number: one.procedure for one in form.offers.values()}.values())
    week = [[(window.start_minute, window.end_minute) for window in day] for day in office.calendar.week]
    return render_template(
        desk.template,
        form=form,
        held=basket.held,
        notice=notice,
        has_errors=bool(form.errors),
        procedures=[(one, due_at(office.calendar, now, one.working_minutes)) for one in procedures],
        week=group_week(week),
        today=_today(now),
        accept=accept_attribute(),
        kinds=taken_kinds(),
        limits=settings(),
    )


def has_good_token(form: FlaskForm) -> bool:
    """Whether the form comes from a page of ours that is not too old."""
    if not form.meta.csrf:
        return True
    try:
        validate_csrf(form.csrf_token.data)
    except ValidationError:
        return False
    return True


def is_within(limit: Callable[[], str], scope: str) -> bool:
    """Count one act of this address, and tell whether that was still allowed."""
    try:
        with limiter.limit(limit, scope=scope):
            return True
    except RateLimitExceeded:
        return False


def _requests_an_hour() -> str:
    return f"{settings().submissions_per_hour} per hour"


def tries_an_hour() -> str:
    """Return how often an address may have a form shown again, with the files that came with it."""
    return f"{settings().submissions_per_hour * TRIES_A_REQUEST} per hour"


def _today(now: datetime) -> date:
    return now.astimezone(settings().zone).date()
