"""The receipt, and the page on which a requester follows a request."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import flash, redirect, render_template, request, send_file, session, url_for
from flask_babel import force_locale, get_locale, gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from helpdesk import clock
from helpdesk.database import db, transaction
from helpdesk.documents.service import agenda_number
from helpdesk.intake.basket import Basket, FileForgotten, fill_basket
from helpdesk.intake.errors import FollowLinkUnknown
from helpdesk.intake.forms import FollowForm
from helpdesk.intake.receipts import draw_receipt, qr_image
from helpdesk.intake.rules import FormKey
from helpdesk.intake.views.blueprint import blueprint
from helpdesk.intake.views.requests import (
    STALE,
    TOO_MANY,
    Answer,
    has_good_token,
    is_within,
    seal,
    tries_an_hour,
)
from helpdesk.notifications.rules import follow_url
from helpdesk.tickets import queries as tickets_queries
from helpdesk.tickets import service as tickets_service
from helpdesk.tickets.clock_pages import office_waits_since
from helpdesk.tickets.context import current_office
from helpdesk.tickets.errors import TicketClosed
from helpdesk.tickets.models import Attachment, Message, Ticket
from helpdesk.tickets.offers import kind_of_request
from helpdesk.tickets.office import Office
from helpdesk.tickets.presenters import CHANNEL_LABELS, lane_of
from helpdesk.tickets.rules import TicketStatus
from helpdesk.uploads import accept_attribute, taken_kinds
from helpdesk.web.current import settings
from helpdesk.web.failures import translate
from helpdesk.web.guards import public

MESSAGES_AN_HOUR = "20 per hour"
# The same words twice within this time are a double click or a reload.
SAME_MESSAGE_WITHIN = timedelta(minutes=10)
SEEN_BY_REQUESTER = ("public", "requester")


@dataclass(frozen=True)
class Line:
    """One turn of the conversation, as the requester sees it: the office speaks, never a person."""

    kind: str
    author: str
    at: datetime
    body: str
    files: list[dict[str, Any]]


@blueprint.get("/tanda-terima/<token>")
@public
def show_receipt(token: str) -> Answer:
    """Show the receipt: number, link, QR code and what comes next."""
    ticket = _ticket_of(db.session(), token)
    url = follow_url(settings().base_url, token)
    with _in_language_of(ticket):
        return render_template(
            "intake/receipt.html",
            ticket=ticket,
            token=token,
            url=url,
            qr=qr_image(url),
            kind=kind_of_request(ticket, current_office(db.session())),
            channel=CHANNEL_LABELS.get(ticket.channel, ticket.channel),
            files=ticket.files_of_request,
            procedure=current_office(db.session()).procedure_of(ticket.run),
            letterhead=settings().letterhead,
        )


@blueprint.get("/tanda-terima/<token>/pdf")
@public
def download_receipt(token: str) -> Response:
    """Give the receipt as PDF."""
    ticket, office = _ticket_of(db.session(), token), current_office(db.session())
    with _in_language_of(ticket):
        paper = draw_receipt(
            ticket,
            follow_url(settings().base_url, token),
            kind=kind_of_request(ticket, office),
            agenda=agenda_number(db.session(), ticket, office),
            letterhead=settings().letterhead,
            timezone=settings().timezone,
            now=clock.now(),
        )
        word = gettext("Receipt").replace(" ", "-")
    return send_file(
        io.BytesIO(paper),
        mimetype="application/pdf",
        as_attachment=True,
        download_name=f"{word}-{ticket.number}.pdf",
    )


@blueprint.get("/ikuti/<token>")
@public
def follow(token: str) -> Answer:
    """Show where the request stands."""
    ticket = _ticket_of(db.session(), token)
    form = FollowForm()
    form.form_key.data = seal().new_key(clock.now())
    return _render(ticket, token, form, Basket())


@blueprint.post("/ikuti/<token>")
@public
def write_message(token: str) -> Answer:
    """Take a message of the requester in."""
    now = clock.now()
    ticket = _ticket_of(db.session(), token)
    form = FollowForm()
    key = seal().read_key(form.form_key.data, now)
    if key is None or not has_good_token(form):
        return _show_again(ticket, token, form, key, Basket(), 422, notice=STALE)
    basket = _basket(form, key)
    if not form.validate() or basket.problems:
        return _show_again(ticket, token, form, key, basket, 422)
    if _was_just_sent(ticket, str(form.body.data), now):
        return redirect(url_for("intake.follow", token=token, _anchor="conversation"), 303)
    if not is_within(lambda: MESSAGES_AN_HOUR, "messages"):
        return _show_again(ticket, token, form, key, basket, 429, notice=TOO_MANY)
    try:
        with transaction() as writing:
            tickets_service.write_as_requester(
                writing, ticket, str(form.body.data), now=now, files=basket.contents(writing)
            )
    except FileForgotten as problem:
        basket.held = ()
        basket.problems.append(problem)
        return _show_again(ticket, token, form, key, basket, problem.status)
    except TicketClosed as refusal:
        return _show_again(ticket, token, form, key, basket, refusal.status, notice=translate(refusal))
    with _in_language_of(ticket):
        flash(gettext("Your message has arrived."), "success")
    return redirect(url_for("intake.follow", token=token, _anchor="conversation"), 303)


@blueprint.get("/ikuti/<token>/lampiran/<int:attachment_id>")
@public
def download_attachment(token: str, attachment_id: int) -> Response:
    """Give the requester a file of their own, or one that came with a reply."""
    ticket = _ticket_of(db.session(), token)
    found = next((file for file in _open_files(ticket) if file.id == attachment_id), None)
    if found is None:
        raise FollowLinkUnknown
    return send_file(
        io.BytesIO(found.file.content),
        mimetype=found.file.content_type,
        as_attachment=True,
        download_name=found.name,
    )


@blueprint.post("/ikuti/<token>/cabut")
@public
def withdraw_link(token: str) -> Response:
    """Make the link useless, because the requester wishes it."""
    with transaction() as writing:
        ticket = _ticket_of(writing, token)
        tickets_service.withdraw_follow_link(
            writing, ticket, office=current_office(writing), by=None, now=clock.now()
        )
        number = ticket.number
    flash(
        gettext(
            "The link to request %(number)s no longer works. The request itself goes on; "
            "the office can send you a new link.",
            number=number,
        ),
        "success",
    )
    return redirect(url_for("intake.show_form"), 303)


def _ticket_of(reading: Session, token: str) -> Ticket:
    """Return the ticket of the link; the refusal never says whether there was one."""
    found = tickets_queries.find_ticket_by_follow_token(
        reading, token, settings().secret_key.get_secret_value()
    )
    if found is None:
        raise FollowLinkUnknown
    return found


@contextmanager
def _in_language_of(ticket: Ticket) -> Iterator[None]:
    """Speak the language of the request, unless the visitor has chosen one."""
    if "language" in session or "lang" in request.args:
        yield
        return
    with force_locale(ticket.requester_language):
        yield


def _basket(form: FollowForm, key: FormKey) -> Basket:
    return fill_basket(
        seal().read_files(form.held_files.data, key),
        form.attachments.data,
        removed=request.form.getlist("remove_file"),
        max_count=settings().attachment_max_count,
        max_bytes=settings().attachment_max_bytes,
    )


def _was_just_sent(ticket: Ticket, body: str, now: datetime) -> bool:
    last = next((each for each in reversed(ticket.messages) if each.kind == "requester"), None)
    return last is not None and last.body == body and now - last.created_at < SAME_MESSAGE_WITHIN


def _show_again(
    ticket: Ticket,
    token: str,
    form: FollowForm,
    key: FormKey | None,
    basket: Basket,
    status: int,
    *,
    notice: Any = None,
) -> Answer:
    now = clock.now()
    if not is_within(tries_an_hour, "tries"):
        # What arrives from an address that does not stop is not stored.
        basket, status, notice = Basket(basket.held), 429, TOO_MANY
    with transaction() as writing:
        basket.hold(writing, now=now)
    if key is None:
        form.form_key.data = seal().new_key(now)
        key = seal().read_key(form.form_key.data, now)
        assert key is not None, "a key made now is good"
    form.held_files.data = seal().write_files(basket.held, key)
    form.attachments.errors = [translate(problem) for problem in basket.problems]
    return _render(ticket, token, form, basket, notice=notice), status


def _render(ticket: Ticket, token: str, form: FollowForm, basket: Basket, *, notice: Any = None) -> str:
    office = current_office(db.session())
    with _in_language_of(ticket):
        return render_template(
            "intake/follow.html",
            ticket=ticket,
            token=token,
            form=form,
            held=basket.held,
            notice=notice,
            has_errors=bool(form.errors),
            kind=kind_of_request(ticket, office),
            channel=CHANNEL_LABELS.get(ticket.channel, ticket.channel),
            lane_steps=lane_of(ticket, office, now=clock.now(), with_names=False),
            lines=_conversation(ticket, token, office),
            files=[_file(file, token) for file in _open_files(ticket) if file.message_id is None],
            is_open=ticket.status == TicketStatus.OPEN.value,
            office_waits_since=office_waits_since(ticket),
            accept=accept_attribute(),
            kinds=taken_kinds(),
            limits=settings(),
        )


def _conversation(ticket: Ticket, token: str, office: Office) -> list[Line]:
    titles = _titles_of_repliers(ticket, office)
    return [
        Line(
            kind=message.kind,
            author=ticket.requester_name if message.kind == "requester" else titles.get(message.id, ""),
            at=message.created_at,
            body=message.body,
            files=[_file(file, token) for file in ticket.attachments if file.message_id == message.id],
        )
        for message in ticket.messages
        if message.kind in SEEN_BY_REQUESTER
    ]


def _titles_of_repliers(ticket: Ticket, office: Office) -> dict[int, str]:
    """Return for every reply the office that gave it."""
    procedure = office.procedure_of(ticket.run)
    titles = {}
    for event in tickets_queries.list_events(db.session(), ticket.id):
        if event.kind == "public_reply":
            role = procedure.find_role(event.actor_role)
            titles[event.data["message_id"]] = (
                role.title.in_language(str(get_locale())) if role else settings().letterhead.unit.title()
            )
    return titles


def _open_files(ticket: Ticket) -> list[Attachment]:
    """Return the files that the requester sent, or was sent."""
    shown: dict[int, Message] = {
        message.id: message for message in ticket.messages if message.kind in SEEN_BY_REQUESTER
    }
    return [
        file
        for file in ticket.attachments
        if file.message_id in shown or (file.message_id is None and file.added_at == ticket.received_at)
    ]


def _file(file: Attachment, token: str) -> dict[str, Any]:
    return {
        "name": file.name,
        "url": url_for("intake.download_attachment", token=token, attachment_id=file.id),
        "size_bytes": file.file.size_bytes,
        "content_type": file.file.content_type,
    }
