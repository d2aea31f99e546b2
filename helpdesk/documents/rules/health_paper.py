"""A health report, worded for its template: the figures of a period in the language of the office."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from helpdesk.documents.health.rules import (
    METRICS,
    MOST_SPANS,
    SAMPLE_STEP,
    Course,
    DeviceFigures,
    HealthFinding,
    Observed,
    Period,
    PortFigures,
    Span,
    findings_of,
)
from helpdesk.documents.rules import formats, line_graphs
from helpdesk.documents.rules.annexes import PARTS, STATUS_WORDS
from helpdesk.documents.rules.contracts import LetterheadData
from helpdesk.documents.rules.health_words import FINDINGS, GRAVE, METHOD, PARTS_EN, WORDS, change_name, word
from helpdesk.evidence.series.drawing import scale_of

_SWAP = str.maketrans(",.", ".,")
_UNITS = {"processor_percent": "%", "memory_percent": "%", "temperature_celsius": "°C"}
_STATUS_EN = {"notPresent": "not present", "lowerLayerDown": "lower layer down"}


@dataclass(frozen=True, kw_only=True)
class HealthReportData:
    """All that the paper of a health report is drawn from."""

    letterhead: LetterheadData
    created_at: datetime
    timezone: str
    language: str
    period: Period
    # Level of the scope ("all", "site" or "group") and its name.
    scope: tuple[str, str]
    devices: Sequence[DeviceFigures]

    def to_dict(self) -> dict[str, Any]:
        """Return JSON-able data for the `health_report` template."""
        speech = _Speech(self.language, self.timezone, self.period)
        found = findings_of(self.devices)
        return {
            "letterhead": asdict(self.letterhead),
            "created_at": self.created_at.isoformat(),
            "language": self.language,
            "title": report_title(self.period, self.scope, self.language),
            "heading": word(self.period.rhythm.value, self.language),
            "author": self.letterhead.unit or self.letterhead.agency,
            "keywords": [word("heading", self.language), self.scope[1]],
            "classification": "",
            "words": {key: text.in_language(self.language) for key, text in WORDS.items()},
            "scope": scope_text(self.scope, self.language),
            "period": period_text(self.period, self.language),
            "made": speech.moment_long(self.created_at),
            "stats": _stats(self.devices, found, speech),
            "findings": [[one.device, speech.finding(one)] for one in found],
            "overview": [_overview(one, speech) for one in self.devices],
            "devices": [_device(one, speech) for one in self.devices],
            "method": [
                text.in_language(self.language).format(step=speech.step(self.period)) for text in METHOD
            ],
        }


def report_title(period: Period, scope: tuple[str, str], language: str) -> str:
    """Return the title that the file, the list and the letter use."""
    kind = word(period.rhythm.value, language)
    return f"{kind}, {scope_text(scope, language)}, {period_text(period, language)}"


def scope_text(scope: tuple[str, str], language: str) -> str:
    """Return "Lokasi Gedung A"."""
    level, name = scope
    return word("all", language) if level == "all" else f"{word(level, language)} {name}"


def period_text(period: Period, language: str) -> str:
    """Return "Senin, 23 November 2026", "23–29 November 2026" or "November 2026"."""
    first, last = period.first, period.last
    if first == last:
        return formats.format_date(first, weekday=True, language=language)
    month = f"{formats.MONTHS[language][last.month - 1]} {last.year}"
    if (first.year, first.month) != (last.year, last.month):
        joint = " s.d. " if language == "id" else " to "
        return joint.join(formats.format_date(day, language=language) for day in (first, last))
    is_whole = first.day == 1 and (last + timedelta(days=1)).day == 1
    return month if is_whole else f"{first.day}–{last.day} {month}"


class _Speech:
    """Numbers and moments as the office's language writes them."""

    def __init__(self, language: str, timezone: str, period: Period) -> None:
        self.language, self.timezone, self.period = language, timezone, period

    def text(self, written: str) -> str:
        """Return an Indonesian number in the language."""
        return written.translate(_SWAP) if self.language == "en" else written

    def percent(self, value: float | None) -> str:
        return self.text(formats.format_percent(value))

    def count(self, value: float) -> str:
        return self.text(formats.format_number(value))

    def bits(self, value: float | None) -> str:
        # A port without traffic has a known rate of nothing.
        if value is not None and value < 1:
            return "0 b/s"
        return self.text(formats.format_speed(None if value is None else round(value)))

    def value(self, metric: str, value: float | None) -> str:
        if value is None:
            return formats.NOT_KNOWN
        if _UNITS[metric] == "%":
            return self.percent(value)
        return f"{self.text(formats.format_measure(round(value, 1)))} °C"

    def moment(self, value: datetime) -> str:
        local = value.astimezone(ZoneInfo(self.timezone))
        if self.language == "en":
            return f"{local.day} {formats.MONTHS['en'][local.month - 1][:3]} {local:%H:%M}"
        return formats.format_moment_short(value, self.timezone)

    def moment_long(self, value: datetime) -> str:
        return formats.format_moment(value, self.timezone, language=self.language)

    def ends(self) -> tuple[str, str]:
        """Return what stands at both ends of a graph: hours of a day, or days."""
        first, last = self.period.first, self.period.last
        if first == last:
            return ("00.00", "24.00") if self.language == "id" else ("00:00", "24:00")
        return self._day(first), self._day(last)

    def _day(self, value: date) -> str:
        return f"{value.day} {formats.MONTHS[self.language][value.month - 1][:3]}"

    def step(self, period: Period) -> str:
        hours = int(SAMPLE_STEP[period.rhythm].total_seconds() // 3600)
        if self.language == "id":
            return f"{hours} jam"
        return "hour" if hours == 1 else f"{hours} hours"

    def parts(self, names: Iterable[str]) -> str:
        known = PARTS if self.language == "id" else PARTS_EN
        return ", ".join(known.get(name, name) for name in names)

    def finding(self, one: HealthFinding) -> str:
        values: dict[str, object] = dict(one.values)
        if "percent" in values:
            values["percent"] = self.percent(float(str(values["percent"])))
        if "value" in values:
            values["value"] = self.value(one.code, float(str(values["value"])))
            values["grave"] = GRAVE.in_language(self.language) if values.pop("is_critical") else ""
        for name in ("count", "spans"):
            if name in values:
                values[name] = self.count(int(str(values[name])))
        for name, write in (("ports", ", ".join), ("parts", self.parts)):
            listed = values.get(name)
            if isinstance(listed, list):
                values[name] = write(map(str, listed))
        return FINDINGS[one.code].in_language(self.language).format(**values)


def _stats(
    devices: Sequence[DeviceFigures], found: Sequence[HealthFinding], speech: _Speech
) -> list[list[str]]:
    read = sum(bool(one.observed.answered) for one in devices)
    known = [share for one in devices if (share := one.observed.availability) is not None]
    language = speech.language
    return [
        [word("devices", language), speech.count(len(devices))],
        [word("read", language), speech.count(read)],
        [word("unread", language), speech.count(len(devices) - read)],
        [word("availability", language), speech.percent(sum(known) / len(known) if known else None)],
        [word("findings", language), speech.count(len(found))],
    ]


def _overview(one: DeviceFigures, speech: _Speech) -> list[str]:
    seen = one.observed
    return [
        one.name,
        one.site,
        speech.percent(seen.availability),
        f"{speech.count(seen.answered)}/{speech.count(seen.readings)}",
        *(speech.value(metric, seen.courses[metric].peak) for metric in METRICS),
    ]


def _device(one: DeviceFigures, speech: _Speech) -> dict[str, Any]:
    seen = one.observed
    return {
        "name": one.name,
        "is_read": bool(seen.readings),
        "is_compared": len(seen.sample_ids) > 1,
        "facts": _facts(one, speech),
        "graphs": _graphs(one, speech),
        "busiest": [_busy_port(port, speech) for port in one.busiest],
        "faulty": [
            [port.name, port.alias, speech.count(port.errors), speech.count(port.discards)]
            for port in one.faulty
        ],
        "changes": [
            [
                speech.moment(change.seen_at),
                word("device", speech.language) if change.object == "device" else change.object,
                change_name(change.what, speech.language),
                _changed(change.what, change.before, speech),
                _changed(change.what, change.after, speech),
            ]
            for change in one.changes
        ],
        "changes_left_out": _further(one.changes_left_out, speech),
    }


def _facts(one: DeviceFigures, speech: _Speech) -> list[list[str]]:
    seen, language = one.observed, speech.language
    answered = f"{speech.count(seen.answered)} {word('answered', language)}" if seen.readings else ""
    readings = f"{speech.count(seen.readings)} ({answered})" if answered else "0"
    rows = [
        ("address", f"{one.address} · {one.site}"),
        ("availability", speech.percent(seen.availability)),
        ("readings", readings),
        ("unreachable", _spans(seen, speech)),
    ]
    if seen.answered:
        # Of a device that never answered nobody knows whether it was restarted.
        rows.append(("restarts", _listed([speech.moment(at) for at in seen.restarts], speech)))
    if seen.incomplete:
        rows.append(("incomplete", f"{speech.count(seen.incomplete)} ({speech.parts(seen.failed_parts)})"))
    if one.broken_evidence:
        rows.append(("broken", speech.count(one.broken_evidence)))
    return [[word(key, language), value] for key, value in rows]


def _spans(seen: Observed, speech: _Speech) -> str:
    def worded(span: Span) -> str:
        begins = speech.moment(span.begins_at)
        if span.ends_at is None:
            return f"{begins} {word('onwards', speech.language)}"
        return f"{begins} {word('to', speech.language)} {speech.moment(span.ends_at)}"

    return _listed([worded(span) for span in seen.unreachable], speech)


def _listed(items: list[str], speech: _Speech) -> str:
    if not items:
        return word("none", speech.language)
    further = _further(len(items) - MOST_SPANS, speech)
    return "\n".join([*items[:MOST_SPANS], *([further] if further else [])])


def _further(count: int, speech: _Speech) -> str:
    return word("further", speech.language).format(count=speech.count(count)) if count > 0 else ""


def _graphs(one: DeviceFigures, speech: _Speech) -> list[dict[str, Any]]:
    drawn = [
        _course_graph(metric, one.observed.courses[metric], speech)
        for metric in METRICS
        if one.observed.courses[metric].peak is not None
    ]
    if any(into is not None or out is not None for _, into, out in one.traffic):
        drawn.append(_traffic_graph(one, speech))
    return drawn


def _course_graph(metric: str, course: Course, speech: _Speech) -> dict[str, Any]:
    name, language = word(metric, speech.language), speech.language
    scale = scale_of(course.highest, percent=_UNITS[metric] == "%")
    peak, mean = speech.value(metric, course.peak), speech.value(metric, course.mean)
    unread = sum(value is None for value in course.means)
    gaps = word("steps", language).format(count=unread, total=len(course.means))
    said = f"{word('highest', language)} {peak}, {word('mean', language)} {mean}"
    lines = [line_graphs.evenly(values, course.step) for values in (course.highest, course.means)]
    return _graph(
        name,
        said,
        line_graphs.draw_lines(lines, scale, days=_days(speech), gaps=course.means, step=course.step),
        speech.value(metric, scale[-1]),
        f"{said}; {gaps}",
        speech,
    )


def _traffic_graph(one: DeviceFigures, speech: _Speech) -> dict[str, Any]:
    port, language = one.busiest[0], speech.language
    into = [(share, value) for share, value, _ in one.traffic]
    out = [(share, value) for share, _, value in one.traffic]
    scale = scale_of([value for _, value in [*into, *out]], percent=False)
    said = (
        f"{word('in', language)} {speech.bits(port.in_bps)}, {word('out', language)} "
        f"{speech.bits(port.out_bps)} ({word('mean', language)})"
    )
    return _graph(
        f"{word('traffic', language)} {port.name}",
        said,
        line_graphs.draw_lines([into, out], scale, days=_days(speech)),
        speech.bits(scale[-1]),
        f"{said}; {word('peak', language)} {speech.bits(port.peak_bps)}. {word('in_dark', language)}",
        speech,
    )


def _graph(title: str, said: str, svg: str, top: str, alt: str, speech: _Speech) -> dict[str, Any]:
    period = speech.period
    first, last = speech.ends()
    return {
        "title": title,
        "said": said,
        "svg": svg,
        "top": top,
        "first": first,
        "last": last,
        "alt": f"{word('graph', speech.language)}. {title}, {period_text(period, speech.language)}: {alt}",
    }


def _days(speech: _Speech) -> int:
    return (speech.period.last - speech.period.first).days + 1


def _busy_port(port: PortFigures, speech: _Speech) -> list[str]:
    return [
        port.name,
        port.alias,
        speech.bits(port.speed_bps or None),
        speech.bits(port.in_bps),
        speech.bits(port.out_bps),
        speech.bits(port.peak_bps),
        speech.percent(port.load_percent),
    ]


def _changed(what: str, value: object, speech: _Speech) -> str:
    if value is None or value == "":
        return formats.NOT_KNOWN
    if what == "speed_bps" and isinstance(value, int | float):
        return speech.bits(value)
    known = STATUS_WORDS if speech.language == "id" else _STATUS_EN
    return known.get(str(value), str(value))
