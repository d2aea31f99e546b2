"""The form of a maintenance window."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import DateTimeLocalField, SelectField, StringField
from wtforms.validators import InputRequired, Length

from helpdesk.devices.models import Device, Site
from helpdesk.findings.errors import WindowRefused
from helpdesk.web.forms import PageForm, stripped

_REQUIRED = _l("Please fill this in.")
_MINUTES = "%Y-%m-%dT%H:%M"


class WindowForm(PageForm):
    """On what, from when to when, and what is being done."""

    subject = SelectField(_l("Device or site"), [InputRequired(_REQUIRED)])
    starts_at = DateTimeLocalField(_l("From"), [InputRequired(_REQUIRED)], format=[_MINUTES])
    ends_at = DateTimeLocalField(_l("Until"), [InputRequired(_REQUIRED)], format=[_MINUTES])
    reason = StringField(
        _l("What is being done"), [InputRequired(_REQUIRED), Length(max=500)], filters=[stripped]
    )

    def offer(self, devices: Sequence[Device], sites: Sequence[Site]) -> None:
        """Offer what work can be planned on."""
        self.subject.choices = [
            ("", gettext("Choose …")),
            *((f"site-{site.id}", gettext("All of %(name)s", name=site.name)) for site in sites),
            *((f"device-{device.id}", device.name) for device in devices),
        ]

    def chosen(self) -> tuple[str, int]:
        """Return whether a device or a site was chosen, and which."""
        kind, _, number = str(self.subject.data).partition("-")
        return kind, int(number)


def show_refusal(form: WindowForm, refusal: WindowRefused) -> None:
    """Put a refusal beside the field it is about."""
    field: Any = form._fields.get(refusal.field, form.subject)
    reason = refusal.details["reason"]
    field.errors = [*field.errors, gettext(reason)]
