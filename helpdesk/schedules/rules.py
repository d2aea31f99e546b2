"""Rules of schedules: which one governs a device, and at which moments it is due. Pure.

A schedule has slots: moments at which its work is due. They follow from the schedule alone and never from
what ran before, so that two schedulers, or one that was killed, agree on them. Slots that passed while nobody
was there are not made up for one by one: the last of them stands for all.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from helpdesk.calendars.errors import WorkingTimeMissing
from helpdesk.calendars.rules import (
    MINUTES_A_DAY,
    Window,
    WorkingCalendar,
    day_of,
    is_working,
    next_opening,
)
from helpdesk.calendars.windows import local_day, moment_on

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# In working time only: a longer interval could step over every window of a day.
LONGEST_WORKING_INTERVAL = 180
LONGEST_INTERVAL = MINUTES_A_DAY
LAST_MONTH_DAY = 28
# A day that fits comes within a year or two; windows that an interval keeps missing would be sought for ever.
_DAYS_SEARCHED = 800
_WINDOWS_SEARCHED = 60
# Holidays that are longer than this leave a week's or a month's slot out.
_LONGEST_MOVE = 31


class Kind(StrEnum):
    """What a schedule does."""

    SNAPSHOT = "snapshot"
    HEALTH_REPORT = "health_report"


class Rhythm(StrEnum):
    """How often a schedule is due."""

    INTERVAL = "interval"
    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"


class Level(StrEnum):
    """Where the rule that governs a device comes from, the most specific first."""

    GROUP = "group"
    SITE = "site"
    SITE_INTERVAL = "site_interval"  # the minutes that the site itself names
    EVERYTHING = "everything"
    DEFAULT = "default"  # the setting of the office


REPORT_RHYTHMS = (Rhythm.DAILY, Rhythm.WEEKLY, Rhythm.MONTHLY)


@dataclass(frozen=True, kw_only=True)
class Timing:
    """When a schedule is due: every so many minutes, or at a time of day."""

    rhythm: Rhythm
    every_minutes: int = 0
    at_minute: int = 0  # since midnight, at the office's wall clock
    weekday: int = 0  # Monday is 0
    month_day: int = 1
    working_only: bool = False

    @property
    def longest_gap(self) -> timedelta | None:
        """How far two slots can be apart; None where holidays may stretch it."""
        if self.working_only:
            return None
        days = {Rhythm.DAILY: 1, Rhythm.WEEKLY: 7, Rhythm.MONTHLY: 31}.get(self.rhythm)
        # An office may put its clocks forward or back by an hour.
        return timedelta(minutes=self.every_minutes) if days is None else timedelta(days=days, hours=2)

    @property
    def usual_minutes(self) -> int:
        """How many minutes usually lie between two slots: the fewer, the closer a device is watched."""
        days = {Rhythm.DAILY: 1, Rhythm.WEEKLY: 7, Rhythm.MONTHLY: 30}.get(self.rhythm)
        return self.every_minutes if days is None else days * MINUTES_A_DAY


@dataclass(frozen=True, kw_only=True)
class Governing:
    """The rule that decides when a device is read; without a timing it is not read by schedule."""

    level: Level
    timing: Timing | None
    schedule_id: int | None = None
    # The group that the schedule is for.
    group: str = ""


# What a scheduler without an office's calendar goes by: every minute counts.
ALWAYS_OPEN = WorkingCalendar("UTC", ((Window(0, MINUTES_A_DAY),),) * 7)


def every(minutes: int) -> Timing | None:
    """Return the timing of a plain interval, as sites and the settings name it; 0 is none."""
    return Timing(rhythm=Rhythm.INTERVAL, every_minutes=minutes) if minutes > 0 else None


def governing_rule(
    of_groups: Iterable[Governing],
    of_site: Governing | None,
    site_minutes: int | None,
    of_everything: Governing | None,
    default_minutes: int,
) -> Governing:
    """Return the most specific rule: group, site, the site's own minutes, everything, the setting.

    Of several groups the one that watches closest decides, so that joining a group never hides a device.
    """
    groups = sorted(of_groups, key=_closeness)
    if groups:
        return groups[0]
    if of_site is not None:
        return of_site
    if site_minutes is not None:
        return Governing(level=Level.SITE_INTERVAL, timing=every(site_minutes))
    return of_everything or Governing(level=Level.DEFAULT, timing=every(default_minutes))


def _closeness(rule: Governing) -> tuple[int, int]:
    assert rule.timing is not None, "a schedule has a timing"
    return rule.timing.usual_minutes, rule.schedule_id or 0


def timing_problem(kind: Kind, timing: Timing) -> tuple[str, str] | None:
    """Return the field and the English msgid of what makes a timing impossible, or None."""
    if kind is Kind.HEALTH_REPORT and timing.rhythm not in REPORT_RHYTHMS:
        return "rhythm", "A health report is made daily, weekly or monthly."
    if timing.rhythm is Rhythm.INTERVAL:
        if not 1 <= timing.every_minutes <= LONGEST_INTERVAL:
            return "every_minutes", "Write a number of minutes from 1 to 1440."
        if timing.working_only and timing.every_minutes > LONGEST_WORKING_INTERVAL:
            return (
                "every_minutes",
                "In working time only, write at most 180 minutes, or choose a time of day.",
            )
    if not 0 <= timing.at_minute < MINUTES_A_DAY:
        return "at", "Write a time of day, as 06:30."
    if not 0 <= timing.weekday <= 6:
        return "weekday", "Choose a day of the week."
    if not 1 <= timing.month_day <= LAST_MONTH_DAY:
        return "month_day", "Write a day from 1 to 28, which every month has."
    return None


def jitter_seconds(device_id: int, interval: timedelta) -> int:
    """Return the device's own place within the interval: always the same, spread over all devices."""
    digest = hashlib.sha256(f"device:{device_id}".encode()).digest()
    return int.from_bytes(digest[:8], "big") % int(interval.total_seconds())


