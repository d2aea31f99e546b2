"""Forms of acting officers and of qualifications."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from helpdesk.accounts.rules import ActingKind
from helpdesk.web.choices import choices
from helpdesk.web.forms import PageForm, stripped

KINDS = choices(
    [
        (ActingKind.PLH.value, _l("Plh. – the holder is away for a time")),
        (ActingKind.PLT.value, _l("Plt. – the office has no holder")),
    ]
)


def _number(value: str | int | None) -> int | None:
    return int(str(value)) if str(value).isdecimal() else None


class ActingForm(PageForm):
    """A decree that lets somebody act in an office."""

    person_id = SelectField(
        _l("Who acts"), coerce=_number, validators=[InputRequired(_l("Choose who is to act."))]
    )
    kind = RadioField(_l("In what way"), choices=KINDS, default=ActingKind.PLH.value)
    for_person_id = SelectField(_l("In whose place"), coerce=_number, validators=[Optional()])
    decree_number = StringField(
        _l("Number of the decree"),
        filters=[stripped],
        validators=[InputRequired(_l("Give the number of the decree.")), Length(max=120)],
        render_kw={"autocomplete": "off"},
    )
    decree_date = DateField(_l("Date of the decree"), validators=[Optional()])
    starts_on = DateField(_l("From"), validators=[InputRequired(_l("Enter the first day."))])
    ends_on = DateField(_l("Until"), validators=[InputRequired(_l("Enter the last day."))])
    limited_to = SelectMultipleField(
        _l("Only for"), widget=ListWidget(prefix_label=False), option_widget=CheckboxInput()
    )
    includes_secret = BooleanField(_l("Secret tickets too"), default=True)

    def __init__(self, *args: Any, people: Any, holders: Any, parts: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person_id.choices = choices([("", _l("Choose …")), *people])
        self.for_person_id.choices = choices([("", _l("Nobody in particular: the office itself")), *holders])
        self.limited_to.choices = choices(parts)


class WithdrawForm(PageForm):
    """Why an acting appointment ends before its time."""

    reason = TextAreaField(
        _l("Reason"),
        filters=[stripped],
        validators=[InputRequired(_l("Say why: the reason stays on record.")), Length(max=500)],
    )


class QualificationForm(PageForm):
    """A qualification of a person, with what proves it."""

    code = SelectField(_l("Qualification"))
    evidence = StringField(
        _l("Certificate or letter"),
        filters=[stripped],
        validators=[
            InputRequired(_l("Name the certificate, or the letter that says so.")),
            Length(max=200, message=_l("Use at most 200 characters.")),
        ],
        render_kw={"autocomplete": "off"},
    )
    valid_from = DateField(_l("Valid from"), validators=[InputRequired(_l("Enter the first day."))])
    valid_until = DateField(_l("Valid until"), validators=[Optional()])

    def __init__(self, *args: Any, offered: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.code.choices = choices(offered)
