"""Parts of the ticket page that subjects add: each has a place, a template, and what the template shows."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from helpdesk.tickets.views.case import Case


class Place(StrEnum):
    """Where on the ticket page a section stands."""

    TOP = "top"  # across the page, above the columns
    STEP = "step"  # inside the panel of the open step, above its form
    MAIN = "main"  # a panel of the wide column, below the open step
    ASIDE = "aside"  # a card of the narrow column


Facts = Callable[[Case], dict[str, Any] | None]


@dataclass(frozen=True)
class Section:
    """One part of the page; `facts` returns None where there is nothing to show."""

    name: str
    place: Place
    template: str
    facts: Facts
    order: int = 50


@dataclass(frozen=True)
class ShownSection:
    """A section with what it shows; the template finds it as `section`."""

    name: str
    place: Place
    template: str
    facts: dict[str, Any]


_sections: dict[str, Section] = {}


def register_section(section: Section) -> None:
    """Add a section to the ticket page, at the start of the application."""
    _sections[section.name] = section


def shown_sections(case: Case) -> dict[Place, list[ShownSection]]:
    """Return what is to be shown of the ticket, by place and in order."""
    shown: dict[Place, list[ShownSection]] = {place: [] for place in Place}
    for section in _in_order(_sections.values()):
        facts = section.facts(case)
        if facts is not None:
            shown[section.place].append(ShownSection(section.name, section.place, section.template, facts))
    return shown


def _in_order(sections: Iterable[Section]) -> list[Section]:
    return sorted(sections, key=lambda one: (one.order, one.name))
