"""The register of numbers: which were issued, to which paper, and which are void and why."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _

from helpdesk import clock
from helpdesk.database import db, transaction
from helpdesk.documents import queries
from helpdesk.documents.forms import VoidForm
from helpdesk.documents.views.routes import blueprint
from helpdesk.errors import DomainError, Forbidden
from helpdesk.numbering import queries as numbering_queries
from helpdesk.numbering import service
from helpdesk.permissions import Permission
from helpdesk.tickets.context import current_office, current_viewer
from helpdesk.tickets.office import Office
from helpdesk.web.current import signed_in
from helpdesk.web.forms import show_refusal
from helpdesk.web.guards import requires
from helpdesk.web.input import row_number
from helpdesk.web.pagination import paginate


@blueprint.get("/numbers")
@requires(Permission.SEE_REGISTER)
def list_numbers() -> str:
    """Show the numbers of a year; papers that the person may not see have a number and nothing else."""
    session = db.session()
    office = current_office(session)
    years = numbering_queries.list_years(session) or [office.year_of(clock.now())]
    year = request.args.get("year", years[0], type=row_number)
    series, only_void = request.args.get("series", "")[:32], request.args.get("state") == "void"
    page = paginate(
        session,
        numbering_queries.select_numbers(year=year, series=series, only_void=only_void),
        request.args.get("page", 1, type=row_number),
        50,
    )
    language = str(get_locale())
    return render_template(
        "documents/numbers.html",
        page=page,
        year=year,
        years=years,
        series=series,
        only_void=only_void,
        titles={one.code: one.title.in_language(language) for one in office.numbering.series.values()},
        patterns=[(one.title.in_language(language), one.pattern) for one in office.numbering.series.values()],
        papers=queries.papers_of_numbers(session, page.items, current_viewer(office)),
        may_void=_head_role(office) is not None,
    )


@blueprint.route("/numbers/<int:number_id>/void", methods=["GET", "POST"])
@requires(Permission.VOID_NUMBERS)
def void_number(number_id: int) -> ResponseReturnValue:
    """Void a number for a reason; the paper that carries it is marked."""
    session = db.session()
    office = current_office(session)
    viewer = current_viewer(office)
    issued = numbering_queries.get_number(session, number_id)
    found = queries.papers_of_numbers(session, [issued], viewer).get(issued.id)
    head = _head_role(office)
    if head is None:
        raise Forbidden
    form = VoidForm()
    if form.validate_on_submit():
        try:
            with transaction(session):
                service.void_number(
                    session,
                    issued,
                    reason=form.reason.data or "",
                    is_head=True,
                    by=signed_in().person,
                    in_role=head,
                    now=clock.now(),
                )
            flash(_("The number %(number)s is void.", number=issued.text), "success")
            return redirect(url_for("documents.list_numbers", year=issued.year, series=issued.series))
        except DomainError as refusal:
            show_refusal(form, refusal)
    page = render_template("documents/void_number.html", issued=issued, found=found, form=form)
    return page, 422 if form.errors else 200


def _head_role(office: Office) -> str | None:
    """Return the office in which the person heads a procedure, own or acted in without limit; else None."""
    held = (one.role for one in signed_in().offices if one.scope.is_whole)
    return next((role for role in held if office.is_head(role)), None)
