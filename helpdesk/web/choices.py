"""Choices of select, radio and checkbox fields, as WTForms wants them from 3.4 on."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs


def choices(pairs: Iterable[tuple[Any, Any]]) -> list[SelectChoice]:
    """Return (value, label) pairs as choices."""
    return [SelectChoice(value, label) for value, label in pairs]


def one_of(pairs: Iterable[tuple[Any, Any]]) -> list[SelectChoice]:
    """Return (value, label) pairs as choices of which somebody has to choose one.

    The first of several is not chosen beforehand: who is in a hurry would put everything there.
    """
    offered = choices(pairs)
    return offered if len(offered) == 1 else [*choices([("", _l("Choose …"))]), *offered]
