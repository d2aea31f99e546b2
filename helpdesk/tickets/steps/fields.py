"""The fields of a form, built from their definition in the procedure's file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, time
from typing import Any

from flask_babel import get_locale
from flask_babel import lazy_gettext as _l
from wtforms import DateField, Field, Form, RadioField, SelectField, StringField, TextAreaField, TimeField
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from helpdesk.devices import queries as device_queries
from helpdesk.sop.grammar import FieldType, FormField
from helpdesk.sop.output_contracts import LONG_TEXT_LETTERS, TEXT_LETTERS
from helpdesk.tickets.steps.disposition import CheckboxesField
from helpdesk.tickets.steps.kinds import StepContext
from helpdesk.web.choices import choices

# More answers than these are easier to find in a list that opens.
MOST_RADIOS = 6
CHOOSE = ("", _l("Choose …"))
MISSING = _l("This field must be filled in.")


class NumberField(StringField):
    """A number as people here write it: with a decimal comma, or a point."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the number, or say how to write it."""
        text = (valuelist[0] if valuelist else "").strip().replace(" ", "")
        self.typed: str | None = text
        self.data: Any = None
        if not text:
            return
        try:
            number = float(text.replace(",", "."))
        except ValueError:
            raise ValueError(_l("Write a number, for instance 12 or 12,5.")) from None
        if abs(number) > 1e15 or number != number:
            raise ValueError(_l("Write a number, for instance 12 or 12,5."))
        self.data = int(number) if number.is_integer() else number

    def _value(self) -> str:
        typed = getattr(self, "typed", None)
        return str(typed if typed is not None else "" if self.data is None else self.data)


class ClockField(TimeField):
    """A time of day; where a browser has no clock, also with a point as people write it."""

    def __init__(self, label: Any, **arguments: Any) -> None:
        super().__init__(label, format=["%H:%M", "%H.%M", "%H:%M:%S"], **arguments)

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the time, or say how to write it; an empty field holds none."""
        if not any(valuelist):
            self.data = None
            return
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(_l("Write the time as 14:30.")) from None


class DayField(DateField):
    """A day; where a browser has no calendar, also as people write it."""

    def __init__(self, label: Any, **arguments: Any) -> None:
        super().__init__(label, format=["%Y-%m-%d", "%d-%m-%Y", "%d/%m/%Y", "%d.%m.%Y"], **arguments)

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the day, or say how to write it; an empty field holds none."""
        if not any(valuelist):
            self.data = None
            return
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(_l("Write the day as 31-12-2026, or choose it.")) from None


class Within:
    """The number lies in what the procedure allows, with no more decimals than it asks for."""

    def __init__(self, field: FormField) -> None:
        self.field = field

    def __call__(self, form: Form, field: Field) -> None:
        """Refuse what lies outside, and say what is allowed."""
        if field.data is None:
            return
        least, most = self.field.min, self.field.max
        if round(field.data, self.field.decimals) != field.data:
            raise ValidationError(_l("Use at most %(count)s decimals.", count=self.field.decimals))
        if least is not None and field.data < least:
            raise ValidationError(_l("Write a number of at least %(least)s.", least=_plain(least)))
        if most is not None and field.data > most:
            raise ValidationError(_l("Write a number of at most %(most)s.", most=_plain(most)))


def _plain(number: float) -> str:
    return str(int(number)) if float(number).is_integer() else str(number)


class Offers:
    """The people and devices that may be chosen today, each list read once."""

    def __init__(self, context: StepContext) -> None:
        self.context = context
        self._lists: dict[str, dict[int, str]] = {}

    def of(self, field: FormField) -> dict[int, str]:
        """Return the names by number: holders of the field's office, or devices in use."""
        key = f"{field.type.value} {field.role or ''}"
        if key not in self._lists:
            self._lists[key] = self._read(field)
        return self._lists[key]

    def _read(self, field: FormField) -> dict[int, str]:
        if field.type is FieldType.PERSON:
            return {one.id: one.name for one in self.context.holders(field.role or "")}
        devices = device_queries.list_active_devices(self.context.session)
        named = {link.device_id for link in self.context.ticket.device_links}
        # The devices that the ticket is about come first.
        ordered = sorted(devices, key=lambda one: (one.id not in named, one.name))
        return {one.id: one.name for one in ordered}


