"""Dates, numbers and measures as an official document writes them: Indonesian first, English for receipts."""

from __future__ import annotations

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

MONTHS: dict[str, tuple[str, ...]] = {
    "id": (
        *("Januari", "Februari", "Maret", "April", "Mei", "Juni"),
        *("Juli", "Agustus", "September", "Oktober", "November", "Desember"),
    ),
    "en": (
        *("January", "February", "March", "April", "May", "June"),
        *("July", "August", "September", "October", "November", "December"),
    ),
}
WEEKDAYS: dict[str, tuple[str, ...]] = {
    "id": ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
# One unit a line: name, seconds in it.
DURATION_UNITS = (("hari", 86_400), ("jam", 3_600), ("menit", 60), ("detik", 1))
SMALL_NUMBERS = (
    *("nol", "satu", "dua", "tiga", "empat", "lima"),
    *("enam", "tujuh", "delapan", "sembilan", "sepuluh", "sebelas"),
)
NOT_KNOWN = "–"


def format_date(value: date, *, weekday: bool = False, language: str = "id") -> str:
    """Return "23 November 2026", or "Senin, 23 November 2026" with the day of the week."""
    text = f"{value.day} {MONTHS[language][value.month - 1]} {value.year}"
    return f"{WEEKDAYS[language][value.weekday()]}, {text}" if weekday else text


def format_local_date(value: datetime, timezone: str) -> str:
    """Return the date that a moment has in the office's zone, "23 November 2026"."""
    return format_date(_local(value, timezone).date())


def format_clock(value: datetime, timezone: str, *, language: str = "id") -> str:
    """Return "09.30 WIB" (English: "09:30 WIB") in the office's zone."""
    local = _local(value, timezone)
    mark = "." if language == "id" else ":"
    return f"{local:%H}{mark}{local:%M} {zone_abbreviation(local)}"


def format_moment(value: datetime, timezone: str, *, weekday: bool = False, language: str = "id") -> str:
    """Return "23 November 2026 pukul 09.30 WIB" in the office's zone."""
    local = _local(value, timezone)
    joint = " pukul " if language == "id" else " at "
    return (
        format_date(local.date(), weekday=weekday, language=language)
        + joint
        + format_clock(value, timezone, language=language)
    )


def format_moment_short(value: datetime, timezone: str) -> str:
    """Return "23-11-2026 09.30" for narrow table columns."""
    return f"{_local(value, timezone):%d-%m-%Y %H.%M}"


def zone_abbreviation(local: datetime) -> str:
    """Return WIB, WITA or WIT, or the offset from UTC for a zone without a name."""
    name = local.tzname() or ""
    return f"UTC{name}" if name[:1] in "+-" else name


def format_number(value: int | float | Decimal, decimals: int = 0) -> str:
    """Return "1.234,5": a dot for thousands, a comma for decimals."""
    rounded = Decimal(str(value)).quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    return f"{rounded:,.{decimals}f}".translate(str.maketrans(",.", ".,"))


def number_in_words(count: int) -> str:
    """Return a whole number under a million in Indonesian words: 21 is "dua puluh satu"."""
    if count < 12:
        return SMALL_NUMBERS[count]
    for size, name, single in ((1000, "ribu", "seribu"), (100, "ratus", "seratus"), (10, "puluh", "")):
        if count >= size and not (size == 10 and count < 20):
            head, rest = divmod(count, size)
            words = single if head == 1 else f"{number_in_words(head)} {name}"
            return f"{words} {number_in_words(rest)}" if rest else words
    return f"{SMALL_NUMBERS[count - 10]} belas"


def format_bytes(count: int | None) -> str:
    """Return a size in decimal units, "1,5 GB"."""
    return NOT_KNOWN if count is None else _scaled(count, ("B", "kB", "MB", "GB", "TB", "PB", "EB"))


def format_speed(bits_per_second: int | None) -> str:
    """Return a line speed, "1 Gb/s"; none or zero reads as not known."""
    if not bits_per_second:
        return NOT_KNOWN
    return _scaled(bits_per_second, ("b/s", "kb/s", "Mb/s", "Gb/s", "Tb/s"))


def format_duration(seconds: float) -> str:
    """Return the two or three largest units, "2 jam 15 menit"; under ten seconds with one decimal."""
    if seconds < 10:
        return f"{_trimmed(seconds, 1)} detik"
    parts: list[str] = []
    rest = int(seconds)
    for name, size in DURATION_UNITS:
        count, rest = divmod(rest, size)
        if count and not (name == "detik" and len(parts) >= 2):
            parts.append(f"{format_number(count)} {name}")
    return " ".join(parts[:3])


def format_uptime(seconds: int | None) -> str:
    """Return how long a device has been up, "12 hari 3 jam 4 menit"."""
    return NOT_KNOWN if seconds is None else format_duration(seconds)


def format_working_minutes(minutes: int) -> str:
    """Return "570 menit kerja"."""
    return f"{format_number(minutes)} menit kerja"


def format_working_time(minutes: int) -> str:
    """Return the minutes and, from one hour on, the hours: "570 menit kerja (9 jam 30 menit)"."""
    text = format_working_minutes(minutes)
    return f"{text} ({format_duration(minutes * 60)})" if minutes >= 60 else text


def format_percent(value: float | None) -> str:
    """Return "37,5%"."""
    return NOT_KNOWN if value is None else f"{_trimmed(value, 1)}%"


def format_fingerprint(sha256: str) -> str:
    """Return the first sixteen hexadecimal digits of a SHA-256 in groups of four."""
    return " ".join(sha256[start : start + 4] for start in range(0, min(len(sha256), 16), 4))


def _local(value: datetime, timezone: str) -> datetime:
    if value.tzinfo is None:
        raise ValueError("a document needs a moment with a time zone, not a naive datetime")
    return value.astimezone(ZoneInfo(timezone))


def _scaled(value: float, units: tuple[str, ...]) -> str:
    number = Decimal(str(value))
    for unit in units:
        if abs(number) < 1000 or unit == units[-1]:
            return f"{_trimmed(number, 1)} {unit}"
        number /= 1000
    raise AssertionError("units must not be empty")


def _trimmed(value: float | Decimal, decimals: int) -> str:
    text = format_number(value, decimals)
    return text.rstrip("0").rstrip(",") if "," in text else text


def format_measure(value: float) -> str:
    """Return a measured value with at most two decimals, "36,5"."""
    return _trimmed(value, 2)
