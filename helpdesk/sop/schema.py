"""The grammar of a procedure file, and the procedure as the program knows it: frozen, typed, complete.

The published JSON Schema `procedures/schema.json` is made from these models (`helpdesk sop schema`).
"""

from __future__ import annotations

import json
from datetime import date
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from helpdesk.datafiles import Refused, Text
from helpdesk.sop.grammar import (
    ChecklistItem,
    Choice,
    Code,
    Counted,
    External,
    ExternalKind,
    FieldType,
    FormField,
    Output,
    OutputKind,
    Paper,
    PaperSection,
    Part,
    Slug,
)

__all__ = [
    "END",
    "Approval",
    "Branch",
    "ChecklistItem",
    "Choice",
    "Connector",
    "Decision",
    "Escalation",
    "External",
    "ExternalKind",
    "FieldType",
    "FormField",
    "Identity",
    "Output",
    "OutputKind",
    "Paper",
    "PaperSection",
    "Part",
    "Procedure",
    "Qualification",
    "RequestOption",
    "Role",
    "Step",
    "published_schema",
]

END = "end"

# About fifty weeks of an office: what is longer is a slip, and no calendar would find its due time.
LONGEST_STEP_MINUTES = 112_500


def _as_list(value: Any) -> Any:
    """One word stands for a list of one."""
    return (value,) if isinstance(value, str) else value


def _one_or_many(pattern: str) -> dict[str, Any]:
    one = {"type": "string", "pattern": pattern}
    return {"anyOf": [one, {"type": "array", "items": one, "minItems": 1, "uniqueItems": True}]}


# Written `next: look`, or `next: [look, tell]` for steps that open side by side; always a tuple in here.
Targets = Annotated[
    tuple[Slug, ...],
    BeforeValidator(_as_list),
    WithJsonSchema(_one_or_many(r"^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$")),
]
Codes = Annotated[
    tuple[Code, ...],
    BeforeValidator(_as_list),
    WithJsonSchema(_one_or_many(r"^[a-z][a-z0-9]*(?:_[a-z0-9]+)*$")),
]


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


class RequestOption(Part):
    """Something a requester may ask for that the procedure handles."""

    code: Code
    title: Text
    help: Text | None = None


class Branch(Part):
    """One answer to a decision, and where it leads: down the table, back up it (again), or to the end."""

    code: Code
    title: Text = Field(description="the word at the arrow: Ya, Tidak")
    next: Targets = Field(min_length=1)


class Decision(Part):
    """The diamond: a question with its answers."""

    question: Text
    branches: tuple[Branch, ...] = Field(min_length=2)

    def find_branch(self, code: str | None) -> Branch | None:
        """Return the answer with the code, or None."""
        return next((branch for branch in self.branches if branch.code == code), None)


class Escalation(Part):
    """Who is told, and may take the step over, once so much of its time is used."""

    to: Code = Field(description="the role")
    at_percent: Annotated[int, Field(strict=True, ge=1, le=1000)] = 100


class Connector(Part):
    """The pentagon: the flow goes on in another procedure, or on another page of the form."""

    label: str = Field(pattern=r"^[A-Z0-9]{1,3}$", description="the letter in the pentagon")
    procedure: str | None = Field(default=None, min_length=1, description="Nomor SOP that it leads to")
    title: Text


class Step(Part):
    """One row of the matrix. Rows stand in the order of the work; an arrow up the table is work again."""

    number: Counted
    id: Slug
    title: Text = Field(description="a short name for screens; not part of the official text")
    role: Code = Field(description="pelaksana")
    activity: Text = Field(description="kegiatan")
    needs: tuple[Code, ...] = Field(min_length=1, description="kelengkapan: outputs or externals")
    working_minutes: Counted = Field(description="waktu", le=LONGEST_STEP_MINUTES)
    yields: tuple[Output, ...] = Field(description="output; only a decision may have none")
    assigns: Codes = Field(default=(), description="the role, or roles, this step assigns what follows to")
    returns_to: Slug | None = Field(default=None, description="the earlier step this one may return to")
    next: Targets = Field(
        default=(), description="the step that follows, or `end`; several open side by side"
    )
    decision: Decision | None = Field(default=None, description="instead of `next`")
    escalation: Escalation | None = None
    connector: Connector | None = None
    remark: Text | None = Field(default=None, description="keterangan")

    @model_validator(mode="after")
    def _leads_on_in_one_way(self) -> Self:
        if self.decision is None and not self.next:
            raise Refused(
                id="'next' atau 'decision' wajib diisi: ke mana langkah ini berlanjut",
                en="'next' or 'decision' is required: where the step leads",
            )
        if self.decision is not None and self.next:
            raise Refused(
                id="'next' dan 'decision' tidak dapat diisi bersama",
                en="'next' and 'decision' exclude each other",
            )
        if self.decision is None and not self.yields:
            raise Refused(
                id="'yields' harus memuat paling sedikit 1 butir: hanya keputusan yang boleh tanpa output",
                en="'yields' must hold at least 1 item: only a decision may have no output",
            )
        return self

    @property
    def is_decision(self) -> bool:
        """Whether the step is a diamond of the form."""
        return self.decision is not None

    @property
    def ways(self) -> tuple[tuple[Branch | None, tuple[str, ...]], ...]:
        """Every way on: the branch (None without a decision), and the steps it opens."""
        if self.decision is None:
            return ((None, self.next),)
        return tuple((branch, branch.next) for branch in self.decision.branches)

    @property
    def targets(self) -> tuple[str, ...]:
        """Every step, or `end`, that this one can lead to; each once."""
        return tuple(dict.fromkeys(target for _, targets in self.ways for target in targets))

    def targets_of(self, branch: str | None) -> tuple[str, ...]:
        """Return the steps that open when the step is done with the branch."""
        if self.decision is None:
            return self.next
        chosen = self.decision.find_branch(branch)
        return () if chosen is None else chosen.next


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
    requests: tuple[RequestOption, ...] = Field(
        default=(), description="what a requester may ask; without them the requests of the office"
    )
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
        """The step that the procedure begins with: the first row."""
        return self.steps[0]

    @property
    def last_step(self) -> Step:
        """The step that leads to the end; of several, the one that leads nowhere else, else the lowest."""
        ending = [step for step in self.steps if END in step.targets]
        return next((step for step in ending if step.next), ending[-1])

    def find_step(self, step_id: str) -> Step | None:
        """Return the step with the id, or None."""
        return next((step for step in self.steps if step.id == step_id), None)

    def find_output(self, code: str) -> Output | None:
        """Return the output with the code, or None."""
        return next((output for step in self.steps for output in step.yields if output.code == code), None)

    def step_yielding(self, code: str) -> Step | None:
        """Return the step that yields the output with the code, or None."""
        return next((step for step in self.steps if any(one.code == code for one in step.yields)), None)

    def find_request(self, code: str) -> RequestOption | None:
        """Return what a requester may ask for under the code, or None."""
        return next((request for request in self.requests if request.code == code), None)

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
