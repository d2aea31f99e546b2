"""All procedures of the office, read and checked at start: `procedures/<number>/v<version>.yaml`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from helpdesk.datafiles import (
    Document,
    FileUnreadable,
    Location,
    Problem,
    Text,
    findings_of,
    read_document,
    read_text,
)
from helpdesk.sop.checks import check_procedure
from helpdesk.sop.errors import ProcedureFileInvalid, ProcedureUnknown
from helpdesk.sop.releases.lock import Release, VersionFile, check_lock, content_digest, read_lock
from helpdesk.sop.schema import Procedure

PROCEDURES_DIRECTORY = Path(__file__).parent / "procedures"
PROCEDURE_SCHEMA = PROCEDURES_DIRECTORY / "schema.json"


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Every procedure in every version, by number and version."""

    procedures: Mapping[tuple[str, int], Procedure]
    releases: Mapping[tuple[str, int], Release] = field(default_factory=dict)

    def get_procedure(self, number: str, version: int | None = None, *, on: date | None = None) -> Procedure:
        """Return that version; without one, the newest released, and in force on the day if one is given."""
        if version is not None:
            found = self.procedures.get((number, version))
        else:
            in_force = [one for one in self.list_versions(number) if one.released and _is_effective(one, on)]
            found = in_force[-1] if in_force else None
        if found is None:
            known = [f"{name} v{one}" for name, one in sorted(self.procedures)]
            raise ProcedureUnknown(number=number if version is None else f"{number} v{version}", known=known)
        return found

    def list_procedures(self) -> list[Procedure]:
        """Return the newest released version of every procedure, by number."""
        newest = {number: procedure for (number, _), procedure in self._sorted() if procedure.released}
        return list(newest.values())

    def list_versions(self, number: str) -> list[Procedure]:
        """Return every version of the procedure, the oldest first."""
        return [procedure for (name, _), procedure in self._sorted() if name == number]

    def _sorted(self) -> list[tuple[tuple[str, int], Procedure]]:
        return sorted(self.procedures.items(), key=lambda item: item[0])


@dataclass(frozen=True, slots=True)
class ProcedureFile:
    """A sound procedure file: what it says, and how it is written."""

    name: str
    text: str
    value: Any
    procedure: Procedure
    line_of_released: int


def _is_effective(procedure: Procedure, on: date | None) -> bool:
    return on is None or procedure.identity.effective_on <= on


def load_catalogue(directory: Path = PROCEDURES_DIRECTORY) -> Catalogue:
    """Read every procedure below the directory, or raise with all problems of all files."""
    procedures: dict[tuple[str, int], Procedure] = {}
    files: list[VersionFile] = []
    problems: list[Problem] = []
    paths = sorted(directory.glob("*/*.y*ml"))
    for path in paths:
        name = str(path.relative_to(directory))
        try:
            file = read_procedure(path, name)
        except ProcedureFileInvalid as error:
            problems += error.problems
            continue
        procedure = file.procedure
        problems += misplaced(path, procedure, name)
        key = (procedure.number, procedure.version)
        procedures[key] = procedure
        files.append(VersionFile(name, key, procedure.released, content_digest(file.value)))
    if not paths:
        reason = Text(id="tidak ada berkas prosedur di sini", en="there is no procedure file here")
        problems.append(Problem(str(directory), 1, None, reason))
    lock = read_lock(directory)
    # A file that cannot be read says so itself; that its version is also missing would only hide the reason.
    problems = problems or [*check_lock(lock, files), *claimed_twice(procedures)]
    if problems:
        raise ProcedureFileInvalid(problems)
    return Catalogue(procedures, lock.releases)


def claimed_twice(procedures: Mapping[tuple[str, int], Procedure]) -> Iterable[Problem]:
    """What a requester asks for leads to one procedure: no other may claim the same code."""
    owners: dict[str, str] = {}
    for (number, version), procedure in sorted(procedures.items()):
        for request in procedure.requests:
            owner = owners.setdefault(request.code, number)
            if owner != number:
                reason = Text(
                    id=f"permohonan '{request.code}' sudah ditangani oleh SOP {owner}",
                    en=f"the request '{request.code}' is handled by the SOP {owner} already",
                )
                yield Problem(f"{number}/v{version}.yaml", 1, None, reason)


def misplaced(path: Path, procedure: Procedure, name: str) -> Iterable[Problem]:
    """The place of a file says which procedure and version it is; a copy in a wrong place would hide one."""
    expected = f"{procedure.number}/v{procedure.version}.yaml"
    if f"{path.parent.name}/{path.name}" != expected:
        reason = Text(id=f"tempat berkas ini seharusnya {expected}", en=f"this file belongs at {expected}")
        yield Problem(name, 1, None, reason)


def load_procedure(path: Path, name: str = "") -> Procedure:
    """Return the procedure of one file; `name` stands in the problems instead of the path."""
    return read_procedure(path, name).procedure


def read_procedure(path: Path, name: str = "") -> ProcedureFile:
    """Return one file with its procedure, or raise with every problem, by line."""
    name = name or str(path)
    try:
        text = read_text(path)
    except FileUnreadable as error:
        raise ProcedureFileInvalid([Problem(name, 1, None, error.reason)]) from None
    document = read_document(text, name)
    procedure = _procedure_in(document)
    return ProcedureFile(name, text, document.value, procedure, document.line_of(("released",)))


def parse_procedure(text: str, name: str) -> Procedure:
    """Return the procedure written in the text, or raise with every problem, by line."""
    return _procedure_in(read_document(text, name))


def _procedure_in(document: Document) -> Procedure:
    if document.problems:
        raise ProcedureFileInvalid(document.problems)
    try:
        procedure = Procedure.model_validate(document.value)
    except ValidationError as error:
        raise ProcedureFileInvalid(
            [_problem(document, location, reason) for location, reason in findings_of(error)]
        ) from None
    findings = check_procedure(procedure)
    if findings:
        raise ProcedureFileInvalid([_problem(document, one.location, one.reason) for one in findings])
    return procedure


def _problem(document: Document, location: Location, reason: Text) -> Problem:
    return Problem(document.name, document.line_of(location), _step_at(document.value, location), reason)


def _step_at(value: Any, location: Location) -> Text | None:
    """Name the step that the place belongs to, as far as the file can be trusted to."""
    if len(location) < 2 or location[0] != "steps" or not isinstance(location[1], int):
        return None
    raw = value["steps"][location[1]]
    row = raw if isinstance(raw, dict) else {}
    number, slug = row.get("number", location[1] + 1), row.get("id", "?")
    return Text(id=f"langkah {number} ({slug})", en=f"step {number} ({slug})")
