"""The blueprint that all pages of devices hang on."""

from flask import Blueprint

blueprint = Blueprint("devices", __name__)
