"""Forms of keeping."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length

from helpdesk.web.forms import PageForm

_REASON = Length(max=500)


class ClassForm(PageForm):
    """Which class of the schedule the case belongs to."""

    class_code = SelectField(_l("Retention class"), validators=[InputRequired(_l("Choose a class."))])


class HoldForm(PageForm):
    """Why nothing of the case may be erased."""

    hold_reason = TextAreaField(
        _l("Reason and basis of the hold"),
        validators=[InputRequired(_l("Say why, in a few words.")), _REASON],
    )


class LiftForm(PageForm):
    """Why the hold ends."""

    lift_reason = TextAreaField(
        _l("Why the hold ends"), validators=[InputRequired(_l("Say why, in a few words.")), _REASON]
    )


class ErasureForm(PageForm):
    """Why the requester's personal data is erased."""

    erase_reason = TextAreaField(
        _l("Reason of the erasure"),
        validators=[InputRequired(_l("Say why, in a few words.")), _REASON],
    )
    asked_by_requester = BooleanField(_l("The requester asked for it"))
    is_sure = BooleanField(
        _l("I know that this cannot be undone"),
        validators=[InputRequired(_l("Confirm that you know that this cannot be undone."))],
    )
