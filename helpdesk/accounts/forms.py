"""Forms of signing in, of one's own account, and of the admin's list of people."""

from __future__ import annotations

from typing import Any

from flask import current_app
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import (
    DateField,
    EmailField,
    HiddenField,
    PasswordField,
    SelectField,
    SelectMultipleField,
    StringField,
    ValidationError,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import InputRequired, Length, Optional, Regexp
from wtforms.widgets import CheckboxInput, ListWidget

from helpdesk.accounts.models import ADMIN, AUDITOR
from helpdesk.accounts.rules import PASSWORD_MAXIMUM, USERNAME, password_problem
from helpdesk.web.choices import choices
from helpdesk.web.forms import PageForm, stripped
from helpdesk.web.jinja import role_title

LANGUAGES = choices([("id", "Bahasa Indonesia"), ("en", "English")])


def role_codes() -> list[str]:
    """Return the roles a person may hold: the offices of the procedures in force, admin and auditor."""
    procedures = current_app.extensions["catalogue"].list_procedures()
    offices = dict.fromkeys(role.code for procedure in procedures for role in procedure.roles)
    return [*offices, ADMIN, AUDITOR]


def role_choices() -> list[SelectChoice]:
    """Return the roles a person may hold with their titles."""
    return choices([(code, role_title(code)) for code in role_codes()])


def _lowered(value: str | None) -> str | None:
    return value.strip().lower() if value else value


def _or_none(value: str | None) -> str | None:
    return (value or "").strip() or None


class SignInForm(PageForm):
    """User name and password."""

    username = StringField(
        _l("User name"),
        filters=[stripped],
        validators=[InputRequired(_l("Enter your user name."))],
        render_kw={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"},
    )
    password = PasswordField(
        _l("Password"),
        validators=[InputRequired(_l("Enter your password."))],
        render_kw={"autocomplete": "current-password"},
    )
    next = HiddenField()


class LanguageForm(PageForm):
    """Which language the product speaks with a person."""

    language = SelectField(_l("Language"), choices=LANGUAGES)


class PasswordForm(PageForm):
    """A new password, chosen by its owner."""

    present = PasswordField(
        _l("Present password"),
        validators=[InputRequired(_l("Enter your present password."))],
        render_kw={"autocomplete": "current-password"},
    )
    password = PasswordField(
        _l("New password"),
        validators=[
            InputRequired(_l("Enter a new password.")),
            Length(max=PASSWORD_MAXIMUM, message=_l("Use at most 256 characters.")),
        ],
        render_kw={"autocomplete": "new-password"},
    )
    repeated = PasswordField(
        _l("New password again"),
        validators=[InputRequired(_l("Enter the new password again."))],
        render_kw={"autocomplete": "new-password"},
    )

    def __init__(self, *args: Any, username: str, name: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._username, self._name = username, name

    def validate_password(self, field: PasswordField) -> None:
        """Refuse what is easily guessed."""
        problem = password_problem(field.data or "", username=self._username, name=self._name)
        if problem is not None:
            raise ValidationError(gettext(problem))

    def validate_repeated(self, field: PasswordField) -> None:
        """Refuse a slip of the finger."""
        if field.data != self.password.data:
            raise ValidationError(gettext("The two new passwords differ."))


class PersonForm(PageForm):
    """What is kept about a person."""

    name = StringField(
        _l("Full name"),
        filters=[stripped],
        validators=[
            InputRequired(_l("Enter the name as it stands on papers.")),
            Length(max=200, message=_l("Use at most 200 characters.")),
        ],
        render_kw={"autocomplete": "off"},
    )
    nip = StringField(
        _l("NIP"),
        filters=[_or_none],
        validators=[Optional(), Regexp(r"^[0-9]{18}$", message=_l("A NIP has 18 digits, without blanks."))],
        render_kw={"inputmode": "numeric", "autocomplete": "off"},
    )
    rank = StringField(
        _l("Rank and grade"),
        filters=[_or_none],
        validators=[Optional(), Length(max=120, message=_l("Use at most 120 characters."))],
        render_kw={"autocomplete": "off"},
    )
    email = EmailField(
        _l("E-mail"),
        filters=[_or_none],
        validators=[
            Optional(),
            Length(max=254, message=_l("Use at most 254 characters.")),
            Regexp(
                r"^[^@\s]+@[^@\s]+\.[^@\s.]+$", message=_l("Write an e-mail address, as name@agency.go.id.")
            ),
        ],
        render_kw={"autocomplete": "off"},
    )
    language = SelectField(_l("Language"), choices=LANGUAGES)
    # What the form was filled with when it was opened; what changed since is not overwritten.
    seen = HiddenField()


class NewPersonForm(PersonForm):
    """A person who is to sign in for the first time."""

    username = StringField(
        _l("User name"),
        filters=[_lowered],
        validators=[
            InputRequired(_l("Enter a user name.")),
            Regexp(
                rf"^{USERNAME.pattern}$",
                message=_l("Use 2 to 64 small letters, digits, dots, dashes or underscores."),
            ),
        ],
        render_kw={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"},
    )
    roles = SelectMultipleField(
        _l("Roles"),
        validators=[InputRequired(_l("Choose at least one role."))],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    starts_on = DateField(
        _l("Holds them from"), validators=[InputRequired(_l("Enter the first day."))], name="starts_on"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.roles.choices = role_choices()


class AppointmentForm(PageForm):
    """A role from a date, to a date or until further notice."""

    role = SelectField(_l("Role"))
    starts_on = DateField(_l("From"), validators=[InputRequired(_l("Enter the first day."))])
    ends_on = DateField(_l("Until"), validators=[Optional()])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.role.choices = role_choices()


class EndForm(PageForm):
    """The last day of an appointment."""

    last_day = DateField(_l("Last day"), validators=[InputRequired(_l("Enter the last day."))])
