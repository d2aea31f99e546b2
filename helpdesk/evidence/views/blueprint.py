"""The blueprint that all pages of evidence hang on."""

from flask import Blueprint

from helpdesk.evidence.presentation import FILTERS

blueprint = Blueprint("evidence", __name__)

for name, function in FILTERS:
    blueprint.add_app_template_filter(function, name)
