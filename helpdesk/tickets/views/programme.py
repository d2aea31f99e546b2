"""The work programme, as the admin keeps it."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from helpdesk import clock
from helpdesk.database import db, transaction
from helpdesk.permissions import Permission
from helpdesk.tickets import queries
from helpdesk.tickets.errors import WorkProgrammeExists
from helpdesk.tickets.forms import WorkProgrammeForm
from helpdesk.tickets.service import programme
from helpdesk.tickets.views.routes import blueprint
from helpdesk.web.current import settings, signed_in
from helpdesk.web.failures import translate
from helpdesk.web.guards import requires


def _render(form: WorkProgrammeForm) -> str:
    this_year = clock.now().astimezone(settings().zone).year
    items = queries.list_work_programme(db.session())
    return render_template(
        "tickets/programme.html",
        form=form,
        items=items,
        this_year=this_year,
        is_missing=not any(item.year == this_year and item.is_active for item in items),
    )


@blueprint.get("/work-programme")
@requires(Permission.MANAGE_WORK_PROGRAMME)
def list_work_programme() -> str:
    """List the items of all years, with a form for a new one."""
    year = clock.now().astimezone(settings().zone).year
    return _render(WorkProgrammeForm(formdata=None, data={"year": year}))


@blueprint.post("/work-programme")
@requires(Permission.MANAGE_WORK_PROGRAMME)
def add_work_programme_item() -> Response | tuple[str, int]:
    """Add an item."""
    form = WorkProgrammeForm()
    if not form.validate():
        return _render(form), 422
    try:
        with transaction() as session:
            programme.add_item(
                session,
                year=form.year.data or 0,
                code=(form.code.data or "").strip(),
                title=(form.title.data or "").strip(),
                by=signed_in().person,
                now=clock.now(),
            )
    except WorkProgrammeExists as refusal:
        form.code.errors = [translate(refusal)]
        return _render(form), refusal.status
    flash(_("The item is added."), "success")
    return redirect(url_for("tickets.list_work_programme"))


@blueprint.post("/work-programme/<int:item_id>")
@requires(Permission.MANAGE_WORK_PROGRAMME)
def change_work_programme_item(item_id: int) -> Response:
    """Take an item out of use, or back."""
    is_active = request.form.get("is_active") == "1"
    with transaction() as session:
        programme.set_active(session, item_id, is_active=is_active, by=signed_in().person, now=clock.now())
    flash(_("The item is in use again.") if is_active else _("The item is out of use."), "success")
    return redirect(url_for("tickets.list_work_programme"))
