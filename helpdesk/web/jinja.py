"""Jinja set-up: strict names, filters for moments and sizes, what every page knows."""

from __future__ import annotations

from datetime import date, datetime
from functools import partial
from typing import Any

from babel.dates import format_date, format_datetime, format_timedelta
from flask import Flask, current_app
from flask import session as cookie
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _
from flask_login import current_user
from jinja2 import StrictUndefined
from markupsafe import Markup

from helpdesk import clock
from helpdesk.permissions import Permission
from helpdesk.web.current import settings
from helpdesk.web.navigation import navigation

ZONE_NAMES = {"Asia/Jakarta": "WIB", "Asia/Pontianak": "WIB", "Asia/Makassar": "WITA", "Asia/Jayapura": "WIT"}


def format_moment(value: datetime | None) -> Markup:
    """Return a <time> element in the office's zone: `23 Nov 2026, 09.30 WIB`."""
    if value is None:
        return Markup("–")
    return _time_element(value, moment_text(value))


def moment_text(value: datetime) -> str:
    """Return a moment as words, in the office's zone."""
    local = value.astimezone(settings().zone)
    zone = ZONE_NAMES.get(settings().timezone, local.tzname() or "")
    clock_format = "HH.mm" if str(get_locale()) == "id" else "HH:mm"
    text = format_datetime(local, f"d MMM y, {clock_format}", locale=get_locale())
    return f"{text} {zone}"


def format_day(value: date | datetime | str | None, pattern: str = "d MMMM y") -> Markup:
    """Return a <time> element of a day: `23 November 2026`; what a step yielded holds days as ISO text."""
    if not value:
        return Markup("–")
    if isinstance(value, str):
        value = date.fromisoformat(value)
    day = value.astimezone(settings().zone).date() if isinstance(value, datetime) else value
    return Markup('<time datetime="{}">{}</time>').format(
        day.isoformat(), format_date(day, pattern, locale=get_locale())
    )


def format_relative(value: datetime | None) -> Markup:
    """Return how long ago or ahead a moment is, with the moment itself as its title."""
    if value is None:
        return Markup("–")
    words = format_timedelta(value - clock.now(), add_direction=True, locale=get_locale())
    return _time_element(value, words, moment_text(value))


def _time_element(value: datetime, text: str, title: str = "") -> Markup:
    iso = value.isoformat(timespec="seconds")
    if title:
        return Markup('<time datetime="{}" title="{}">{}</time>').format(iso, title, text)
    return Markup('<time datetime="{}">{}</time>').format(iso, text)


def format_size(value: int) -> str:
    """Return a size in bytes as people read it."""
    size = float(value)
    for unit in ("B", "KB", "MB", "GB", "TB"):
        if size < 1024 or unit == "TB":
            text = f"{size:.0f}" if unit == "B" else f"{size:.1f}"
            return (text.replace(".", ",") if str(get_locale()) == "id" else text) + f" {unit}"
        size /= 1024
    raise AssertionError("unreachable")


def format_working_minutes(value: int | None) -> str:
    """Return working minutes as hours and minutes."""
    if value is None:
        return "–"
    hours, minutes = divmod(abs(value), 60)
    parts = []
    if hours:
        parts.append(ngettext("%(num)d hour", "%(num)d hours", hours))
    if minutes or not hours:
        parts.append(ngettext("%(num)d minute", "%(num)d minutes", minutes))
    return ("−" if value < 0 else "") + " ".join(parts)


def role_title(role: str) -> str:
    """Return the name of a role in the language of the page: the SOP's own words for its offices."""
    own: dict[str, str] = {"admin": _("Administrator"), "auditor": _("Auditor")}
    if role in own:
        return own[role]
    for procedure in current_app.extensions["catalogue"].list_procedures():
        found = procedure.find_role(role)
        if found is not None:
            return str(found.title.in_language(str(get_locale())))
    return role


def official_title(name: str, role: str, acting: str = "") -> str:
    """Return who did something in which office: `N.N., Plh. Kabag Data dan Informasi`; a name alone else."""
    return f"{name}, {acting} {role_title(role)}" if acting else name


def _titles_of_person() -> str:
    return ", ".join(f"{one.acting} {role_title(one.role)}".strip() for one in current_user.offices)


def init_jinja(app: Flask) -> None:
    """Set up the template environment."""
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.add_extension("jinja2.ext.do")
    app.jinja_env.filters.update(
        datetime=format_moment,
        date=format_day,
        short_date=partial(format_day, pattern="d MMM y"),
        relative=format_relative,
        filesize=format_size,
        working_minutes=format_working_minutes,
        role_title=role_title,
        text=lambda text: text.in_language(str(get_locale())),
    )

    @app.context_processor
    def _everywhere() -> dict[str, Any]:
        return {
            "nav_items": navigation(),
            "office_name": settings().letterhead.unit.title(),
            "agency_name": settings().letterhead.agency,
            "current_language": str(get_locale()),
            "current_user": current_user,
            "Permission": Permission,
            "theme": cookie.get("theme", "auto"),
            "person_name": current_user.person.name if current_user.is_authenticated else "",
            "person_title": _titles_of_person(),
            "debug_banner": _("Demonstration with invented people and devices") if settings().demo else "",
        }
