"""Which language a page speaks: what the person chose, else the office's default."""

from __future__ import annotations

from flask import Blueprint, Flask, redirect, request, session, url_for
from flask_babel import Babel
from flask_login import current_user
from werkzeug.wrappers import Response

from helpdesk.errors import NotFound
from helpdesk.web.current import settings
from helpdesk.web.guards import is_local_path, public

LANGUAGES = ("id", "en")
blueprint = Blueprint("web", __name__)


def select_language() -> str:
    """Return the language of this request."""
    chosen = session.get("language") or (request.args.get("lang") if request else None)
    if chosen in LANGUAGES:
        return str(chosen)
    if current_user and current_user.is_authenticated:
        return str(current_user.person.language)
    return settings().default_language


@blueprint.post("/language/<language>")
@public
def set_language(language: str) -> Response:
    """Remember the language in the cookie and go back to where the person was."""
    if language not in LANGUAGES:
        raise NotFound
    session["language"] = language
    return _back()


@blueprint.post("/theme/<theme>")
@public
def set_theme(theme: str) -> Response:
    """Remember light, dark or the system's choice."""
    if theme not in ("light", "dark", "auto"):
        raise NotFound
    session["theme"] = theme
    return _back()


def _back() -> Response:
    target = request.form.get("next")
    return redirect(target if target and is_local_path(target) else url_for("intake.show_form"))


def init_language(app: Flask) -> None:
    """Attach Babel."""
    Babel(
        app,
        default_locale=app.extensions["settings"].default_language,
        default_timezone=app.extensions["settings"].timezone,
        locale_selector=select_language,
        default_translation_directories=str(app.extensions["translations_directory"]),
    )
    app.register_blueprint(blueprint)
