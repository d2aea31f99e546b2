"""The blueprint that the pages of tickets add their routes to."""

from flask import Blueprint

blueprint = Blueprint("tickets", __name__)
