"""Schedules in words, and the last result that other subjects tell of."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from flask_babel import format_date, get_locale, gettext, ngettext
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from helpdesk.schedules.models import Schedule
from helpdesk.schedules.rules import Governing, Kind, Level, Rhythm, Timing

KIND_TITLES = {Kind.SNAPSHOT: _l("Snapshots"), Kind.HEALTH_REPORT: _l("Health report")}
RHYTHM_TITLES = {
    Rhythm.INTERVAL: _l("every so many minutes"),
    Rhythm.DAILY: _l("daily"),
    Rhythm.WEEKLY: _l("weekly"),
    Rhythm.MONTHLY: _l("monthly"),
}
# A Monday, to name the days of the week from.
_MONDAY = date(2026, 11, 23)


@dataclass(frozen=True)
class LastResult:
    """What a schedule last yielded: when, in words, and where to look."""

    at: datetime | None
    words: str
    url: str = ""
    is_good: bool = True


# Kind of schedule → who knows what it last yielded: given the schedules and the devices each governs.
ResultSource = Callable[[Session, Sequence[Schedule], Mapping[int, Sequence[int]]], dict[int, LastResult]]
RESULT_SOURCES: dict[str, ResultSource] = {}


def weekday_name(weekday: int) -> str:
    """Return the day of the week in the language of the page."""
    return str(format_date(_MONDAY + timedelta(days=weekday), "EEEE"))


def clock_text(minute: int) -> str:
    """Return a time of day as people write it: 06.30, in English 06:30."""
    moment = time(minute // 60, minute % 60)
    return moment.strftime("%H.%M" if str(get_locale()).startswith("id") else "%H:%M")


def timing_words(timing: Timing | None) -> str:
    """Return a timing as a phrase: "weekly on Monday at 06.00"."""
    if timing is None:
        return str(gettext("none"))
    words = _rhythm_words(timing)
    if not timing.working_only:
        return words
    is_interval = timing.rhythm is Rhythm.INTERVAL
    narrowed = gettext("in working time only") if is_interval else gettext("on working days only")
    return f"{words}, {narrowed}"


def _rhythm_words(timing: Timing) -> str:
    at = clock_text(timing.at_minute)
    if timing.rhythm is Rhythm.INTERVAL:
        return str(ngettext("every %(num)s minute", "every %(num)s minutes", timing.every_minutes))
    if timing.rhythm is Rhythm.DAILY:
        return str(gettext("daily at %(time)s", time=at))
    if timing.rhythm is Rhythm.WEEKLY:
        return str(gettext("weekly on %(day)s at %(time)s", day=weekday_name(timing.weekday), time=at))
    return str(gettext("monthly on day %(day)s at %(time)s", day=timing.month_day, time=at))


def scope_words(schedule: Schedule) -> str:
    """Return what a schedule is for."""
    if schedule.group is not None:
        return str(gettext("Group %(name)s", name=schedule.group.name))
    if schedule.site is not None:
        return str(gettext("Site %(name)s", name=schedule.site.name))
    return str(gettext("All devices"))


def governing_words(rule: Governing) -> str:
    """Return why a device is read when it is read."""
    if rule.level is Level.GROUP:
        return str(gettext("schedule of the group %(name)s", name=rule.group))
    words = {
        Level.SITE: gettext("schedule of the site"),
        Level.SITE_INTERVAL: gettext("interval of the site"),
        Level.EVERYTHING: gettext("schedule of all devices"),
        Level.DEFAULT: gettext("interval of the office"),
    }
    return str(words[rule.level])
