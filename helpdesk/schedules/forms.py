"""Forms of schedules."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import time
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, IntegerField, RadioField, SelectField, TimeField
from wtforms.validators import InputRequired, NumberRange, Optional

from helpdesk.accounts.models import Person
from helpdesk.devices.group_forms import TickedRows
from helpdesk.devices.models import DeviceGroup, Site
from helpdesk.schedules import rules
from helpdesk.schedules.models import Schedule
from helpdesk.schedules.presentation import RHYTHM_TITLES, weekday_name
from helpdesk.schedules.rules import Kind, Rhythm, Timing
from helpdesk.schedules.service import ScheduleInput
from helpdesk.web.choices import choices
from helpdesk.web.forms import PageForm

_REQUIRED = _l("Please fill this in.")
EVERYTHING = "all"
DEFAULT_MINUTES = 15


def offer_scopes(sites: Sequence[Site], groups: Sequence[DeviceGroup]) -> list[Any]:
    """Return the choices of what something is for: all devices, a group or a site."""
    return choices(
        [
            (EVERYTHING, _l("All devices")),
            *((f"group:{group.id}", _l("Group %(name)s", name=group.name)) for group in groups),
            *((f"site:{site.id}", _l("Site %(name)s", name=site.name)) for site in sites),
        ]
    )


def read_scope(chosen: str) -> tuple[int | None, int | None]:
    """Return the site and the group of a choice; neither is all devices."""
    level, _, row_id = chosen.partition(":")
    return (int(row_id) if level == "site" else None, int(row_id) if level == "group" else None)


def _minute_of(at: time | None) -> int:
    # No time is no midnight: the rules refuse it beside its field.
    return at.hour * 60 + at.minute if at is not None else -1


class ScheduleForm(PageForm):
    """What every schedule says: for which devices, and when. Each kind adds its own."""

    KIND: Kind
    RHYTHMS: tuple[Rhythm, ...] = rules.REPORT_RHYTHMS

    scope = SelectField(_l("For"), [InputRequired(_REQUIRED)])
    rhythm = RadioField(_l("How often"), [InputRequired(_l("Choose how often."))])
    at = TimeField(_l("At"), [Optional()], default=time(6, 0))
    weekday = SelectField(_l("Day of the week"), coerce=int, default=0)
    month_day = IntegerField(
        _l("Day of the month"),
        [
            Optional(),
            NumberRange(1, rules.LAST_MONTH_DAY, _l("Write a day from 1 to 28, which every month has.")),
        ],
        default=1,
    )

    def offer(self, sites: Sequence[Site], groups: Sequence[DeviceGroup]) -> None:
        """Fill the choices."""
        self.rhythm.choices = choices((one.value, RHYTHM_TITLES[one]) for one in self.RHYTHMS)
        self.weekday.choices = choices((day, weekday_name(day)) for day in range(7))
        self.scope.choices = offer_scopes(sites, groups)

    def fill(self, schedule: Schedule) -> None:
        """Show what is stored."""
        timing = schedule.timing
        self.process(
            data={
                "scope": schedule.scope,
                "rhythm": schedule.rhythm,
                "at": time(timing.at_minute // 60, timing.at_minute % 60),
                "weekday": timing.weekday,
                "month_day": timing.month_day,
                "every_minutes": timing.every_minutes or DEFAULT_MINUTES,
                "working_only": timing.working_only,
                "recipients": [person.id for person in schedule.recipients],
            }
        )

    def given(self) -> ScheduleInput:
        """Return what was filled in."""
        site_id, group_id = read_scope(self.scope.data or EVERYTHING)
        return ScheduleInput(
            kind=self.KIND,
            timing=self._timing(),
            site_id=site_id,
            group_id=group_id,
            recipient_ids=self._recipient_ids(),
        )

    def _timing(self) -> Timing:
        rhythm, at = Rhythm(self.rhythm.data), self.at.data
        # What does not belong to the rhythm is not kept: it would look like a rule and be none.
        return Timing(
            rhythm=rhythm,
            every_minutes=self._every_minutes() if rhythm is Rhythm.INTERVAL else 0,
            at_minute=_minute_of(at) if rhythm is not Rhythm.INTERVAL else 0,
            weekday=self.weekday.data or 0 if rhythm is Rhythm.WEEKLY else 0,
            month_day=self.month_day.data or 1 if rhythm is Rhythm.MONTHLY else 1,
            working_only=self._working_only(),
        )

    def _every_minutes(self) -> int:
        return 0

    def _working_only(self) -> bool:
        return False

    def _recipient_ids(self) -> tuple[int, ...]:
        return ()


class SnapshotScheduleForm(ScheduleForm):
    """When devices are read."""

    KIND = Kind.SNAPSHOT
    RHYTHMS = tuple(Rhythm)

    every_minutes = IntegerField(
        _l("Minutes between snapshots"),
        [Optional(), NumberRange(1, rules.LONGEST_INTERVAL, _l("Write a number of minutes from 1 to 1440."))],
        default=DEFAULT_MINUTES,
    )
    working_only = BooleanField(
        _l("Only while the office works"),
        description=_l("Every so many minutes: in working hours. At a time of day: on working days."),
    )

    def _every_minutes(self) -> int:
        return self.every_minutes.data or 0

    def _working_only(self) -> bool:
        return bool(self.working_only.data)


class ReportScheduleForm(ScheduleForm):
    """When a health report is made, and who is told of it."""

    KIND = Kind.HEALTH_REPORT

    recipients = TickedRows(_l("Who is told by e-mail"), coerce=int)

    def offer_people(self, people: Sequence[Person]) -> None:
        """Fill the choices of people."""
        self.recipients.choices = choices((person.id, f"{person.name} · {person.email}") for person in people)

    def _recipient_ids(self) -> tuple[int, ...]:
        return tuple(self.recipients.data or ())


SCHEDULE_FORMS: dict[str, type[ScheduleForm]] = {
    Kind.SNAPSHOT.value: SnapshotScheduleForm,
    Kind.HEALTH_REPORT.value: ReportScheduleForm,
}
