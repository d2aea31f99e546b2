"""The grammar of a procedure file, and the procedure as the program knows it: frozen, typed, complete.

The published JSON Schema `procedures/schema.json` is made from these models (`helpdesk sop schema`).
"""

from __future__ import annotations

import json
from datetime import date
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from helpdesk.datafiles import Text

END = "end"

Slug = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$")]
Code = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(?:_[a-z0-9]+)*$")]
Counted = Annotated[int, Field(strict=True, gt=0)]
# About fifty weeks of an office: what is longer is a slip, and no calendar would find its due time.
LONGEST_STEP_MINUTES = 112_500


class OutputKind(StrEnum):
    """What a step can yield. A closed list: each kind has its form, its table and its document."""

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


class Part(BaseModel):
    """The root of all parts of a procedure: frozen, and no unknown key."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Approval(Part):
    """Disahkan oleh: the official who approved the procedure."""

    office: Text
    name: str = Field(min_length=1)
    nip: str = Field(pattern=r"^[0-9]{18}$", description="Nomor Induk Pegawai, 18 digits, quoted")


class Identity(Part):
    """The identity block of the official form."""

    number: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{1,62}[A-Za-z0-9]$", description="Nomor SOP")
    kind: Literal["mikro", "makro"]
    title: Text = Field(description="Judul SOP")
    agency: Text
    secretariat: Text
    bureau: Text
    created_on: date = Field(description="Tanggal Pembuatan")
    revised_on: date | None = Field(description="Tanggal Revisi")
    revision: Counted | None = Field(description="Revisi ke")
    effective_on: date = Field(description="Tanggal Efektif")
    approved_by: Approval = Field(description="Disahkan oleh")


class Qualification(Part):
    """Kualifikasi pelaksana: one point of it, with a code that people's records refer to."""

    code: Code
    title: Text


class Role(Part):
    """An office that acts in the procedure: one column of the matrix."""

    code: Code
    title: Text = Field(description="as in the head of the matrix")
    full_title: Text = Field(description="as in a signature block")
    superior: Code | None = Field(description="the role that is told when this one is late")


class External(Part):
    """Something a step needs that no step yields."""

    code: Code
    kind: ExternalKind
    title: Text


class Output(Part):
    """Something a step yields; other steps need it by its code."""

    code: Code
    kind: OutputKind
    title: Text


class Step(Part):
    """One row of the matrix."""

    number: Counted
    id: Slug
    title: Text = Field(description="a short name for screens; not part of the official text")
    role: Code = Field(description="pelaksana")
    activity: Text = Field(description="kegiatan")
    needs: tuple[Code, ...] = Field(min_length=1, description="kelengkapan: outputs or externals")
    working_minutes: Counted = Field(description="waktu", le=LONGEST_STEP_MINUTES)
    yields: tuple[Output, ...] = Field(min_length=1, description="output")
    assigns: Code | None = Field(default=None, description="the role this step assigns the next one to")
    returns_to: Slug | None = Field(default=None, description="the earlier step this one may return to")
    next: Slug = Field(description="the step that follows, or `end`")
    remark: Text | None = Field(default=None, description="keterangan")


class Procedure(Part):
    """A procedure in one version."""

    version: Counted
    released: Annotated[bool, Field(strict=True)] = Field(description="a released version never changes")
    identity: Identity
    legal_basis: tuple[Text, ...] = Field(min_length=1, description="Dasar Hukum")
    qualifications: tuple[Qualification, ...] = Field(min_length=1, description="Kualifikasi Pelaksana")
    related: tuple[Text, ...] = Field(description="Keterkaitan")
    equipment: tuple[Text, ...] = Field(description="Peralatan/perlengkapan")
    warnings: tuple[Text, ...] = Field(description="Peringatan")
    recording: tuple[Text, ...] = Field(description="Pencatatan dan pendataan")
    notes: tuple[Text, ...] = Field(default=(), description="notes of whoever wrote the file")
    roles: tuple[Role, ...] = Field(min_length=1)
    externals: tuple[External, ...] = ()
    steps: tuple[Step, ...] = Field(min_length=1)

    @property
    def number(self) -> str:
        """Nomor SOP."""
        return self.identity.number

    @property
    def title(self) -> Text:
        """Judul SOP."""
        return self.identity.title

    @property
    def working_minutes(self) -> int:
        """The time all steps may take together."""
        return sum(step.working_minutes for step in self.steps)

    @property
    def first_step(self) -> Step:
        """The step that no other step leads to."""
        followers = {step.next for step in self.steps}
        return next(step for step in self.steps if step.id not in followers)

    @property
    def last_step(self) -> Step:
        """The step that leads to the end."""
        return next(step for step in self.steps if step.next == END)

    def find_step(self, step_id: str) -> Step | None:
        """Return the step with the id, or None."""
        return next((step for step in self.steps if step.id == step_id), None)

    def find_role(self, code: str) -> Role | None:
        """Return the role with the code, or None."""
        return next((role for role in self.roles if role.code == code), None)

    def find_item(self, code: str) -> Output | External | None:
        """Return the output or external with the code, or None."""
        items: list[Output | External] = [*self.externals]
        items += [output for step in self.steps for output in step.yields]
        return next((item for item in items if item.code == code), None)

    def items_needed(self, step: Step) -> tuple[Output | External, ...]:
        """Return kelengkapan of the step: what it needs, with kinds and titles."""
        items = (self.find_item(code) for code in step.needs)
        return tuple(item for item in items if item is not None)

    def role_of(self, step: Step) -> Role:
        """Return the office that does the step."""
        return next(role for role in self.roles if role.code == step.role)


def published_schema() -> str:
    """Return the JSON Schema of a procedure file, as it is shipped beside the files."""
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **Procedure.model_json_schema()}
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"
