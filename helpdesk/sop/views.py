"""The procedures, as people read them."""

from __future__ import annotations

from typing import cast

from flask import Blueprint, current_app, render_template

from helpdesk.permissions import Permission
from helpdesk.sop.catalogue import Catalogue
from helpdesk.sop.rules import ordered_steps
from helpdesk.web.guards import requires

blueprint = Blueprint("sop", __name__)


def _catalogue() -> Catalogue:
    return cast(Catalogue, current_app.extensions["catalogue"])


@blueprint.get("/sop")
@requires(Permission.SEE_PROCEDURES)
def list_procedures() -> str:
    """List the procedures in force."""
    return render_template("sop/list.html", procedures=_catalogue().list_procedures())


@blueprint.get("/sop/<number>")
@blueprint.get("/sop/<number>/v<int:version>")
@requires(Permission.SEE_PROCEDURES)
def show_procedure(number: str, version: int | None = None) -> str:
    """Show a whole procedure: its identity and its matrix."""
    procedure = _catalogue().get_procedure(number, version)
    return render_template(
        "sop/show.html",
        procedure=procedure,
        steps=ordered_steps(procedure),
        versions=_catalogue().list_versions(number),
    )
