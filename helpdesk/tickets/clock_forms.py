"""The form that pauses a clock: part of the step's own form, so that nothing typed there is lost."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, StringField
from wtforms.validators import InputRequired, Length

from helpdesk.sop.clocks.rules import WaitingFor
from helpdesk.sop.clocks.service import LONGEST_REASON
from helpdesk.web.choices import choices
from helpdesk.web.forms import PageForm, stripped

STEP_FORM = "step-form"


class PauseForm(PageForm):
    """Whom the office waits for, and why."""

    pause_for = RadioField(
        _l("The office waits for"),
        choices=choices(
            [
                (WaitingFor.REQUESTER.value, _l("the requester")),
                (WaitingFor.AGENCY.value, _l("the related agency")),
            ]
        ),
        default=WaitingFor.REQUESTER.value,
        validators=[InputRequired(_l("Choose whom the office waits for."))],
        render_kw={"form": STEP_FORM},
    )
    pause_reason = StringField(
        _l("What you wait for"),
        filters=[stripped],
        validators=[
            InputRequired(_l("Say what you wait for, in a few words.")),
            Length(max=LONGEST_REASON, message=_l("Use at most 500 characters.")),
        ],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.pause_reason.render_kw = {"form": STEP_FORM, "maxlength": LONGEST_REASON}
