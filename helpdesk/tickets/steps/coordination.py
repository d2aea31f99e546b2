"""The coordination with the related agency."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import DateField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from helpdesk.tickets.steps.kinds import FormData, StepContext, StepForm, StepKind
from helpdesk.web.choices import choices

MANNERS = (
    ("meeting", _l("Meeting")),
    ("online", _l("Online meeting")),
    ("phone", _l("Telephone")),
    ("letter", _l("Letter")),
    ("visit", _l("Visit")),
)


class CoordinationForm(StepForm):
    """Koordinasi dan kerja sama teknis."""

    agency = StringField(
        _l("Related agency"),
        validators=[InputRequired(_l("Name the agency you coordinated with.")), Length(max=200)],
    )
    persons = TextAreaField(
        _l("Persons, one a line"),
        validators=[InputRequired(_l("Name at least one person of the agency.")), Length(max=2000)],
    )
    held_on = DateField(_l("Date"), validators=[InputRequired(_l("Give the date of the coordination."))])
    manner = SelectField(_l("Manner"), choices=choices(MANNERS))
    result = TextAreaField(
        _l("Result"),
        validators=[InputRequired(_l("Write what came of it: the report needs it.")), Length(max=5000)],
    )
    agreements = TextAreaField(_l("Agreements, one a line"), validators=[Optional(), Length(max=5000)])

    def __init__(self, *args: Any, context: StepContext, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.context = context

    def validate_held_on(self, field: DateField) -> None:
        """What is recorded has happened, and not before the request."""
        first = self.context.ticket.received_at.astimezone(self.context.office.zone).date()
        if field.data and field.data > self.context.today:
            raise ValidationError(
                _l("The date lies in the future: record the coordination once it was held.")
            )
        if field.data and field.data < first:
            raise ValidationError(_l("The date lies before the request was received."))


class CoordinationKind(StepKind):
    """Records with whom the office coordinated, and what came of it."""

    template = "tickets/steps/coordination.html"
    result_template = "tickets/results/coordination.html"

    def form(self, context: StepContext, formdata: FormData | None, prefix: str) -> CoordinationForm:
        """Begin with the requester's agency and today."""
        fresh = {"agency": context.ticket.requester_agency, "held_on": context.today}
        return CoordinationForm(formdata, prefix=prefix, data=fresh, context=context)

    def data(self, context: StepContext, form: StepForm) -> dict[str, Any]:
        """Return the record of the coordination."""
        assert isinstance(form, CoordinationForm)
        return {
            "agency": (form.agency.data or "").strip(),
            "persons": _lines(form.persons.data),
            "held_on": form.held_on.data.isoformat() if form.held_on.data else None,
            "manner": form.manner.data,
            "result": (form.result.data or "").strip(),
            "agreements": _lines(form.agreements.data),
        }


def _lines(text: str | None) -> list[str]:
    return [line.strip() for line in (text or "").splitlines() if line.strip()]
