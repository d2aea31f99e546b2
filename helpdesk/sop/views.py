"""The procedures, as people read them: the official form, its versions, and what a version changes."""

from __future__ import annotations

from typing import cast

from flask import Blueprint, current_app, render_template, request
from flask_babel import get_locale

from helpdesk.database import db
from helpdesk.permissions import Permission
from helpdesk.sop.catalogue import Catalogue
from helpdesk.sop.form import lettering, paths
from helpdesk.sop.pages import changes_of, form_view, versions_of
from helpdesk.sop.releases.queries import count_uses
from helpdesk.sop.schema import Procedure
from helpdesk.web.guards import requires
from helpdesk.web.input import row_number

blueprint = Blueprint("sop", __name__)
blueprint.add_app_template_filter(paths.outline, "sop_outline")
blueprint.add_app_template_filter(lettering.set_width, "sop_width")
blueprint.add_app_template_filter(paths.line, "sop_line")
blueprint.add_app_template_filter(paths.tip, "sop_tip")


def _catalogue() -> Catalogue:
    return cast(Catalogue, current_app.extensions["catalogue"])


@blueprint.get("/sop")
@requires(Permission.SEE_PROCEDURES)
def list_procedures() -> str:
    """List the procedures in force."""
    catalogue = _catalogue()
    procedures = catalogue.list_procedures()
    uses = {one.number: count_uses(db.session(), one.number) for one in procedures}
    running = {number: sum(use.running for use in found.values()) for number, found in uses.items()}
    return render_template("sop/list.html", procedures=procedures, running=running, catalogue=catalogue)


@blueprint.get("/sop/<number>")
@blueprint.get("/sop/<number>/v<int:version>")
@requires(Permission.SEE_PROCEDURES)
def show_procedure(number: str, version: int | None = None) -> str:
    """Show a whole procedure in the official form: its identity and its matrix."""
    catalogue = _catalogue()
    procedure = catalogue.get_procedure(number, version)
    return render_template(
        "sop/show.html",
        procedure=procedure,
        view=form_view(procedure, str(get_locale())),
        versions=versions_of(catalogue, number, count_uses(db.session(), number)),
    )


@blueprint.get("/sop/<number>/changes")
@requires(Permission.SEE_PROCEDURES)
def show_changes(number: str) -> str:
    """Show what one version says otherwise than another: the two newest, unless asked for others."""
    catalogue = _catalogue()
    new = _asked_version(catalogue, number, "to", None)
    old = _asked_version(catalogue, number, "from", new)
    language = str(get_locale())
    return render_template(
        "sop/changes.html",
        old=old,
        new=new,
        steps=changes_of(old, new, language),
        old_view=form_view(old, language),
        new_view=form_view(new, language),
        versions=versions_of(catalogue, number, count_uses(db.session(), number)),
    )


def _asked_version(catalogue: Catalogue, number: str, name: str, before: Procedure | None) -> Procedure:
    """Return the version of the address, else the newest one (before the other one)."""
    asked = request.args.get(name, type=row_number)
    if asked is not None:
        return catalogue.get_procedure(number, asked)
    known = [one for one in catalogue.list_versions(number) if before is None or one.version < before.version]
    return known[-1] if known else before or catalogue.get_procedure(number)
