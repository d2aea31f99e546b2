"""The form by which a rule gets other figures for a group of devices, or for one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import FloatField, IntegerField, SelectField
from wtforms.validators import InputRequired, NumberRange, Optional

from helpdesk.devices import reading
from helpdesk.devices.models import Device, DeviceGroup
from helpdesk.findings.errors import OverrideRefused
from helpdesk.findings.presentation import SEVERITIES
from helpdesk.web.forms import PageForm

_REQUIRED = _l("Please fill this in.")
_MINUTES = NumberRange(min=0, max=31 * 24 * 60, message=_l("Between 0 and 44640 minutes."))
_AS_OFFICE = _l("As for the whole office")


class OverrideForm(PageForm):
    """Which rule, for whom, and what is different; what is left empty stays as for the whole office."""

    rule = SelectField(_l("Rule"), [InputRequired(_REQUIRED)])
    subject = SelectField(_l("Device group or device"), [InputRequired(_REQUIRED)])
    threshold = FloatField(_l("Bad from (threshold)"), [Optional()])
    clear = FloatField(_l("Over below (or above)"), [Optional()])
    hold = IntegerField(_l("Told after (minutes)"), [Optional(), _MINUTES])
    recover = IntegerField(_l("Over after (minutes)"), [Optional(), _MINUTES])
    severity = SelectField(_l("Severity"))
    enabled = SelectField(_l("Judged at all"))
    opens_ticket = SelectField(_l("Opens a ticket by itself"))

    def offer(
        self,
        rules: reading.RuleBook,
        groups: Sequence[DeviceGroup],
        devices: Sequence[Device],
        language: str,
    ) -> None:
        """Offer the rules of the office, and whom they may be different for."""
        self.rule.choices = [
            ("", gettext("Choose …")),
            *((code, rule.title.in_language(language)) for code, rule in rules.items() if not rule.is_change),
        ]
        self.subject.choices = [
            ("", gettext("Choose …")),
            *((f"group-{one.id}", gettext("Group %(name)s", name=one.name)) for one in groups),
            *((f"device-{one.id}", one.name) for one in devices),
        ]
        self.severity.choices = [
            ("", str(_AS_OFFICE)),
            *((code, str(name)) for code, name in SEVERITIES.items()),
        ]
        yes_no = [("", str(_AS_OFFICE)), ("yes", gettext("Yes")), ("no", gettext("No"))]
        self.enabled.choices = self.opens_ticket.choices = yes_no

    def chosen(self) -> tuple[str, int]:
        """Return whether a group or a device was chosen, and which."""
        kind, _, number = str(self.subject.data).partition("-")
        return kind, int(number)

    def figures(self) -> dict[str, Any]:
        """Return what is different, as it is kept."""
        return {
            "threshold": self.threshold.data,
            "clear": self.clear.data,
            "hold_for": None if self.hold.data is None else self.hold.data * 60,
            "recover_after": None if self.recover.data is None else self.recover.data * 60,
            "severity": self.severity.data or None,
            "enabled": _truth(self.enabled.data),
            "opens_ticket": _truth(self.opens_ticket.data),
        }


def _truth(chosen: str | None) -> bool | None:
    return None if not chosen else chosen == "yes"


def show_override_refusal(form: OverrideForm, refusal: OverrideRefused) -> None:
    """Put a refusal beside the field it is about."""
    field: Any = form._fields.get(refusal.field, form.threshold)
    reason = refusal.details["reason"]
    field.errors = [*field.errors, gettext(reason)]
