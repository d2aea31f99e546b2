"""What a procedure must satisfy beyond its grammar: references, order, one start, one end. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from helpdesk.datafiles import Location, Text
from helpdesk.sop.schema import END, Procedure, Step


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong: where in the file, in which step, and why."""

    location: Location
    step: Step | None
    reason: Text


def check_procedure(procedure: Procedure) -> list[Finding]:
    """Return everything that keeps the procedure from being walked; nothing when it is sound."""
    findings = [
        *_dates(procedure),
        *_repeated_names(procedure),
        *_roles(procedure),
        *_step_references(procedure),
        *_start_and_end(procedure),
    ]
    # The walk needs steps that can be told apart and lead somewhere.
    return findings or [*_walk(procedure)]


def _dates(procedure: Procedure) -> Iterator[Finding]:
    identity = procedure.identity
    if identity.effective_on < identity.created_on:
        reason = Text(
            id=f"tanggal efektif {identity.effective_on} mendahului tanggal pembuatan {identity.created_on}",
            en=f"the effective date {identity.effective_on} is before the date made {identity.created_on}",
        )
        yield Finding(("identity", "effective_on"), None, reason)
    if (identity.revised_on is None) != (identity.revision is None):
        reason = Text(
            id="tanggal revisi dan nomor revisi diisi bersama, atau keduanya null",
            en="the date and the number of the revision are both given, or both null",
        )
        yield Finding(("identity", "revised_on"), None, reason)


def _repeated_names(procedure: Procedure) -> Iterator[Finding]:
    names: list[tuple[str, str, Location, Step | None]] = []
    names += [("kode peran", role.code, ("roles", index), None) for index, role in enumerate(procedure.roles)]
    names += [
        ("kode kualifikasi", point.code, ("qualifications", index), None)
        for index, point in enumerate(procedure.qualifications)
    ]
    names += [
        ("kode kelengkapan", external.code, ("externals", index), None)
        for index, external in enumerate(procedure.externals)
    ]
    for index, step in enumerate(procedure.steps):
        names.append(("id langkah", step.id, ("steps", index, "id"), step))
        names.append(("nomor langkah", str(step.number), ("steps", index, "number"), step))
        names += [
            ("kode kelengkapan", output.code, ("steps", index, "yields", place), step)
            for place, output in enumerate(step.yields)
        ]
    english = {
        "kode peran": "role code",
        "kode kualifikasi": "qualification code",
        "kode kelengkapan": "code of an output or external",
        "id langkah": "step id",
        "nomor langkah": "step number",
    }
    seen: Counter[tuple[str, str]] = Counter()
    for what, name, location, owner in names:
        seen[what, name] += 1
        if seen[what, name] == 2:
            reason = Text(
                id=f"{what} '{name}' dipakai dua kali", en=f"the {english[what]} '{name}' is used twice"
            )
            yield Finding(location, owner, reason)


def _roles(procedure: Procedure) -> Iterator[Finding]:
    for index, role in enumerate(procedure.roles):
        above, code = [role.code], role.superior
        while code is not None:
            superior = procedure.find_role(code)
            if superior is None or code in above:
                reason = Text(
                    id=f"atasan '{code}' dari peran '{role.code}' tidak ada atau berputar",
                    en=f"the superior '{code}' of the role '{role.code}' does not exist or leads in a circle",
                )
                yield Finding(("roles", index), None, reason)
                break
            above.append(code)
            code = superior.superior


def _step_references(procedure: Procedure) -> Iterator[Finding]:
    for index, step in enumerate(procedure.steps):
        if step.id == END:
            reason = Text(id=f"id '{END}' dicadangkan", en=f"the id '{END}' is reserved")
            yield Finding(("steps", index, "id"), step, reason)
        if step.number != index + 1:
            reason = Text(
                id=f"nomor langkah harus {index + 1}, berurutan seperti baris tabel",
                en=f"the step number must be {index + 1}: the rows of the table in order",
            )
            yield Finding(("steps", index, "number"), step, reason)
        for key, code in (("role", step.role), *(("assigns", one) for one in step.assigns)):
            if procedure.find_role(code) is None:
                reason = Text(id=f"peran '{code}' tidak ada", en=f"there is no role '{code}'")
                yield Finding(("steps", index, key), step, reason)
        for key, target in (*(("next", one) for one in step.targets), ("returns_to", step.returns_to)):
            is_end = key == "next" and target == END
            if target is not None and not is_end and procedure.find_step(target) is None:
                reason = Text(id=f"langkah '{target}' tidak ada", en=f"there is no step '{target}'")
                yield Finding(("steps", index, key), step, reason)


def _start_and_end(procedure: Procedure) -> Iterator[Finding]:
    followers = {target for step in procedure.steps for target in step.targets}
    places = list(enumerate(procedure.steps))
    starts = [(index, step) for index, step in places if step.id not in followers]
    ends = [(index, step) for index, step in places if END in step.targets]
    if not starts:
        yield Finding(("steps",), None, _one_only("awal", "start", []))
    for index, step in starts[1:]:
        # Each of them is a step that nothing leads to: named where it stands.
        yield Finding(("steps", index), step, _one_only("awal", "start", [one.id for _, one in starts]))
    if not ends:
        yield Finding(("steps",), None, _one_only("akhir", "end", []))
    for index, step in ends[:-1]:
        yield Finding(("steps", index, "next"), step, _one_only("akhir", "end", [one.id for _, one in ends]))


def _one_only(indonesian: str, english: str, found: Sequence[str]) -> Text:
    names = ", ".join(found)
    return Text(
        id=f"harus ada tepat satu {indonesian}, ditemukan: {names or 'tidak ada'}",
        en=f"there must be exactly one {english}, found: {names or 'none'}",
    )


def _walk(procedure: Procedure) -> Iterator[Finding]:
    """Follow the steps from the start: all are reached, and each finds what it needs."""
    there = {external.code for external in procedure.externals}
    passed: list[Step] = []
    step: Step | None = procedure.first_step
    while step is not None and step not in passed:
        yield from _step_on_the_way(procedure, step, there, [one.id for one in passed])
        there |= {output.code for output in step.yields}
        passed.append(step)
        step = procedure.find_step(step.targets[0])
    for index, one in enumerate(procedure.steps):
        if one not in passed:
            reason = Text(id="tidak tercapai dari langkah awal", en="cannot be reached from the first step")
            yield Finding(("steps", index), one, reason)


def _step_on_the_way(
    procedure: Procedure, step: Step, there: set[str], passed: list[str]
) -> Iterator[Finding]:
    index = procedure.steps.index(step)
    for place, code in enumerate(step.needs):
        if code not in there:
            reason = Text(
                id=f"kebutuhan '{code}' tidak dihasilkan oleh langkah sebelumnya",
                en=f"the need '{code}' is not yielded by an earlier step",
            )
            yield Finding(("steps", index, "needs", place), step, reason)
    if step.returns_to is not None and step.returns_to not in passed:
        reason = Text(
            id=f"hanya dapat kembali ke langkah sebelumnya, bukan '{step.returns_to}'",
            en=f"can return to an earlier step only, not to '{step.returns_to}'",
        )
        yield Finding(("steps", index, "returns_to"), step, reason)
    following = [procedure.find_step(target) for target in step.targets]
    for role in step.assigns:
        if any(one is not None and one.role == role for one in following):
            continue
        reason = Text(
            id=f"menugaskan '{role}', tetapi langkah berikutnya bukan tugas peran itu",
            en=f"assigns '{role}', but the next step does not belong to that role",
        )
        yield Finding(("steps", index, "assigns"), step, reason)
