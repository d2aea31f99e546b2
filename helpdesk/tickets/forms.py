"""Forms of the ticket page and of the work programme."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileRequired, MultipleFileField
from wtforms import IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from helpdesk.web.choices import choices
from helpdesk.web.forms import PageForm


class MessageForm(PageForm):
    """A public reply or an internal note."""

    visibility = RadioField(
        _l("Who reads it"),
        choices=choices([("public", _l("Reply to the requester")), ("internal", _l("Internal note"))]),
        default="internal",
    )
    body = TextAreaField(
        _l("Message"), validators=[InputRequired(_l("Write the message.")), Length(max=10000)]
    )
    files = MultipleFileField(_l("Files"), validators=[Optional()])


class DeviceForm(PageForm):
    """A device that the ticket is about."""

    device_id = SelectField(
        _l("Device"),
        coerce=lambda value: int(value) if value else None,
        validators=[InputRequired(_l("Choose a device."))],
    )


class FilesForm(PageForm):
    """Files as evidence."""

    # The conversation's form has files too, on the same page.
    files = MultipleFileField(
        _l("Files"), validators=[FileRequired(_l("Choose a file."))], id="evidence-files"
    )


class NoteForm(PageForm):
    """An observation as evidence."""

    title = StringField(
        _l("Title"), validators=[InputRequired(_l("Give the note a title.")), Length(max=300)]
    )
    note = TextAreaField(
        _l("Observation"), validators=[InputRequired(_l("Write what was observed.")), Length(max=10000)]
    )


class CancelForm(PageForm):
    """Why a ticket ends without a report."""

    reason = TextAreaField(
        _l("Reason"),
        validators=[InputRequired(_l("Say why: the requester is told.")), Length(max=2000)],
    )


class TakeOverForm(PageForm):
    """Why a step is taken from a colleague."""

    take_over_reason = TextAreaField(
        _l("Reason for taking over"),
        validators=[InputRequired(_l("Say why you take the step over: it is recorded.")), Length(max=2000)],
    )


class WorkProgrammeForm(PageForm):
    """An item of the work programme."""

    year = IntegerField(
        _l("Year"),
        validators=[
            InputRequired(_l("Give the year.")),
            NumberRange(min=2000, max=2100, message=_l("Give a year between 2000 and 2100.")),
        ],
    )
    code = StringField(_l("Code"), validators=[InputRequired(_l("Give the code.")), Length(max=32)])
    title = StringField(_l("Title"), validators=[InputRequired(_l("Give the title.")), Length(max=300)])
