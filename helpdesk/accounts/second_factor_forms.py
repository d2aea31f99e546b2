"""Forms of the second factor."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import PasswordField, StringField
from wtforms.validators import InputRequired, Length

from helpdesk.web.forms import PageForm, stripped

CODE_LETTERS = 40


class OneTimeField(StringField):
    """A field for what counts once: no page gives it back."""

    def _value(self) -> str:
        return ""


def code_field() -> OneTimeField:
    """Return a field for a code of the phone, or a recovery code."""
    return OneTimeField(
        _l("Code of your phone"),
        filters=[stripped],
        validators=[InputRequired(_l("Enter the code.")), Length(max=CODE_LETTERS)],
        render_kw={"autocomplete": "one-time-code", "autocapitalize": "none", "spellcheck": "false"},
    )


def password_field() -> PasswordField:
    """Return a field for one's own password, asked again."""
    return PasswordField(
        _l("Your password"),
        validators=[InputRequired(_l("Enter your password.")), Length(max=1024)],
        render_kw={"autocomplete": "current-password"},
    )


class CodeForm(PageForm):
    """A code, after the password or to prove that the phone has the secret."""

    code = code_field()


class BeginForm(PageForm):
    """The password, before the QR code is shown."""

    password = password_field()


class ProvenForm(PageForm):
    """Password and code, before the factor is turned off or its recovery codes are replaced."""

    password = password_field()
    code = code_field()
