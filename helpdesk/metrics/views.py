"""`/metrics`, for a Prometheus that knows the token."""

from __future__ import annotations

from flask import Blueprint, Response, request

from helpdesk import clock
from helpdesk.database import db
from helpdesk.errors import NotFound
from helpdesk.metrics.queries import list_gauges
from helpdesk.metrics.rules import CONTENT_TYPE, expose, is_bearer
from helpdesk.web.current import settings
from helpdesk.web.guards import public

blueprint = Blueprint("metrics", __name__)


@blueprint.get("/metrics")
@public
def show_metrics() -> Response:
    """Give the figures to whoever carries the token; without one in the settings there is nothing here."""
    token = settings().metrics_token.get_secret_value()
    if not token:
        raise NotFound
    if not is_bearer(request.headers.get("Authorization", ""), token):
        return Response(status=401, headers={"WWW-Authenticate": "Bearer"})
    session = db.session()
    figures = expose(list_gauges(session, now=clock.now()))
    return Response(figures, content_type=CONTENT_TYPE, headers={"Cache-Control": "no-store"})
