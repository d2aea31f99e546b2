"""Rules of health reports: which days a report is about, and what is worth telling. Pure."""

from __future__ import annotations

import calendar
import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from helpdesk.evidence.rules import LIMITS
from helpdesk.schedules.rules import Rhythm

# How finely a graph is drawn, and how far apart the snapshots are whose counters are compared.
GRAPH_STEP = {
    Rhythm.DAILY: timedelta(minutes=15),
    Rhythm.WEEKLY: timedelta(hours=2),
    Rhythm.MONTHLY: timedelta(hours=8),
}
SAMPLE_STEP = {
    Rhythm.DAILY: timedelta(hours=1),
    Rhythm.WEEKLY: timedelta(hours=6),
    Rhythm.MONTHLY: timedelta(days=1),
}
# So many frozen snapshots are opened for one report, however many devices it is about.
MOST_BODIES = 2000
FEWEST_SAMPLES = 4
BUSIEST_PORTS = 5
MOST_CHANGES = 30
MOST_SPANS = 12
GOOD_AVAILABILITY = 99.0
# A restart is told by the device's own uptime; its clock and ours differ a little.
CLOCK_SLACK = timedelta(seconds=90)

# A device that gives no answer is asked at least so often, so a longer stretch was watched by nobody.
LONGEST_SILENCE = timedelta(hours=2)

METRICS = ("processor_percent", "memory_percent", "temperature_celsius")


