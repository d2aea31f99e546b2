"""Journeys through procedures, as data: who does which step, what is filled in, which way it goes."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field

JOURNEYS = Path(__file__).resolve().parents[1] / "sop" / "journeys"


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Move(_Part):
    """One person does one step."""

    step: str
    by: str
    fill: dict[str, Any] = {}
    # The answer to the question of a decision.
    branch: str | None = None
    # The reason, where the step sends the work back.
    sends_back: str | None = None
    # The steps that are open afterwards.
    opens: tuple[str, ...]


class Expected(_Part):
    """What there is at the end."""

    papers: dict[str, int] = Field(description="how many papers of a kind the ticket has")
    words: tuple[str, ...] = Field(description="what the last paper says")
    fallen: tuple[str, ...] = Field(default=(), description="outputs that a return or a loop made invalid")


class Journey(_Part):
    """A whole way from the request to the end."""

    name: str
    procedure: str
    request: dict[str, str]
    people: dict[str, str]
    moves: tuple[Move, ...]
    expect: Expected


@cache
def list_journeys() -> tuple[Journey, ...]:
    """Return every journey of the folder."""
    return tuple(
        Journey.model_validate(yaml.safe_load(path.read_text("utf-8")))
        for path in sorted(JOURNEYS.glob("*.yaml"))
    )
