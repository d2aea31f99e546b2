"""The words of the official form, what each cell of a row says, and the arrows in words."""

from __future__ import annotations

from helpdesk.datafiles import Text
from helpdesk.sop.schema import END, Procedure, Step

NUMBER = Text(id="No.", en="No.")
ACTIVITY = Text(id="Kegiatan", en="Activity")
OFFICES = Text(id="Pelaksana", en="Official")
STANDARD = Text(id="Mutu Baku", en="Standard")
NEEDS = Text(id="Kelengkapan", en="Requirements")
TIME = Text(id="Waktu", en="Time")
OUTPUT = Text(id="Output", en="Output")
REMARK = Text(id="Ket", en="Remarks")
STARTS = Text(id="Mulai", en="Start")
ENDS = Text(id="Selesai", en="End")
RETURNS = Text(id="kembali", en="return")
KINDS = {"mikro": Text(id="SOP Mikro", en="Micro SOP"), "makro": Text(id="SOP Makro", en="Macro SOP")}

FLOW = Text(id="Alur", en="Flow")
_AND = Text(id=" dan ", en=" and ")
_GOES_ON = Text(id="lanjut ke {steps}", en="goes on to {steps}")
_SIDE_BY_SIDE = Text(id="lanjut serentak ke {steps}", en="goes on side by side to {steps}")
_STEP = Text(id="langkah {number}", en="step {number}")
_MINUTES = Text(id="{count} Menit", en="{count} minutes")
_MAY_RETURN = Text(id="dapat dikembalikan ke langkah {number}", en="may be returned to step {number}")
_ESCALATION = Text(
    id="pada {percent}% waktu diberitahukan kepada {office}", en="at {percent}% of the time {office} is told"
)
_CONNECTOR = Text(id="{label}: lanjut ke {title}", en="{label}: goes on in {title}")


def title_of(procedure: Procedure, language: str) -> str:
    """Return the line above the matrix: the kind and the title."""
    return f"{KINDS[procedure.identity.kind].in_language(language)} {procedure.title.in_language(language)}"


def needs_of(procedure: Procedure, step: Step, language: str) -> str:
    """Return kelengkapan of the step."""
    return " + ".join(item.title.in_language(language) for item in procedure.items_needed(step))


def time_of(step: Step, language: str) -> str:
    """Return waktu of the step."""
    return _MINUTES.in_language(language).format(count=step.working_minutes)


def outputs_of(step: Step, language: str) -> str:
    """Return output of the step."""
    return " + ".join(output.title.in_language(language) for output in step.yields) or "–"


def remarks_of(procedure: Procedure, step: Step, language: str) -> str:
    """Return ket of the step: its own remark, and what else the form cannot show by a symbol."""
    remarks = [] if step.remark is None else [step.remark.in_language(language)]
    if step.decision is not None:
        remarks.append(step.decision.question.in_language(language))
    target = procedure.find_step(step.returns_to) if step.returns_to else None
    if target is not None:
        remarks.append(_MAY_RETURN.in_language(language).format(number=target.number))
    told = procedure.find_role(step.escalation.to) if step.escalation else None
    if step.escalation is not None and told is not None:
        remarks.append(
            _ESCALATION.in_language(language).format(
                percent=step.escalation.at_percent, office=told.title.in_language(language)
            )
        )
    if step.connector is not None:
        title = step.connector.title.in_language(language)
        named = title if step.connector.procedure is None else f"{title} ({step.connector.procedure})"
        remarks.append(_CONNECTOR.in_language(language).format(label=step.connector.label, title=named))
    return "\n".join(remarks)


def flow_of(procedure: Procedure, step: Step, language: str) -> str:
    """Return the arrows that leave the step, in words: what the picture shows, for who cannot see it."""
    sentences = [STARTS.in_language(language)] if step.id == procedure.first_step.id else []
    for branch, targets in step.ways:
        if branch is None:
            many = len(targets) > 1
            sentence = (_SIDE_BY_SIDE if many else _GOES_ON).in_language(language)
            ends = targets == (END,)
            places = _places(procedure, targets, language)
            sentences.append(places if ends else sentence.format(steps=places))
        else:
            words = branch.title.in_language(language)
            sentences.append(f"{words} → {_places(procedure, targets, language)}")
    if step.returns_to is not None:
        sentences.append(
            f"{RETURNS.in_language(language)} → {_places(procedure, (step.returns_to,), language)}"
        )
    if step.connector is not None:
        sentences.append(f"→ {step.connector.label}: {step.connector.title.in_language(language)}")
    said = ", ".join(sentences)
    return said[:1].lower() + said[1:] if step.decision is None else said


def _places(procedure: Procedure, targets: tuple[str, ...], language: str) -> str:
    names = []
    for target in targets:
        step = procedure.find_step(target)
        if step is None:
            names.append(ENDS.in_language(language).lower())
        else:
            names.append(_STEP.in_language(language).format(number=step.number))
    return _AND.in_language(language).join(names)
