"""What all forms share: messages in the language of the page, and refusals beside their field."""

from __future__ import annotations

from typing import Any

from flask_babel import get_domain, gettext, lazy_gettext, lazy_ngettext
from flask_wtf import FlaskForm
from wtforms import Field, Form
from wtforms.meta import DefaultMeta

from helpdesk.errors import DomainError, InputInvalid
from helpdesk.web.failures import translate

# What WTForms itself says: listed here, so that the catalogue of texts holds it.
WTFORMS_SAYS = (
    lazy_gettext("Not a valid choice."),
    lazy_gettext("Not a valid date value."),
    lazy_gettext("Not a valid datetime value."),
    lazy_gettext("Not a valid integer value."),
    lazy_gettext("This field is required."),
    lazy_ngettext(
        "'%(value)s' is not a valid choice for this field.",
        "'%(value)s' are not valid choices for this field.",
        1,
    ),
    lazy_ngettext(
        "Field cannot be longer than %(max)d character.",
        "Field cannot be longer than %(max)d characters.",
        1,
    ),
)


class _Catalogue:
    """The product's own catalogue: WTForms ships no Indonesian."""

    def gettext(self, string: str) -> str:
        """Return the message in the language of the page."""
        return str(gettext(string))

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        """Return the message for the number in the language of the page; WTForms fills in its values."""
        return str(get_domain().get_translations().ungettext(singular, plural, n))


class PageForm(FlaskForm):  # type: ignore[misc]  # flask-wtf has no types
    """A form of a page: with a CSRF token, and with messages in both languages."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]  # flask-wtf has no types
        """How the form finds its words."""

        def get_translations(self, form: Any) -> _Catalogue:
            """Return the catalogue of field messages."""
            return _Catalogue()


class PartForm(Form):
    """A form inside a form: one row of a list. The outer one carries the CSRF token."""

    class Meta(DefaultMeta):
        """How the form finds its words."""

        def get_translations(self, form: Any) -> _Catalogue:
            """Return the catalogue of field messages."""
            return _Catalogue()


def stripped(value: str | None) -> str | None:
    """Take the blanks around an input away: a filter for text fields."""
    return value.strip() if value else value


def show_refusal(form: Form, refusal: DomainError) -> None:
    """Put a refusal where the person looks: beside the field it names, else on top of the form."""
    field: Field | None = None
    if isinstance(refusal, InputInvalid):
        field = form._fields.get(str(refusal.details["field"]))
    if field is None:
        form.form_errors.append(translate(refusal))
        return
    field.errors = [*field.errors, gettext(str(refusal.details["reason"]))]
