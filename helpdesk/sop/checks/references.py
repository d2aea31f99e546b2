"""Names, references and order: everything that is named exists, once. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from helpdesk.datafiles import Location, Text
from helpdesk.sop.checks.finding import Finding
from helpdesk.sop.schema import END, Procedure, Step


def check_references(procedure: Procedure) -> Iterator[Finding]:
    """Find what is named twice, or named and not there."""
    yield from _dates(procedure)
    yield from _repeated_names(procedure)
    yield from _roles(procedure)
    yield from _rows(procedure)
    yield from _named_roles(procedure)
    yield from _named_steps(procedure)
    yield from _decisions(procedure)
    yield from _start_and_end(procedure)


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
    names += [
        ("kode permohonan", request.code, ("requests", index), None)
        for index, request in enumerate(procedure.requests)
    ]
    for index, step in enumerate(procedure.steps):
        if step.connector is not None:
            label = ("steps", index, "connector", "label")
            names.append(("huruf penghubung", step.connector.label, label, step))
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
        "kode permohonan": "request code",
        "huruf penghubung": "connector label",
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


def _rows(procedure: Procedure) -> Iterator[Finding]:
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


def _named_roles(procedure: Procedure) -> Iterator[Finding]:
    for index, step in enumerate(procedure.steps):
        roles: list[tuple[Location, str]] = [(("role",), step.role)]
        roles += [(("assigns",), code) for code in step.assigns]
        if step.escalation is not None:
            roles.append((("escalation", "to"), step.escalation.to))
        for key, code in roles:
            if procedure.find_role(code) is None:
                reason = Text(id=f"peran '{code}' tidak ada", en=f"there is no role '{code}'")
                yield Finding(("steps", index, *key), step, reason)
        if step.escalation is not None and step.escalation.to == step.role:
            reason = Text(
                id=f"eskalasi harus ke peran lain, bukan '{step.role}' sendiri",
                en=f"an escalation goes to another role, not to '{step.role}' itself",
            )
            yield Finding(("steps", index, "escalation", "to"), step, reason)


def _named_steps(procedure: Procedure) -> Iterator[Finding]:
    for index, step in enumerate(procedure.steps):
        for key, target in targets_in(step):
            if target != END and procedure.find_step(target) is None:
                reason = Text(id=f"langkah '{target}' tidak ada", en=f"there is no step '{target}'")
                yield Finding(("steps", index, *key), step, reason)
        if step.returns_to is not None and procedure.find_step(step.returns_to) is None:
            reason = Text(
                id=f"langkah '{step.returns_to}' tidak ada", en=f"there is no step '{step.returns_to}'"
            )
            yield Finding(("steps", index, "returns_to"), step, reason)


def targets_in(step: Step) -> Iterator[tuple[Location, str]]:
    """Yield where in the step each step that it leads to is named."""
    for target in step.next:
        yield ("next",), target
    for place, branch in enumerate(step.decision.branches if step.decision else ()):
        for target in branch.next:
            yield ("decision", "branches", place, "next"), target


def _decisions(procedure: Procedure) -> Iterator[Finding]:
    for index, step in enumerate(procedure.steps):
        for place, (branch, targets) in enumerate(step.ways):
            key: Location = ("decision", "branches", place, "next") if branch else ("next",)
            if len(set(targets)) != len(targets):
                reason = Text(id="langkah yang sama disebut dua kali", en="the same step is named twice")
                yield Finding(("steps", index, *key), step, reason)
        if step.decision is None:
            continue
        codes = [branch.code for branch in step.decision.branches]
        if len(set(codes)) != len(codes):
            reason = Text(
                id="dua jawaban keputusan memakai kode yang sama",
                en="two answers of the decision have one code",
            )
            yield Finding(("steps", index, "decision"), step, reason)
        if len({branch.next for branch in step.decision.branches}) == 1:
            reason = Text(
                id="semua jawaban menuju langkah yang sama: ini bukan keputusan",
                en="all answers lead to the same step: this is no decision",
            )
            yield Finding(("steps", index, "decision"), step, reason)


def _start_and_end(procedure: Procedure) -> Iterator[Finding]:
    places = list(enumerate(procedure.steps))
    followers = {target for step in procedure.steps for target in step.targets if target != step.id}
    # The work begins in the first row; any other row that nothing leads to would be a second beginning.
    first = procedure.steps[0]
    starts = [first.id, *(step.id for _, step in places[1:] if step.id not in followers)]
    for index, step in places[1:]:
        if step.id not in followers:
            yield Finding(("steps", index), step, _one_only("awal", "start", starts))
    ends = [(index, step) for index, step in places if step.next == (END,)]
    if not any(END in step.targets for step in procedure.steps):
        yield Finding(("steps",), None, _one_only("akhir", "end", []))
    # Answers of decisions may end the work early; of the plain ways one alone is the last row.
    for index, step in ends[:-1]:
        yield Finding(("steps", index, "next"), step, _one_only("akhir", "end", [one.id for _, one in ends]))


def _one_only(indonesian: str, english: str, found: Sequence[str]) -> Text:
    names = ", ".join(found)
    return Text(
        id=f"harus ada tepat satu {indonesian}, ditemukan: {names or 'tidak ada'}",
        en=f"there must be exactly one {english}, found: {names or 'none'}",
    )
