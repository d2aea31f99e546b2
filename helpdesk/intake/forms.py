"""The form of a request, for the requester and for officials who write it down for somebody."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    MultipleFileField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import DataRequired, InputRequired, Length, Optional, StopValidation, ValidationError

from helpdesk.intake.phones import normalise_phone
from helpdesk.intake.rules import clean_line, clean_text, is_wish_possible, normalise_email
from helpdesk.tickets.offers import Offer
from helpdesk.tickets.presenters import CHANNEL_LABELS
from helpdesk.tickets.rules import Channel
from helpdesk.web.forms import PageForm

NAME_MAX, SUBJECT_MAX, TEXT_MAX = 200, 200, 10_000
EMAIL_WRONG = _l("Write an e-mail address such as nama@instansi.go.id.")
PHONE_WRONG = _l(
    "Write a telephone number with its area code, such as 0812 3456 7890 or (021) 345 6789 ext. 12."
)

# The web is no choice, and monitoring is nobody: who writes a request down met the requester in another way.
RECORDED_CHANNELS = {
    code: label
    for code, label in CHANNEL_LABELS.items()
    if code not in (Channel.WEB.value, Channel.MONITORING.value)
}
LANGUAGES: dict[str, Any] = {"id": _l("Indonesian"), "en": _l("English")}


def _choices(labels: dict[str, Any]) -> list[SelectChoice]:
    return [SelectChoice(value, label) for value, label in labels.items()]


def _line(value: str | None) -> str:
    return clean_line(value or "")


def _text(value: str | None) -> str:
    return clean_text(value or "")


def _at_most(count: int) -> Length:
    return Length(max=count, message=_l("At most %(max)d letters."))


class DayField(DateField):
    """A day; where a browser has no calendar, also as people write it."""

    def __init__(self, label: Any, **arguments: Any) -> None:
        super().__init__(label, format=["%Y-%m-%d", "%d-%m-%Y", "%d/%m/%Y", "%d.%m.%Y"], **arguments)

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the day, or say how to write it."""
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(_l("Write the day as 31-12-2026, or choose it.")) from None


class RequestForm(PageForm):
    """What a requester writes; each mistake is said beside its field."""

    form_key = HiddenField()
    held_files = HiddenField()
    requester_name = StringField(
        _l("Name"), filters=[_line], validators=[DataRequired(_l("Write your name.")), _at_most(NAME_MAX)]
    )
    requester_agency = StringField(
        _l("Agency"),
        filters=[_line],
        validators=[DataRequired(_l("Write the name of your agency.")), _at_most(NAME_MAX)],
    )
    requester_unit = StringField(_l("Unit"), filters=[_line], validators=[Optional(), _at_most(NAME_MAX)])
    requester_email = StringField(
        _l("E-mail"), filters=[_line], validators=[DataRequired(_l("Write your e-mail address."))]
    )
    requester_phone = StringField(
        _l("Telephone"), filters=[_line], validators=[DataRequired(_l("Write your telephone number."))]
    )
    kind = RadioField(
        _l("Kind of request"),
        validators=[InputRequired(_l("Choose what you ask for."))],
        validate_choice=False,
    )
    subject = StringField(
        _l("Subject"),
        filters=[_line],
        validators=[DataRequired(_l("Say in a few words what it is about.")), _at_most(SUBJECT_MAX)],
    )
    description = TextAreaField(
        _l("Description"),
        filters=[_text],
        validators=[DataRequired(_l("Describe what you need.")), _at_most(TEXT_MAX)],
    )
    affected = TextAreaField(
        _l("Sites or devices concerned"), filters=[_text], validators=[Optional(), _at_most(TEXT_MAX)]
    )
    preferred_on = DayField(_l("Preferred day"), validators=[Optional()])
    attachments = MultipleFileField(_l("Attachments"))
    consent = BooleanField(
        _l("I have read how my data are used, and I agree."),
        validators=[InputRequired(_l("Without your agreement the request cannot be handled."))],
    )
    # Bait: the name says nothing that a browser would fill in by itself.
    remarks_code = StringField(_l("Leave this field empty"))

    def __init__(self, *arguments: Any, today: Any, offers: Sequence[Offer], **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.today = today
        self.offers = {offer.code: offer for offer in offers}
        self.kind.choices = _choices({offer.code: offer.title for offer in offers})

    @property
    def has_taken_bait(self) -> bool:
        """Whether something was written where people see no field."""
        return bool(self.remarks_code.data)

    def validate_requester_email(self, field: StringField) -> None:
        """Write the address as mail servers do."""
        _normalise(field, normalise_email, EMAIL_WRONG)

    def validate_requester_phone(self, field: StringField) -> None:
        """Write the number in its international form."""
        _normalise(field, normalise_phone, PHONE_WRONG)

    def validate_kind(self, field: RadioField) -> None:
        """Refuse a kind that is not on the list."""
        if field.data not in self.offers:
            raise ValidationError(_l("Choose what you ask for."))

    def validate_preferred_on(self, field: DateField) -> None:
        """Refuse a day that is past or far away."""
        if field.data is not None and not is_wish_possible(field.data, self.today):
            raise ValidationError(_l("Choose a day from today on, within a year."))


def _normalise(field: StringField, rule: Any, message: Any) -> None:
    if not field.data:
        return
    found = rule(field.data)
    if found is None:
        raise ValidationError(message)
    field.data = found


def _needs_a_way_to_answer(form: FlaskForm, field: StringField) -> None:
    if not form.requester_email.data and not form.requester_phone.data:
        raise StopValidation(_l("Write at least an e-mail address or a telephone number."))
    if not field.data:
        raise StopValidation


class RecordedRequestForm(RequestForm):
    """What an official writes down of a call, a letter, a fax or a visit."""

    channel = RadioField(
        _l("How it came"),
        choices=_choices(RECORDED_CHANNELS),
        validators=[InputRequired(_l("Choose how the request came."))],
        validate_choice=False,
    )
    letter_number = StringField(_l("Number of the letter"), filters=[_line], validators=[_at_most(100)])
    letter_on = DayField(_l("Date of the letter"), validators=[Optional()])
    requester_name = StringField(
        _l("Name"),
        filters=[_line],
        validators=[DataRequired(_l("Write the requester's name.")), _at_most(NAME_MAX)],
    )
    requester_agency = StringField(
        _l("Agency"),
        filters=[_line],
        validators=[DataRequired(_l("Write the requester's agency.")), _at_most(NAME_MAX)],
    )
    requester_email = StringField(_l("E-mail"), filters=[_line], validators=[_needs_a_way_to_answer])
    requester_phone = StringField(_l("Telephone"), filters=[_line], validators=[Optional()])
    requester_language = SelectField(
        _l("Language of the messages"), choices=_choices(LANGUAGES), default="id"
    )
    consent = BooleanField(
        _l("The requester was told how the data are used, and agrees."),
        validators=[InputRequired(_l("Tell the requester how the data are used, then tick this."))],
    )

    def validate_channel(self, field: RadioField) -> None:
        """Refuse a channel that is not on the list."""
        if field.data not in RECORDED_CHANNELS:
            raise ValidationError(_l("Choose how the request came."))


class FollowForm(PageForm):
    """A message of the requester on the way."""

    form_key = HiddenField()
    held_files = HiddenField()
    body = TextAreaField(
        _l("Your message"),
        filters=[_text],
        validators=[DataRequired(_l("Write your message.")), _at_most(TEXT_MAX)],
    )
    attachments = MultipleFileField(_l("Attachments"))
