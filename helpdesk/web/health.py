"""For the supervisor and the load balancer: is the product alive?"""

from __future__ import annotations

from flask import Blueprint, Response, jsonify
from sqlalchemy import text

from helpdesk.database import db
from helpdesk.web.guards import public

blueprint = Blueprint("health", __name__)


@blueprint.get("/health")
@public
def show_health() -> Response:
    """Answer `ok` when the database answers."""
    db.session.execute(text("select 1"))
    return jsonify(status="ok")