def latest_interval_slot(device_id: int, interval: timedelta, now: datetime) -> datetime:
    """Return the last moment at or before now at which the device is due.

    Slots that passed while nobody was there are not made up for: one reading tells the state of now.
    """
    jitter = timedelta(seconds=jitter_seconds(device_id, interval))
    passed = (now - EPOCH - jitter) // interval
    return EPOCH + jitter + passed * interval


def latest_slot(timing: Timing, device_id: int, now: datetime, calendar: WorkingCalendar) -> datetime | None:
    """Return the last slot at or before now; None where none may be made up for at this moment."""
    if timing.rhythm is not Rhythm.INTERVAL:
        return next((slot for slot in _fixed_slots(timing, now, calendar, -1) if slot <= now), None)
    if timing.working_only and not is_working(calendar, now):
        # What was missed is not read at night: the opening brings the next slot.
        return None
    return latest_interval_slot(device_id, timedelta(minutes=timing.every_minutes), now)


def next_slot(timing: Timing, device_id: int, after: datetime, calendar: WorkingCalendar) -> datetime | None:
    """Return the first slot after the moment; None where there is none within reach."""
    if timing.rhythm is not Rhythm.INTERVAL:
        return next((slot for slot in _fixed_slots(timing, after, calendar, 1) if slot > after), None)
    interval = timedelta(minutes=timing.every_minutes)
    slot = latest_interval_slot(device_id, interval, after) + interval
    if not timing.working_only:
        return slot
    for _ in range(_WINDOWS_SEARCHED):
        if is_working(calendar, slot):
            return slot
        try:
            opening = next_opening(calendar, slot)
        except WorkingTimeMissing:
            return None
        slot = latest_interval_slot(device_id, interval, opening - timedelta(microseconds=1)) + interval
    return None


def next_slots(
    timing: Timing, device_id: int, after: datetime, calendar: WorkingCalendar, count: int
) -> list[datetime]:
    """Return the next slots, for people to see what a schedule means."""
    slots: list[datetime] = []
    moment: datetime | None = after
    while len(slots) < count and moment is not None:
        moment = next_slot(timing, device_id, moment, calendar)
        slots += [moment] if moment is not None else []
    return slots


def _fixed_slots(timing: Timing, start: datetime, calendar: WorkingCalendar, step: int) -> Iterator[datetime]:
    """Yield the slots at a time of day around the start, in their order forwards or backwards.

    A day of the week or month on which the office is closed is moved to its next working day; a daily slot of
    such a day is left out.
    """
    first = local_day(calendar, start)
    if step > 0 and timing.working_only:
        # A day before the start may have been moved behind it.
        first -= timedelta(days=_LONGEST_MOVE)
    for number in range(_DAYS_SEARCHED):
        on = first + timedelta(days=number * step)
        if not _falls_on(timing, on):
            continue
        worked = _worked_day(timing, on, calendar) if timing.working_only else on
        if worked is not None:
            yield moment_on(calendar, worked, timing.at_minute)


def _worked_day(timing: Timing, on: date, calendar: WorkingCalendar) -> date | None:
    reach = 1 if timing.rhythm is Rhythm.DAILY else _LONGEST_MOVE
    days = (on + timedelta(days=number) for number in range(reach))
    return next((day for day in days if day_of(calendar, day).hours), None)


def _falls_on(timing: Timing, on: date) -> bool:
    if timing.rhythm is Rhythm.WEEKLY:
        return on.weekday() == timing.weekday
    return timing.rhythm is Rhythm.DAILY or on.day == timing.month_day
