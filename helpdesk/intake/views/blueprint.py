"""The blueprint of intake, and the headers of its pages."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request
from flask.wrappers import Response

from helpdesk.database import db
from helpdesk.events import ORIGIN_IS_PERSONAL

blueprint = Blueprint("intake", __name__)
# Forms that check their own token: an outdated one shows the form again with everything typed.
OWN_TOKEN_CHECK = ("requests.submit", "requests.record", "following.write_message")


@blueprint.record_once
def _check_tokens_in_the_form(state: Any) -> None:
    protection = state.app.extensions["csrf"]
    for view in OWN_TOKEN_CHECK:
        protection.exempt(f"helpdesk.intake.views.{view}")


@blueprint.before_request
def _keep_addresses_apart() -> None:
    """Who acts on the public pages is a requester: their address is erased with what they wrote."""
    db.session().info[ORIGIN_IS_PERSONAL] = request.endpoint != "intake.record"


@blueprint.after_request
def _keep_links_private(response: Response) -> Response:
    """A page behind a link is in no search engine; the empty form may come back by the back button."""
    if request.view_args and "token" in request.view_args:
        response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    elif request.endpoint == "intake.show_form" and request.method == "GET":
        # Unlike no-store, this lets a browser give back what was typed when somebody goes back.
        response.headers["Cache-Control"] = "private, no-cache"
    return response
