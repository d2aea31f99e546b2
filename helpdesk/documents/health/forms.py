"""The form that asks for a health report of a past period."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import DateField, RadioField, SelectField
from wtforms.validators import InputRequired, ValidationError

from helpdesk.devices.models import DeviceGroup, Site
from helpdesk.documents.health.rules import Period, period_of
from helpdesk.documents.health.service import Scope
from helpdesk.schedules.forms import EVERYTHING, offer_scopes, read_scope
from helpdesk.schedules.presentation import RHYTHM_TITLES
from helpdesk.schedules.rules import REPORT_RHYTHMS, Rhythm
from helpdesk.web.choices import choices
from helpdesk.web.forms import PageForm

FIRST_YEAR, LAST_YEAR = 1970, 9000


class MakeReportForm(PageForm):
    """Which devices, and which day, week or month."""

    scope = SelectField(_l("For"), [InputRequired(_l("Please fill this in."))])
    rhythm = RadioField(_l("Period"), [InputRequired(_l("Choose how often."))], default=Rhythm.WEEKLY.value)
    on = DateField(
        _l("A day of the period"),
        [InputRequired(_l("Enter a day."))],
        description=_l("The report is about the day, the week or the month that this day is in."),
    )

    def validate_on(self, field: DateField) -> None:
        """Refuse a day of a year without networks, and one whose period would end after all calendars."""
        if field.data is not None and not FIRST_YEAR <= field.data.year <= LAST_YEAR:
            raise ValidationError(gettext("Choose a day of a period that is over."))

    def offer(self, sites: Sequence[Site], groups: Sequence[DeviceGroup]) -> None:
        """Fill the choices."""
        self.scope.choices = offer_scopes(sites, groups)
        self.rhythm.choices = choices((one.value, RHYTHM_TITLES[one]) for one in REPORT_RHYTHMS)

    def period(self) -> Period:
        """Return the period that was chosen."""
        assert self.on.data is not None, "the form is valid"
        return period_of(Rhythm(self.rhythm.data), self.on.data)

    def chosen_scope(self) -> Scope:
        """Return the devices that were chosen."""
        site_id, group_id = read_scope(self.scope.data or EVERYTHING)
        return Scope(site_id, group_id)
