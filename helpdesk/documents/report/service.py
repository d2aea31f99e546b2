"""Use cases of the report's making: typed text is kept, versions are saved and brought back, remarks made.

Who may do what is asked here, below every page and command.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from helpdesk.accounts.models import Person
from helpdesk.documents.errors import SectionTooLong
from helpdesk.documents.report import queries, rules
from helpdesk.documents.report.errors import FigureUnknown, RemarkEmpty, RemarkTooLong, ReportChanged
from helpdesk.documents.report.models import ReportComment, ReportDraft, ReportVersion
from helpdesk.documents.report.rights import ensure_may_remark, ensure_may_write
from helpdesk.documents.report.sources import sources_of_texts
from helpdesk.documents.rules import SECTION_TITLES
from helpdesk.documents.rules.figures import offered
from helpdesk.documents.rules.references import list_references
from helpdesk.documents.service import first_sections
from helpdesk.errors import NotFound
from helpdesk.events import record
from helpdesk.sop.models import StepRun
from helpdesk.sop.schema import OutputKind
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.office import Office
from helpdesk.tickets.rules import Viewer

NOTE_LETTERS = 300
REMARK_LETTERS = 5_000


@dataclass(frozen=True)
class Author:
    """Somebody at work on a ticket's report: the ticket, the office, who they are, and when."""

    session: Session
    ticket: Ticket
    office: Office
    viewer: Viewer
    person: Person
    now: datetime

    def writing_step(self) -> StepRun:
        """Return the pass the person writes in, or raise NotTheAuthor."""
        return ensure_may_write(self.session, self.ticket, self.viewer, self.office, self.now)

    def remarking_step(self) -> StepRun:
        """Return the pass the person remarks in, or raise NotTheReviewer."""
        return ensure_may_remark(self.session, self.ticket, self.viewer, self.office, self.now)


@dataclass(frozen=True)
class WorkingText:
    """What stands in the editor, and which saving of it: 0 where nothing was saved in this pass yet."""

    sections: dict[str, str]
    revision: int = 0
    saved_at: datetime | None = None
    saved_by: str = ""


def working_text(
    session: Session, ticket: Ticket, step_run: StepRun, office: Office, *, unit: str
) -> WorkingText:
    """Return what the editor begins with: what was typed, else the last version, else the first text."""
    draft = queries.find_draft(session, step_run.id)
    if draft is not None:
        return WorkingText(rules.cleaned(draft.sections), draft.revision, draft.saved_at, draft.saved_by.name)
    fresh = first_sections(session, ticket, office, unit=unit)
    latest = queries.find_latest_version(session, ticket)
    typed = _typed_in_the_step(step_run)
    if typed:
        return WorkingText(rules.cleaned(fresh | typed))
    if latest is not None:
        return WorkingText(rules.cleaned(latest.sections))
    return WorkingText(rules.cleaned(fresh | _handed_in_before(ticket)))


def _typed_in_the_step(step_run: StepRun) -> dict[str, str]:
    """Return what was typed into the step's own form, by an earlier version of this program."""
    typed = {name.rpartition("-")[2]: values for name, values in (step_run.draft or {}).items()}
    return {code: str(typed[code][0]) for code in SECTION_TITLES if typed.get(code)}


def _handed_in_before(ticket: Ticket) -> dict[str, str]:
    outputs = [one for one in ticket.run.outputs if one.kind == OutputKind.REPORT_DRAFT.value]
    return dict(outputs[-1].data.get("sections", {})) if outputs else {}


def keep_draft(author: Author, sections: Mapping[str, str], *, revision: int) -> ReportDraft:
    """Keep what was typed, as it is; `revision` is the saving that the page knew."""
    step_run = author.writing_step()
    kept = rules.cleaned(sections)
    if rules.too_long_sections(kept):
        raise SectionTooLong(limit=rules.SECTION_LETTERS)
    draft = queries.find_draft(author.session, step_run.id)
    if (draft.revision if draft is not None else 0) != revision:
        raise ReportChanged
    if _typed_in_the_step(step_run):
        # From here on the text lives in the editor alone: the step's form must not bring an older one back.
        step_run.draft = None
    if draft is None:
        draft = ReportDraft(
            step_run_id=step_run.id, sections=kept, saved_at=author.now, saved_by_id=author.person.id
        )
        author.session.add(draft)
    elif draft.sections != kept:
        draft.sections, draft.saved_at, draft.saved_by_id = kept, author.now, author.person.id
    author.session.flush()
    return draft


def save_version(
    author: Author,
    sections: Mapping[str, str],
    *,
    revision: int,
    note: str = "",
    restored_from: int | None = None,
) -> ReportVersion:
    """Keep the text as a version; the same text as the last version's is no new one."""
    draft = keep_draft(author, sections, revision=revision)
    ensure_figures_known(author.session, author.ticket, author.office, draft.sections)
    return _add_version(
        author.session,
        author.ticket,
        draft.step_run_id,
        rules.cleaned(draft.sections),
        note=note,
        restored_from=restored_from,
        by=author.person,
        now=author.now,
    )


