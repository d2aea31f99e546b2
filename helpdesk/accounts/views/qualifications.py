"""Qualifications of a person, as the admin records them."""

from __future__ import annotations

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from helpdesk import clock
from helpdesk.accounts import qualifications, queries
from helpdesk.accounts.acting_forms import QualificationForm
from helpdesk.accounts.views._blueprint import blueprint
from helpdesk.accounts.views.catalogue import qualification_titles
from helpdesk.accounts.views.people import person_page
from helpdesk.database import db, transaction
from helpdesk.errors import DomainError
from helpdesk.permissions import Permission
from helpdesk.web.current import signed_in
from helpdesk.web.forms import show_refusal
from helpdesk.web.guards import requires


@blueprint.post("/people/<int:person_id>/qualifications")
@requires(Permission.MANAGE_PEOPLE)
def record_qualification(person_id: int) -> ResponseReturnValue:
    """Write down that the person has a qualification of an SOP."""
    form = QualificationForm(offered=list(qualification_titles().items()))
    if form.validate_on_submit() and form.valid_from.data:
        try:
            with transaction() as session:
                qualifications.record_qualification(
                    session,
                    queries.get_person(session, person_id),
                    form.code.data,
                    evidence=form.evidence.data or "",
                    valid_from=form.valid_from.data,
                    valid_until=form.valid_until.data,
                    by=signed_in().person,
                    now=clock.now(),
                )
            flash(_("The qualification is recorded."), "success")
            return redirect(url_for("accounts.show_person", person_id=person_id, _anchor="qualifications"))
        except DomainError as refusal:
            show_refusal(form, refusal)
    return person_page(queries.get_person(db.session(), person_id), qualification_form=form), 422


@blueprint.post("/people/<int:person_id>/qualifications/<int:qualification_id>/withdraw")
@requires(Permission.MANAGE_PEOPLE)
def withdraw_qualification(person_id: int, qualification_id: int) -> ResponseReturnValue:
    """Take a qualification back."""
    with transaction() as session:
        qualifications.withdraw_qualification(
            session,
            queries.get_person(session, person_id),
            qualification_id,
            by=signed_in().person,
            now=clock.now(),
        )
    flash(_("The qualification no longer counts. That it was recorded stays on record."), "success")
    return redirect(url_for("accounts.show_person", person_id=person_id, _anchor="qualifications"))