def make_fields(fields: Sequence[FormField], offers: Offers, *, in_table: bool = False) -> dict[str, Any]:
    """Return one field of WTForms for each of the file's, by its name in the form."""
    return {name_of(one): _make(one, offers, in_table) for one in fields}


def name_of(field: FormField) -> str:
    """Return the name of a field in the form: a code alone could be a word that forms keep for themselves."""
    return f"field-{field.code}"


def _make(field: FormField, offers: Offers, in_table: bool) -> Any:
    label = _in_words(field)
    needed: list[Any] = [InputRequired(MISSING) if field.required else Optional()]
    hint = field.help.in_language(_language()) if field.help else ""
    match field.type:
        case FieldType.TEXT:
            return StringField(label, validators=[*needed, Length(max=TEXT_LETTERS)], description=hint)
        case FieldType.LONG_TEXT:
            return TextAreaField(label, validators=[*needed, Length(max=LONG_TEXT_LETTERS)], description=hint)
        case FieldType.NUMBER:
            look = {"inputmode": "decimal"}
            return NumberField(label, validators=[*needed, Within(field)], render_kw=look, description=hint)
        case FieldType.DATE:
            return DayField(label, validators=needed, description=hint)
        case FieldType.TIME:
            return ClockField(label, validators=needed, description=hint)
        case FieldType.CHOICES:
            return CheckboxesField(label, choices=_answers(field), validators=needed, description=hint)
        case FieldType.PERSON | FieldType.DEVICE:
            return _named_field(label, offers.of(field), needed, hint)
        case FieldType.YES_NO | FieldType.CHOICE:
            return _choice_field(field, label, needed, hint, in_table)


def _named_field(label: str, names: Mapping[int, str], needed: list[Any], hint: str) -> Any:
    return SelectField(
        label,
        coerce=lambda value: int(value) if value else None,
        choices=choices([CHOOSE, *names.items()]),
        validators=needed,
        description=hint,
    )


def _choice_field(field: FormField, label: str, needed: list[Any], hint: str, in_table: bool) -> Any:
    answers = _answers(field)
    if in_table or len(answers) > MOST_RADIOS:
        listed = [*choices([CHOOSE]), *answers]
        return SelectField(label, choices=listed, validators=needed, description=hint)
    return RadioField(label, choices=answers, validators=needed, description=hint)


def _answers(field: FormField) -> list[Any]:
    if field.type is FieldType.YES_NO:
        return choices([("yes", _l("Yes")), ("no", _l("No"))])
    return choices((one.code, one.title.in_language(_language())) for one in field.choices)


def _in_words(field: FormField) -> str:
    title = field.title.in_language(_language())
    return f"{title} ({field.unit.in_language(_language())})" if field.unit else title


def _language() -> str:
    return str(get_locale())


def read_fields(fields: Sequence[FormField], form: Form, offers: Offers) -> dict[str, Any]:
    """Return the values of a form that was accepted, as they are kept."""
    return {one.code: _kept(one, form[name_of(one)].data, offers) for one in fields}


def _kept(field: FormField, value: Any, offers: Offers) -> Any:
    if value is None or value == "" or value == []:
        return None
    match field.type:
        case FieldType.TEXT:
            return value.strip() or None
        case FieldType.LONG_TEXT:
            return value.replace("\r\n", "\n").strip() or None
        case FieldType.YES_NO:
            return value == "yes"
        case FieldType.PERSON | FieldType.DEVICE:
            return {"id": value, "name": offers.of(field).get(value, "")}
        case _:
            return _as_json(value)


def _as_json(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return value.strftime("%H:%M") if isinstance(value, time) else value


def typed_again(fields: Sequence[FormField], values: Mapping[str, Any]) -> dict[str, Any]:
    """Return kept values as the fields of a form take them, for a form that begins with them."""
    return {name_of(one): _fresh(one, values.get(one.code)) for one in fields}


def _fresh(field: FormField, value: Any) -> Any:
    if value is None:
        return None
    match field.type:
        case FieldType.YES_NO:
            return "yes" if value else "no"
        case FieldType.DATE:
            return date.fromisoformat(value)
        case FieldType.TIME:
            return time.fromisoformat(value)
        case FieldType.PERSON | FieldType.DEVICE:
            return value["id"]
        case _:
            return value
