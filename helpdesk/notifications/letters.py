"""Words a message from a template of templates/emails; needs neither a request nor the application."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_datetime
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from helpdesk.notifications.rules import LANGUAGES, LetterKind, one_line

TEMPLATES = Path(__file__).resolve().parents[2] / "templates" / "emails"
SUBJECT_LETTERS = 200
ZONE_NAMES = {"Asia/Jakarta": "WIB", "Asia/Pontianak": "WIB", "Asia/Makassar": "WITA", "Asia/Jayapura": "WIT"}


@dataclass(frozen=True)
class Letter:
    """A message as it will be read."""

    subject: str
    body: str


def write_letter(kind: LetterKind, language: str, **facts: Any) -> Letter:
    """Return the letter in the language; every fact that the template names has to be given."""
    spoken = language if language in LANGUAGES else LANGUAGES[0]
    text = _environment().get_template(f"{kind.value}.{spoken}.txt").render(facts)
    subject, _, body = text.partition("\n")
    return Letter(one_line(subject)[:SUBJECT_LETTERS], body.strip() + "\n")


def moment_text(value: datetime, zone: ZoneInfo, language: str) -> str:
    """Return a moment as words: `Senin, 23 November 2026, 09.30 WIB`."""
    local = value.astimezone(zone)
    clock = "HH.mm" if language == "id" else "HH:mm"
    name = ZONE_NAMES.get(zone.key, local.tzname() or "")
    return f"{format_datetime(local, f'EEEE, d MMMM y, {clock}', locale=language)} {name}".strip()


def duration_text(minutes: int, language: str) -> str:
    """Return working minutes as words: `1 jam 30 menit`."""
    hours, rest = divmod(minutes, 60)
    if language == "id":
        words = ("jam", "menit")
    else:
        words = ("hour" if hours == 1 else "hours", "minute" if rest == 1 else "minutes")
    parts = [f"{hours} {words[0]}"] if hours else []
    return " ".join([*parts, f"{rest} {words[1]}"] if rest or not hours else parts)


@cache
def _environment() -> Environment:
    # Plain text: nothing is escaped, and nothing a requester wrote is ever read as a template.
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["line"] = one_line
    return environment
