"""The blueprint of accounts, in a file of its own so that each family of pages can import it."""

from flask import Blueprint

blueprint = Blueprint("accounts", __name__)
