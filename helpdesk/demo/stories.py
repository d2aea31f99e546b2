"""The requests of the demo office, as data: who asked for what, and how far the work has come."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field

STORIES = Path(__file__).with_name("stories.yaml")


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Requester(_Part):
    """An invented person who asks."""

    name: str
    agency: str
    unit: str
    email: str
    phone: str


class Finding(_Part):
    """What the technician found on a device."""

    condition: Literal["normal", "attention", "fault"]
    finding: str
    advice: str = ""


class Coordination(_Part):
    """What came of the coordination with the agency."""

    agency: str
    persons: tuple[str, ...]
    manner: Literal["meeting", "online", "phone", "letter", "visit"]
    result: str
    agreements: tuple[str, ...] = ()


class Said(_Part):
    """One turn of the conversation."""

    after: int
    kind: Literal["public", "internal", "requester"]
    text: str
    by: str = ""


class Cancelled(_Part):
    """Why the request is no case for the procedure."""

    after: int
    reason: str


class Remark(_Part):
    """What the official who signs has to say about a section of the report."""

    section: str
    body: str


class StandIn(_Part):
    """Who does a step in the place of its absent official, and by which decree."""

    step: int
    by: str
    decree: str


class Story(_Part):
    """A request and what became of it; times are working minutes."""

    subject: str
    kind: str
    description: str
    requester: Requester
    began: int = Field(gt=0)
    # Nomor SOP of the procedure; without one, the main procedure of the office.
    procedure: str = ""
    programme: str = ""
    technician: str = ""
    pace: tuple[int, ...]
    affected: str = ""
    channel: Literal["web", "phone", "letter", "fax", "visit"] = "web"
    language: Literal["id", "en"] = "id"
    letter_number: str = ""
    sensitivity: Literal["biasa", "segera", "sangat_segera", "rahasia"] = "biasa"
    devices: tuple[str, ...] = ()
    instructions: tuple[str, ...] = ()
    note: str = ""
    findings: dict[str, Finding] = {}
    conclusion: str = ""
    returned: str | None = None
    acting: StandIn | None = None
    # The report comes back once, with these remarks.
    remarks: tuple[Remark, ...] = ()
    coordination: Coordination | None = None
    messages: tuple[Said, ...] = ()
    cancelled: Cancelled | None = None
    # Where the procedure's file defines the forms: by output what is filled in, and by step how it is
    # decided; one entry a pass, and the last holds from there on.
    fills: dict[str, tuple[Any, ...]] = {}
    decides: dict[str, tuple[str, ...]] = {}


@cache
def list_stories() -> tuple[Story, ...]:
    """Return the stories, as their file has them."""
    return tuple(Story.model_validate(one) for one in yaml.safe_load(STORIES.read_text("utf-8")))
