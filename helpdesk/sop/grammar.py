"""The grammar of what a step needs and yields: kinds of output, and the fields, items and papers in them."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from helpdesk.datafiles import Text

Slug = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$")]
Code = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(?:_[a-z0-9]+)*$")]
Counted = Annotated[int, Field(strict=True, gt=0)]
Number = Annotated[float, Field(allow_inf_nan=False)]
# As much as one page of a step can hold; more is another step.
MOST_FIELDS = 60
MOST_ROWS = 200
MOST_FILES = 50


class Part(BaseModel):
    """The root of all parts of a procedure: frozen, and no unknown key."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_by_name=True, validate_by_alias=True)


class OutputKind(StrEnum):
    """What a step can yield. A closed list: each kind has its form, its data and its look."""

    # Any procedure is written with these.
    FORM = "form"
    CHECKLIST = "checklist"
    TABLE = "table"
    FILE = "file"
    NETWORK_EVIDENCE = "network_evidence"
    DOCUMENT = "document"
    SIGNATURE = "signature"
    # The papers of coordination with another agency, with the rules their official sheets bring.
    DISPOSITION = "disposition"
    EVIDENCE = "evidence"
    IDENTIFICATION = "identification"
    VERIFICATION = "verification"
    COORDINATION = "coordination"
    REPORT_DRAFT = "report_draft"
    SIGNED_REPORT = "signed_report"


class ExternalKind(StrEnum):
    """What a step can need that no step yields: the office that holds the step brings it."""

    WORK_PROGRAMME_ITEM = "work_programme_item"
    FORM = "form"


class FieldType(StrEnum):
    """What a field of a form, or a column of a table, takes."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    NUMBER = "number"
    DATE = "date"
    TIME = "time"
    YES_NO = "yes_no"
    CHOICE = "choice"
    CHOICES = "choices"
    PERSON = "person"
    DEVICE = "device"


class Choice(Part):
    """One answer that may be chosen."""

    code: Code
    title: Text


class FormField(Part):
    """One field of a form, or one column of a table."""

    code: Code
    type: FieldType
    title: Text
    help: Text | None = Field(default=None, description="a sentence below the title")
    required: Annotated[bool, Field(strict=True)] = True
    min: Number | None = Field(default=None, description="the least (number)")
    max: Number | None = Field(default=None, description="the most (number)")
    decimals: Annotated[int, Field(strict=True, ge=0, le=6)] = Field(
        default=0, description="places after the decimal mark (number)"
    )
    unit: Text | None = Field(default=None, description="the unit (number)")
    choices: tuple[Choice, ...] = Field(default=(), description="the answers (choice, choices)")
    role: Code | None = Field(default=None, description="the office whose holders are offered (person)")

    def find_choice(self, code: str) -> Choice | None:
        """Return the answer with the code, or None."""
        return next((choice for choice in self.choices if choice.code == code), None)


class ChecklistItem(Part):
    """One line to tick."""

    code: Code
    title: Text
    help: Text | None = None


class PaperSection(Part):
    """One part of a paper: a heading, fixed words, and what outputs say."""

    title: Text
    text: Text | None = None
    sources: tuple[Code, ...] = Field(default=(), alias="from", description="outputs drawn in this part")


class Paper(Part):
    """A paper of the office that is drawn from outputs."""

    title: Text
    number_series: Code | None = Field(default=None, description="the series that numbers the paper")
    sections: tuple[PaperSection, ...] = Field(min_length=1)


class External(Part):
    """Something a step needs that no step yields."""

    code: Code
    kind: ExternalKind
    title: Text
    help: Text | None = None
    fields: tuple[FormField, ...] = Field(default=(), max_length=MOST_FIELDS, description="kind form")


class Output(Part):
    """Something a step yields; other steps need it by its code. After `help`, each option is of one kind."""

    code: Code
    kind: OutputKind
    title: Text
    help: Text | None = None
    fields: tuple[FormField, ...] = Field(default=(), max_length=MOST_FIELDS, description="kind form")
    items: tuple[ChecklistItem, ...] = Field(default=(), max_length=MOST_FIELDS, description="kind checklist")
    all_required: Annotated[bool, Field(strict=True)] = Field(default=True, description="kind checklist")
    columns: tuple[FormField, ...] = Field(default=(), max_length=12, description="kind table")
    min_rows: Annotated[int, Field(strict=True, ge=0, le=MOST_ROWS)] = Field(
        default=1, description="kind table"
    )
    max_rows: Annotated[int, Field(strict=True, ge=1, le=MOST_ROWS)] = Field(
        default=50, description="kind table"
    )
    min_count: Annotated[int, Field(strict=True, ge=0, le=MOST_FILES)] = Field(
        default=1, description="kind file"
    )
    max_count: Annotated[int, Field(strict=True, ge=1, le=MOST_FILES)] = Field(
        default=10, description="kind file"
    )
    types: tuple[str, ...] = Field(
        default=(), description="kind file: extensions (pdf, png, …); without them all that the office takes"
    )
    paper: Paper | None = Field(default=None, description="kind document")
    signs: Code | None = Field(default=None, description="kind signature: the document it signs")
