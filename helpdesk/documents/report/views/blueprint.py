"""The pages of a ticket's report."""

from flask import Blueprint

blueprint = Blueprint("report", __name__)
