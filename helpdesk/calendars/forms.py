"""Forms of the calendar page."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask_babel import get_locale, gettext
from flask_babel import lazy_gettext as _l
from pydantic import TypeAdapter, ValidationError
from wtforms import (
    DateField,
    DateTimeLocalField,
    IntegerField,
    RadioField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms import ValidationError as FieldRefused
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from helpdesk.calendars.pasted import ListUnreadable, PastedDay, read_day_list
from helpdesk.calendars.rules import DayKind, ExceptionKind, Hours, Week, WeekChange
from helpdesk.calendars.schema import DayHours
from helpdesk.datafiles import findings_of
from helpdesk.web.choices import choices
from helpdesk.web.forms import PageForm, stripped

FRIDAY = 4
LONGEST_BUDGET = 60 * 24 * 366
_HOURS: TypeAdapter[Hours] = TypeAdapter(DayHours)


def read_hours(text: str) -> Hours:
    """Return the windows of `07.30-12.00, 13.00-16.00`, or refuse the field."""
    parts = [part for part in text.replace(";", ",").split(",") if part.strip()]
    try:
        return _HOURS.validate_python(parts)
    except ValidationError as error:
        _, reason = findings_of(error)[0]
        raise FieldRefused(reason.in_language(str(get_locale()))) from None


class DayForm(PageForm):
    """Days of the office's own."""

    kind = RadioField(
        _l("The office is"),
        choices=choices(
            [
                (ExceptionKind.CLOSED.value, _l("closed")),
                (ExceptionKind.OPEN.value, _l("open in spite of a holiday or weekend")),
                (ExceptionKind.SPECIAL.value, _l("open at other hours, as in Ramadan")),
            ]
        ),
        default=ExceptionKind.CLOSED.value,
    )
    starts_on = DateField(_l("First day"), validators=[InputRequired(_l("Enter the first day."))])
    ends_on = DateField(_l("Last day"), validators=[Optional()])
    name = StringField(
        _l("Why"),
        filters=[stripped],
        validators=[
            InputRequired(_l("Say why, in a few words.")),
            Length(max=200, message=_l("Use at most 200 characters.")),
        ],
    )
    hours = StringField(_l("Hours"), filters=[stripped])
    friday_hours = StringField(_l("Hours on Friday"), filters=[stripped])

    def validate_hours(self, field: StringField) -> None:
        """Refuse hours that cannot be read, and hours on a closed day."""
        if self.kind.data == ExceptionKind.CLOSED.value and (field.data or self.friday_hours.data):
            raise FieldRefused(gettext("A closed day has no hours: leave them empty."))
        read_hours(field.data or "")

    def validate_friday_hours(self, field: StringField) -> None:
        """Refuse hours that cannot be read."""
        read_hours(field.data or "")

    def week_change(self, week: Week) -> WeekChange | None:
        """Return the hours by weekday: of the days on which the office works anyway, or of any opened day."""
        hours = read_hours(self.hours.data or "")
        friday = read_hours(self.friday_hours.data or "") or hours
        if not hours and not friday:
            return None
        by_weekday = [friday if weekday == FRIDAY else hours for weekday in range(7)]
        if self.kind.data == ExceptionKind.SPECIAL.value:
            return tuple(
                (new or None) if usual else None for new, usual in zip(by_weekday, week, strict=True)
            )
        return tuple(by_weekday)


class HolidaysForm(PageForm):
    """The national list of a year: which days hold, and which the office adds."""

    kept = SelectMultipleField(_l("Days that hold"), choices=[])
    added = TextAreaField(_l("Further days, one a line"), filters=[stripped])
    added_kind = RadioField(
        _l("The further days are"),
        choices=choices(
            [
                (DayKind.JOINT_LEAVE.value, _l("joint leave")),
                (DayKind.NATIONAL_HOLIDAY.value, _l("national holidays")),
            ]
        ),
        default=DayKind.JOINT_LEAVE.value,
    )
    year: int = 0

    def validate_added(self, field: TextAreaField) -> None:
        """Refuse a list with a line that says no day of the year."""
        try:
            self.pasted()
        except ListUnreadable as problem:
            raise FieldRefused(
                gettext(
                    "Line %(line)s cannot be read: %(text)s. Write a day of %(year)s and its name.",
                    line=problem.line,
                    text=problem.text,
                    year=self.year,
                )
            ) from None

    def pasted(self) -> list[PastedDay]:
        """Return the days that were added."""
        return read_day_list(self.added.data or "", self.year)

    def kept_days(self) -> set[date]:
        """Return the days that were ticked."""
        return {date.fromisoformat(value) for value in self.kept.data or []}


class DeadlineForm(PageForm):
    """A question to the calendar: when is it due?"""

    class Meta(PageForm.Meta):
        """A question changes nothing: it needs no token."""

        csrf = False

    start = DateTimeLocalField(
        _l("Start"),
        format=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
        validators=[InputRequired(_l("Enter the start."))],
    )
    minutes = IntegerField(
        _l("Working minutes"),
        validators=[
            InputRequired(_l("Enter the working minutes.")),
            NumberRange(0, LONGEST_BUDGET, message=_l("Enter 0 to 527,040 working minutes.")),
        ],
    )

    @property
    def is_asked(self) -> bool:
        """Whether somebody filled it in."""
        return bool(self.start.raw_data or self.minutes.raw_data)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.minutes.render_kw = {"inputmode": "numeric"}
