"""Who may write the report and what is kept of it, below every page: on both databases."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from helpdesk.database import transaction
from helpdesk.documents.errors import SectionTooLong
from helpdesk.documents.report import presenting, queries, service
from helpdesk.documents.report.errors import (
    FigureUnknown,
    NotTheAuthor,
    NotTheReviewer,
    RemarkEmpty,
    RemarkTooLong,
    ReportChanged,
)
from helpdesk.documents.report.models import ReportDraft, ReportVersion
from helpdesk.documents.rules import SECTION_TITLES
from helpdesk.documents.rules.blocks import plain_text
from helpdesk.errors import EditConflict, NotFound
from helpdesk.events import Event
from helpdesk.tickets.models import Ticket
from tests.documents.report.conftest import DRAFTING, SIGNING, AuthorOf, open_pass

TEXT = {code: f"Isi {code}." for code in SECTION_TITLES}
WRITE: dict[str, Callable[..., object]] = {
    "keep": lambda author: service.keep_draft(author, TEXT, revision=0),
    "save": lambda author: service.save_version(author, TEXT, revision=0),
    "restore": lambda author: service.restore_version(author, 1, revision=0),
}


@pytest.mark.parametrize("act", WRITE)
@pytest.mark.parametrize("name", ["kabag", "pelaksana"])
def test_only_whoever_holds_the_draft_writes_it(author_of: AuthorOf, act: str, name: str) -> None:
    with pytest.raises((NotTheAuthor, NotFound)) as refused:
        WRITE[act](author_of(name))
    assert act == "restore" or refused.type is NotTheAuthor


@pytest.mark.parametrize("act", ["keep", "save"])
def test_nobody_writes_the_report_once_it_is_handed_in(
    author_of: AuthorOf, ticket: Ticket, session: Session, act: str
) -> None:
    open_pass(ticket, SIGNING)
    session.commit()
    with pytest.raises(NotTheAuthor):
        WRITE[act](author_of("kasubbag"))


def test_nobody_writes_the_report_of_a_closed_ticket(
    author_of: AuthorOf, ticket: Ticket, session: Session
) -> None:
    ticket.status = "cancelled"
    session.commit()
    with pytest.raises(NotTheAuthor):
        WRITE["keep"](author_of("kasubbag"))


def test_a_colleague_does_not_write_the_report_that_was_given_to_another(
    author_of: AuthorOf, ticket: Ticket, session: Session
) -> None:
    ticket.run.steps[-1].role = "technician"
    ticket.run.steps[-1].assignee_id = author_of("pelaksana").person.id
    session.commit()
    with pytest.raises(NotTheAuthor):
        WRITE["keep"](author_of("kasubbag"))


def test_every_saving_knows_the_one_before(author_of: AuthorOf) -> None:
    author = author_of("kasubbag")
    assert service.keep_draft(author, TEXT, revision=0).revision == 1
    assert service.keep_draft(author, TEXT | {"scope": "Baru."}, revision=1).revision == 2
    with pytest.raises(ReportChanged):
        service.keep_draft(author, TEXT, revision=1)


def test_the_same_text_is_no_new_saving(author_of: AuthorOf) -> None:
    author = author_of("kasubbag")
    service.keep_draft(author, TEXT, revision=0)
    assert service.keep_draft(author, TEXT, revision=1).revision == 1


def test_of_two_at_the_same_moment_one_is_told(author_of: AuthorOf, engine: Engine, session: Session) -> None:
    with Session(engine) as one, Session(engine) as other:
        with transaction(one):
            service.keep_draft(author_of("kasubbag", one), TEXT, revision=0)
        with pytest.raises(EditConflict), transaction(other):
            service.keep_draft(author_of("kasubbag", other), TEXT | {"scope": "Lain."}, revision=0)
    assert session.scalars(select(ReportDraft)).one().sections["scope"] == "Isi scope."


def test_a_section_longer_than_a_paper_is_refused(author_of: AuthorOf) -> None:
    with pytest.raises(SectionTooLong):
        service.keep_draft(author_of("kasubbag"), TEXT | {"scope": "a" * 20_001}, revision=0)


def test_a_text_that_shows_a_foreign_snapshot_can_be_typed_and_not_saved(author_of: AuthorOf) -> None:
    author = author_of("kasubbag")
    text = TEXT | {"scope": "{{snapshot:7 graph=memory}}"}
    kept = service.keep_draft(author, text, revision=0)
    with pytest.raises(FigureUnknown):
        service.save_version(author, text, revision=kept.revision)


def test_versions_are_counted_per_ticket_and_say_who_and_what(author_of: AuthorOf, session: Session) -> None:
    author = author_of("kasubbag")
    first = service.save_version(author, TEXT, revision=0, note=" Pertama ")
    second = service.save_version(author, TEXT | {"scope": "Lain."}, revision=1)
    assert [(one.number, one.note, one.author_id) for one in (first, second)] == [
        (1, "Pertama", author.person.id),
        (2, "", author.person.id),
    ]
    assert first.sha256 != second.sha256
    event = session.scalars(select(Event).where(Event.kind == "report_version_saved")).first()
    assert event is not None
    assert event.data == {"number": 1, "restored_from": None, "sha256": first.sha256}


def test_what_is_handed_in_past_the_editor_loses_nothing_that_stood_there(
    author_of: AuthorOf, ticket: Ticket, session: Session
) -> None:
    author = author_of("kasubbag")
    service.keep_draft(author, TEXT | {"scope": "Hanya di penyunting."}, revision=0)
    handed = service.hand_in(
        session, ticket, author.office, ticket.run.steps[-1], TEXT, by=author.person, now=author.now
    )
    texts = [
        one.sections["scope"] for one in session.scalars(select(ReportVersion).order_by(ReportVersion.id))
    ]
    assert texts == ["Hanya di penyunting.", "Isi scope."]
    assert handed.number == 2
    assert queries.find_draft(session, ticket.run.steps[-1].id) is None


def test_a_new_pass_begins_with_the_last_version(
    author_of: AuthorOf, ticket: Ticket, session: Session
) -> None:
    author = author_of("kasubbag")
    service.save_version(author, TEXT, revision=0)
    ticket.run.steps[-1].state = "done"
    again = open_pass(ticket, DRAFTING)
    again.attempt = 2
    session.flush()
    text = service.working_text(session, ticket, again, author.office, unit="Biro")
    assert (text.sections, text.revision) == (TEXT, 0)


def test_remarks_are_for_those_who_draft_and_sign(author_of: AuthorOf) -> None:
    with pytest.raises(NotTheReviewer):
        service.add_remark(author_of("pelaksana"), "scope", "Kurang jelas.")
    with pytest.raises(NotTheReviewer):
        service.add_remark(author_of("kabag"), "scope", "Belum giliran saya.")
    assert service.add_remark(author_of("kasubbag"), "scope", " Perlu dicek. ").body == "Perlu dicek."


def test_a_remark_needs_words_a_section_and_a_measure(author_of: AuthorOf) -> None:
    author = author_of("kasubbag")
    for section, body, refusal in (
        ("scope", "  ", RemarkEmpty),
        ("scope", "a" * 5001, RemarkTooLong),
        ("nowhere", "Isi.", NotFound),
    ):
        with pytest.raises(refusal):
            service.add_remark(author, section, body)


def test_an_answer_belongs_to_a_remark_of_the_same_ticket_and_is_no_remark(
    author_of: AuthorOf, ticket: Ticket, session: Session
) -> None:
    author = author_of("kasubbag")
    remark = service.add_remark(author, "scope", "Perlu dicek.")
    answer = service.add_remark(author, "closing", "Sudah.", answers_id=remark.id)
    assert answer.section == "scope"
    for refused in (
        lambda: service.add_remark(author, "scope", "Jawaban atas jawaban.", answers_id=answer.id),
        lambda: service.add_remark(author, "scope", "Entah.", answers_id=999),
        lambda: service.settle_remark(author, answer.id, settled=True),
    ):
        with pytest.raises(NotFound):
            refused()
    assert [one.id for one in queries.list_open_remarks(session, ticket)] == [remark.id]
    service.settle_remark(author, remark.id, settled=True)
    assert queries.list_open_remarks(session, ticket) == []
    service.settle_remark(author, remark.id, settled=False)
    assert len(queries.list_open_remarks(session, ticket)) == 1


def test_a_text_that_is_too_long_to_be_kept_is_drawn_no_further_than_what_may_be(
    session: Session, ticket: Ticket
) -> None:
    text = {"purpose": "kata " * 100_000}
    blocks, _figures = presenting.drawn_sections(session, ticket, text, "Asia/Jakarta")
    assert len(plain_text(blocks["purpose"])) <= 20_000
