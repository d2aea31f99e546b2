"""One place where a refusal becomes a page."""

from __future__ import annotations

import logging
from typing import Any

from flask import Flask, g, render_template, request
from flask_babel import get_locale, gettext, lazy_gettext
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from helpdesk.database import db
from helpdesk.errors import DomainError
from helpdesk.web.current import Visitor, reading_session

logger = logging.getLogger(__name__)

_WORDS: dict[int, tuple[Any, Any]] = {
    400: (lazy_gettext("The request was not understood"), lazy_gettext("Go back, check it and try again.")),
    403: (
        lazy_gettext("Not open to you"),
        lazy_gettext("Your office does not allow this. Ask the admin if it should."),
    ),
    404: (
        lazy_gettext("Nothing here"),
        lazy_gettext("The address may be mistyped, or it is not open to you. Start from the front page."),
    ),
    405: (lazy_gettext("Not this way"), lazy_gettext("Open the page again and use its buttons.")),
    # A refusal of ours: understood well, and its own sentence says why.
    409: (lazy_gettext("This cannot be done"), lazy_gettext("Go back, reload the page and try again.")),
    422: (lazy_gettext("This cannot be done"), lazy_gettext("Go back, check it and try again.")),
    413: (
        lazy_gettext("Too large"),
        lazy_gettext("The files together are too large. Go back and send fewer or smaller files."),
    ),
    429: (lazy_gettext("Too many requests"), lazy_gettext("Wait a little, then try again.")),
    500: (
        lazy_gettext("Something broke on our side"),
        lazy_gettext("Nothing was changed. Try again; if it happens again, tell the admin the time."),
    ),
}


def translate(error: DomainError) -> str:
    """Return the refusal's sentence in the language of the request."""
    # A detail may itself be a sentence (a reason) or a title in both languages.
    details = {key: _translated_detail(value) for key, value in error.details_in(str(get_locale())).items()}
    sentence = str(gettext(error.message))
    return sentence % details if details else sentence


def _translated_detail(value: Any) -> Any:
    if isinstance(value, str) and value:
        return gettext(value)
    if isinstance(value, (list, tuple)):
        return ", ".join(str(_translated_detail(each)) for each in value)
    return value


def render_failure(status: int, explanation: str | None = None) -> tuple[str, int]:
    """Return the error page of a status."""
    title, advice = _WORDS.get(status, _WORDS[400] if status < 500 else _WORDS[500])
    return (
        render_template("layouts/error.html", status=status, title=title, advice=explanation or advice),
        status,
    )


class QuietFlask(Flask):
    """An application whose log names the page that failed, and not whose page it was."""

    def log_exception(self, exc_info: Any) -> None:
        """Log what nobody expected by its route: an address may hold the link of a requester."""
        logger.error("unexpected failure at %s %s", request.method, request.url_rule, exc_info=exc_info)


def init_failures(app: Flask) -> None:
    """Register the handlers of refusals, HTTP errors and what nobody expected."""

    @app.errorhandler(DomainError)
    def _refused(error: DomainError) -> tuple[str, int]:
        reading_session()
        return render_failure(error.status, translate(error))

    @app.errorhandler(CSRFError)
    def _stale_form(_error: CSRFError) -> tuple[str, int]:
        reading_session()
        return render_failure(
            400, gettext("The form was open for too long. Go back, reload the page and send it again.")
        )

    @app.errorhandler(HTTPException)
    def _http(error: HTTPException) -> Any:
        if error.code is None or error.code < 400:
            return error
        reading_session()
        return render_failure(error.code)

    @app.errorhandler(500)
    def _broken(_error: Any) -> tuple[str, int]:
        db.session.remove()
        # Perhaps it was the database: this page is drawn without asking it who looks.
        g._login_user = Visitor()
        return render_failure(500)