@dataclass(frozen=True)
class Period:
    """The days that a report is about, the last one included."""

    rhythm: Rhythm
    first: date
    last: date

    def bounds(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """Return the moments, in UTC, from which and before which the period lies."""
        begin = datetime.combine(self.first, time(), zone).astimezone(UTC)
        return begin, datetime.combine(self.last + timedelta(days=1), time(), zone).astimezone(UTC)


def period_of(rhythm: Rhythm, on: date) -> Period:
    """Return the day, the week from Monday on, or the month, that the day is in."""
    if rhythm is Rhythm.WEEKLY:
        first = on - timedelta(days=on.weekday())
        return Period(rhythm, first, first + timedelta(days=6))
    if rhythm is Rhythm.MONTHLY:
        days = calendar.monthrange(on.year, on.month)[1]
        return Period(rhythm, on.replace(day=1), on.replace(day=days))
    return Period(Rhythm.DAILY, on, on)


def period_before(rhythm: Rhythm, on: date) -> Period:
    """Return the last whole period that ended before the day."""
    return period_of(rhythm, period_of(rhythm, on).first - timedelta(days=1))


def period_between(first: date, last: date) -> Period | None:
    """Return the period of exactly these days, or None where they are no day, week or month."""
    found = (period_of(rhythm, first) for rhythm in (Rhythm.DAILY, Rhythm.WEEKLY, Rhythm.MONTHLY))
    return next((one for one in found if (one.first, one.last) == (first, last)), None)


@dataclass(frozen=True, kw_only=True)
class Reading:
    """One snapshot of a device, by the columns that lists know it by."""

    snapshot_id: int
    taken_at: datetime
    reachable: bool
    complete: bool
    uptime_seconds: float | None = None
    processor_percent: float | None = None
    memory_percent: float | None = None
    temperature_celsius: float | None = None
    failed_parts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Course:
    """How one figure went over the period: the mean and the highest value of each step, None where unread."""

    means: tuple[float | None, ...]
    highest: tuple[float | None, ...]
    # How much of the period one step is.
    step: float

    @property
    def mean(self) -> float | None:
        """The mean over the steps that were read."""
        values = [value for value in self.means if value is not None]
        return sum(values) / len(values) if values else None

    @property
    def peak(self) -> float | None:
        """The highest value of all."""
        return max((value for value in self.highest if value is not None), default=None)


@dataclass(frozen=True)
class Span:
    """A stretch without an answer; without an end it lasts beyond the period."""

    begins_at: datetime
    ends_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Observed:
    """What the readings of one device say by themselves."""

    readings: int
    answered: int
    # The time in which the device answered, and in which it did not, from one reading to the next.
    answered_seconds: int
    silent_seconds: int
    incomplete: int
    failed_parts: tuple[str, ...]
    restarts: tuple[datetime, ...]
    unreachable: tuple[Span, ...]
    courses: dict[str, Course]
    # The snapshots whose counters are compared: the first that answered in each step, and the last.
    sample_ids: tuple[int, ...]

    @property
    def availability(self) -> float | None:
        """The share of the time that the device answered; None where it was never asked.

        Not of the readings: a device that gives no answer is asked more seldom.
        """
        known = self.answered_seconds + self.silent_seconds
        if known:
            return 100 * self.answered_seconds / known
        return 100 * self.answered / self.readings if self.readings else None


@dataclass(frozen=True, kw_only=True)
class PortFigures:
    """The traffic and the errors of a port over the period, from honest rates between snapshots."""

    name: str
    alias: str = ""
    speed_bps: int | None = None
    in_bps: float | None = None
    out_bps: float | None = None
    peak_bps: float | None = None
    errors: float = 0.0
    discards: float = 0.0

    @property
    def load_percent(self) -> float | None:
        """The busiest stretch as a share of the line's speed."""
        if self.peak_bps is None or not self.speed_bps:
            return None
        return 100 * self.peak_bps / self.speed_bps


@dataclass(frozen=True, kw_only=True)
class PortChange:
    """Something that was different from one compared snapshot to the next."""

    seen_at: datetime
    object: str
    what: str
    before: Any
    after: Any


@dataclass(frozen=True, kw_only=True)
class DeviceFigures:
    """All that a report tells of one device."""

    name: str
    address: str
    site: str
    observed: Observed
    busiest: tuple[PortFigures, ...] = ()
    # The traffic of the busiest port, stretch by stretch: the middle as a share of the period, in, out.
    traffic: tuple[tuple[float, float | None, float | None], ...] = ()
    faulty: tuple[PortFigures, ...] = ()
    changes: tuple[PortChange, ...] = ()
    changes_left_out: int = 0
    broken_evidence: int = 0


@dataclass(frozen=True)
class HealthFinding:
    """Something of the period that needs attention: of which device, and what, with its numbers."""

    device: str
    code: str
    values: dict[str, object] = field(default_factory=dict)


def observe(
    readings: Iterable[Reading], begin: datetime, end: datetime, rhythm: Rhythm, samples: int
) -> Observed:
    """Return what the readings of one device, in the order of their moments, say."""
    watch = _Watch(begin, end, GRAPH_STEP[rhythm], max((end - begin) / max(samples, 1), SAMPLE_STEP[rhythm]))
    for reading in readings:
        watch.take(reading)
    return watch.observed()


def samples_for(devices: int, begin: datetime, end: datetime, rhythm: Rhythm) -> int:
    """Return how many snapshots of each device are opened: fewer where there are very many devices."""
    wanted = (end - begin) // SAMPLE_STEP[rhythm]
    return max(FEWEST_SAMPLES, min(wanted, MOST_BODIES // max(devices, 1)))


def findings_of(devices: Sequence[DeviceFigures]) -> list[HealthFinding]:
    """Return what needs attention, device by device, the gravest kind first."""
    return [
        HealthFinding(device.name, code, values) for device in devices for code, values in _findings(device)
    ]


def _findings(device: DeviceFigures) -> Iterable[tuple[str, dict[str, object]]]:
    seen = device.observed
    if not seen.readings:
        yield "unread", {}
        return
    if not seen.answered:
        yield "silent", {"count": seen.readings}
        return
    if (seen.availability or 0) < GOOD_AVAILABILITY:
        yield "availability", {"percent": seen.availability, "spans": len(seen.unreachable)}
    if seen.restarts:
        yield "restarted", {"count": len(seen.restarts)}
    for metric in METRICS:
        peak, (warning, critical) = seen.courses[metric].peak, LIMITS[metric]
        if peak is not None and peak >= warning:
            yield metric, {"value": peak, "is_critical": peak >= critical}
    if device.faulty:
        yield "errors", {"ports": [port.name for port in device.faulty]}
    if seen.incomplete:
        yield "incomplete", {"count": seen.incomplete, "parts": list(seen.failed_parts)}
    if device.broken_evidence:
        yield "broken", {"count": device.broken_evidence}


class _Watch:
    """Gathers the readings of one device one after the other: memory does not grow with their number."""

    def __init__(self, begin: datetime, end: datetime, step: timedelta, sample_step: timedelta) -> None:
        self._begin, self._step, self._sample_step = begin, step, sample_step
        count = -((begin - end) // step)
        self._step_share = step / (end - begin)
        # How many seconds lay between two readings, and whether the first of the two was answered.
        self._apart: Counter[tuple[int, bool]] = Counter()
        self._before: Reading | None = None
        self._sums = {metric: [0.0] * count for metric in METRICS}
        self._counts = {metric: [0] * count for metric in METRICS}
        self._peaks: dict[str, list[float | None]] = {metric: [None] * count for metric in METRICS}
        self._readings = self._answered = self._incomplete = 0
        self._parts: dict[str, None] = {}
        self._restarts: list[datetime] = []
        self._spans: list[Span] = []
        self._silent_since: datetime | None = None
        self._last: Reading | None = None
        self._samples: dict[int, int] = {}

    def take(self, reading: Reading) -> None:
        """Count one reading in."""
        self._readings += 1
        if self._before is not None:
            apart = round((reading.taken_at - self._before.taken_at).total_seconds())
            self._apart[apart, self._before.reachable] += 1
        self._before = reading
        if not reading.reachable:
            self._silent_since = self._silent_since or reading.taken_at
            return
        self._answered += 1
        if self._silent_since is not None:
            self._spans.append(Span(self._silent_since, reading.taken_at))
            self._silent_since = None
        if not reading.complete:
            self._incomplete += 1
            self._parts.update(dict.fromkeys(reading.failed_parts))
        self._note_restart(reading)
        self._note_values(reading)
        self._samples.setdefault((reading.taken_at - self._begin) // self._sample_step, reading.snapshot_id)
        self._last = reading

    def observed(self) -> Observed:
        """Return what was gathered."""
        if self._silent_since is not None:
            self._spans.append(Span(self._silent_since, None))
        ids = [*self._samples.values(), *([self._last.snapshot_id] if self._last else [])]
        return Observed(
            readings=self._readings,
            answered=self._answered,
            answered_seconds=self._seconds(True),
            silent_seconds=self._seconds(False),
            incomplete=self._incomplete,
            failed_parts=tuple(self._parts),
            restarts=tuple(self._restarts),
            unreachable=tuple(self._spans),
            courses={metric: self._course(metric) for metric in METRICS},
            sample_ids=tuple(dict.fromkeys(ids)),
        )

    def _course(self, metric: str) -> Course:
        width = self._steps_joined()
        sums, counts, peaks = self._sums[metric], self._counts[metric], self._peaks[metric]
        means: list[float | None] = []
        highest: list[float | None] = []
        for place in range(0, len(sums), width):
            count = sum(counts[place : place + width])
            means.append(sum(sums[place : place + width]) / count if count else None)
            known = [peak for peak in peaks[place : place + width] if peak is not None]
            highest.append(max(known, default=None))
        return Course(tuple(means), tuple(highest), self._step_share * width)

    def _steps_joined(self) -> int:
        """Return how many steps are one: a device that is read more seldom than a step has no gap in each.

        What was asked for counts, answered or not, so that an outage is a gap and no longer step.
        """
        # Moments waver a little: as many steps as readings would leave every other step empty by chance.
        return max(1, math.ceil(1.05 * self._usual_seconds() / self._step.total_seconds()))

    def _usual_seconds(self) -> int:
        """Return how far two readings usually are apart: the median."""
        usual, seen = 0, 0
        for usual, was_answered in sorted(self._apart):
            seen += self._apart[usual, was_answered]
            if 2 * seen >= self._apart.total():
                break
        return usual

    def _seconds(self, answered: bool) -> int:
        """Return for how long the device did, or did not, answer; where nobody asked for long is unknown."""
        longest = max(3 * self._usual_seconds(), LONGEST_SILENCE.total_seconds())
        return sum(
            apart * count
            for (apart, was_answered), count in self._apart.items()
            if was_answered is answered and apart <= longest
        )

    def _note_restart(self, reading: Reading) -> None:
        before = self._last
        if before is None or reading.uptime_seconds is None or before.uptime_seconds is None:
            return
        started_at = reading.taken_at - timedelta(seconds=reading.uptime_seconds)
        if reading.uptime_seconds < before.uptime_seconds and started_at > before.taken_at - CLOCK_SLACK:
            self._restarts.append(started_at)

    def _note_values(self, reading: Reading) -> None:
        place = (reading.taken_at - self._begin) // self._step
        for metric in METRICS:
            value = getattr(reading, metric)
            if value is None:
                continue
            self._sums[metric][place] += value
            self._counts[metric][place] += 1
            self._peaks[metric][place] = max(self._peaks[metric][place] or value, value)