def restore_version(author: Author, number: int, *, revision: int) -> ReportVersion:
    """Bring the text of a version back as a new one; what stood in the editor becomes a version first."""
    wanted = queries.get_version(author.session, author.ticket, number)
    step_run = author.writing_step()
    draft = queries.find_draft(author.session, step_run.id)
    if draft is not None:
        if draft.revision != revision:
            raise ReportChanged
        _add_version(
            author.session,
            author.ticket,
            step_run.id,
            rules.cleaned(draft.sections),
            by=draft.saved_by,
            now=author.now,
        )
    return save_version(author, wanted.sections, revision=revision, restored_from=wanted.number)


def hand_in(
    session: Session,
    ticket: Ticket,
    office: Office,
    step_run: StepRun,
    sections: Mapping[str, str],
    *,
    by: Person,
    now: datetime,
) -> ReportVersion:
    """Make what is handed in the last version, and let the working copy go: what it held is a version too."""
    draft = queries.find_draft(session, step_run.id)
    if draft is not None and draft.sections != rules.cleaned(sections):
        _add_version(
            session, ticket, step_run.id, rules.cleaned(draft.sections), by=draft.saved_by, now=draft.saved_at
        )
    ensure_figures_known(session, ticket, office, rules.cleaned(sections))
    version = _add_version(session, ticket, step_run.id, rules.cleaned(sections), by=by, now=now)
    if draft is not None:
        session.delete(draft)
        session.flush()
    return version


def ensure_figures_known(
    session: Session, ticket: Ticket, office: Office, sections: Mapping[str, str]
) -> None:
    """Raise unless the ticket has every snapshot that the text shows, with something to show."""
    wanted = list_references(sections.values())
    sources = sources_of_texts(session, ticket, sections.values())
    known = {one for source in sources.values() for one in offered(source, office.zone.key)}
    unknown = next((one for one in wanted if one not in known), None)
    if unknown is not None:
        raise FigureUnknown(figure=str(unknown))


def _add_version(
    session: Session,
    ticket: Ticket,
    step_run_id: int,
    sections: dict[str, str],
    *,
    by: Person,
    now: datetime,
    note: str = "",
    restored_from: int | None = None,
) -> ReportVersion:
    digest = rules.digest_of(sections)
    latest = queries.find_latest_version(session, ticket)
    if latest is not None and latest.sha256 == digest:
        return latest
    version = ReportVersion(
        ticket_id=ticket.id,
        step_run_id=step_run_id,
        number=queries.next_version_number(session, ticket),
        sections=sections,
        sha256=digest,
        note=note.strip()[:NOTE_LETTERS],
        restored_from=restored_from,
        created_at=now,
        author_id=by.id,
    )
    session.add(version)
    session.flush()
    record(
        session,
        "report_version_saved" if restored_from is None else "report_version_restored",
        at=now,
        ticket_id=ticket.id,
        by=by,
        in_role=next((one.office_of_act for one in ticket.run.steps if one.id == step_run_id), ""),
        number=version.number,
        restored_from=restored_from,
        sha256=digest,
    )
    return version


def add_remark(author: Author, section: str, body: str, *, answers_id: int | None = None) -> ReportComment:
    """Write a remark on a section, or an answer to a remark."""
    step_run = author.remarking_step()
    words = body.replace("\r\n", "\n").strip()
    if not words:
        raise RemarkEmpty
    if len(words) > REMARK_LETTERS:
        raise RemarkTooLong(limit=REMARK_LETTERS)
    remark = queries.get_comment(author.session, author.ticket, answers_id) if answers_id else None
    if (remark is None and section not in SECTION_TITLES) or (remark is not None and remark.answers_id):
        raise NotFound
    latest = queries.find_latest_version(author.session, author.ticket)
    comment = ReportComment(
        ticket_id=author.ticket.id,
        step_run_id=step_run.id,
        version_number=latest.number if latest is not None else 0,
        section=remark.section if remark is not None else section,
        answers_id=remark.id if remark is not None else None,
        body=words,
        created_at=author.now,
        author_id=author.person.id,
    )
    author.session.add(comment)
    author.session.flush()
    _record_remark(
        author, step_run, comment, "report_remark_made" if remark is None else "report_remark_answered"
    )
    return comment


def settle_remark(author: Author, comment_id: int, *, settled: bool) -> ReportComment:
    """Mark a remark as settled, or open it again."""
    step_run = author.remarking_step()
    comment = queries.get_comment(author.session, author.ticket, comment_id)
    if comment.answers_id is not None:
        raise NotFound
    if settled is (comment.resolved_at is not None):
        return comment
    comment.resolved_at = author.now if settled else None
    comment.resolved_by_id = author.person.id if settled else None
    author.session.flush()
    _record_remark(
        author, step_run, comment, "report_remark_settled" if settled else "report_remark_reopened"
    )
    return comment


def reason_of_open_remarks(session: Session, ticket: Ticket, words: str) -> str:
    """Return why the report goes back: the words, and every remark that nobody has settled."""
    remarks = queries.list_open_remarks(session, ticket)
    return rules.reason_of_return(((one.section, one.body) for one in remarks), words)


def _record_remark(author: Author, step_run: StepRun, comment: ReportComment, kind: str) -> None:
    # Ids and codes only: the words of a remark stay where they can be read under the ticket's rules.
    record(
        author.session,
        kind,
        at=author.now,
        ticket_id=author.ticket.id,
        by=author.person,
        in_role=step_run.office_of_act,
        remark_id=comment.id,
        section=comment.section,
        version=comment.version_number,
    )
