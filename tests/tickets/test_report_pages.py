"""The report's editor: typed, kept, saved, compared, remarked on, sent back, handed in again, signed."""

from __future__ import annotations

import re
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from helpdesk.accounts.models import Person
from helpdesk.documents.models import Document
from helpdesk.documents.report.models import ReportComment, ReportDraft, ReportVersion
from helpdesk.documents.rules import SECTION_TITLES
from helpdesk.events import Event
from helpdesk.sop.models import StepOutput, StepRun
from helpdesk.tickets.models import Ticket
from tests.factories.people import KASUBBAG, PASSWORD, Office, make_person

Do = Callable[..., TestResponse]
Walk = Callable[[int], None]
SignIn = Callable[[FlaskClient, Person], None]
SIGNED = {"signed_report__has_read": "y", "signed_report__password": PASSWORD}


def fields(revision: int = 0, **changed: str) -> dict[str, Any]:
    """Return what the editor's form sends; every section has words."""
    texts = {code: f"Isi {code}." for code in SECTION_TITLES} | changed
    return {"revision": revision, **{f"report_draft-{code}": text for code, text in texts.items()}}


@pytest.fixture
def address(walk: Walk, ticket: Ticket) -> str:
    """Bring the ticket to the draft of the report and return the report's address."""
    walk(6)
    return f"/tickets/{ticket.id}/report"


@pytest.fixture
def author(address: str, client: FlaskClient, office: Office, sign_in: SignIn) -> FlaskClient:
    """Return the browser of whoever writes the report."""
    sign_in(client, office.kasubbag)
    return client


def test_the_editor_begins_with_the_generated_text(author: FlaskClient, address: str) -> None:
    page = author.get(address)
    assert page.status_code == 200
    assert page.text.count('data-section="') == len(SECTION_TITLES)
    assert "Identifikasi dilakukan terhadap" in page.text


def test_looking_writes_nothing(author: FlaskClient, address: str, session: Session) -> None:
    author.get(address)
    assert session.scalars(select(ReportDraft)).all() == []
    assert session.scalars(select(ReportVersion)).all() == []


def test_what_is_typed_is_kept_by_itself_and_is_there_again(
    author: FlaskClient, address: str, session: Session
) -> None:
    first = author.post(f"{address}/autosave", data=fields(scope="Setengah jadi"))
    assert first.json == {"revision": 1}
    second = author.post(f"{address}/autosave", data=fields(1, scope="Hampir jadi"))
    assert second.json == {"revision": 2}
    assert "Hampir jadi" in author.get(address).text
    assert session.scalars(select(ReportVersion)).all() == []


def test_an_older_page_overwrites_nothing_by_itself(author: FlaskClient, address: str) -> None:
    author.post(f"{address}/autosave", data=fields(scope="Yang pertama"))
    late = author.post(f"{address}/autosave", data=fields(0, scope="Yang kedua"))
    assert late.status_code == 409
    assert "Yang pertama" in author.get(address).text


def test_two_texts_are_shown_side_by_side_and_neither_is_lost(
    author: FlaskClient, address: str, session: Session
) -> None:
    author.post(f"{address}/autosave", data=fields(scope="Ruang lingkup gedung utara"))
    answer = author.post(address, data=fields(0, scope="Ruang lingkup gedung selatan", basis="Dasar baru"))
    assert answer.status_code == 409
    page = answer.text
    assert re.search(r"<ins[^>]*>.*?utara", page)
    assert re.search(r"<del[^>]*>.*?selatan", page)
    assert "Dasar baru" in page
    assert 'name="choose-scope"' in page
    assert 'name="choose-closing"' not in page
    chosen = {**fields(1, scope="Ruang lingkup gedung selatan", basis="Dasar baru"), "choose-scope": "theirs"}
    assert author.post(address, data=chosen).status_code == 302
    version = session.scalars(select(ReportVersion)).one()
    assert version.sections["scope"] == "Ruang lingkup gedung utara"
    assert version.sections["basis"] == "Dasar baru"


def test_every_saving_is_a_version_and_the_same_text_is_none(
    author: FlaskClient, address: str, session: Session
) -> None:
    author.post(address, data={**fields(), "note": "Pertama"})
    author.post(address, data=fields(1))
    author.post(address, data=fields(1, closing="Penutup yang lain."))
    rows = session.scalars(select(ReportVersion).order_by(ReportVersion.number)).all()
    assert [(one.number, one.note) for one in rows] == [(1, "Pertama"), (2, "")]
    listed = author.get(f"{address}/versions")
    assert "Pertama" in listed.text
    assert rows[0].sha256[:8] in listed.text.replace(" ", "")


def test_two_versions_are_compared_word_by_word(author: FlaskClient, address: str) -> None:
    author.post(address, data=fields(closing="Demikian laporan ini disusun."))
    author.post(address, data=fields(1, closing="Demikian laporan ini dibuat."))
    page = author.get(f"{address}/compare?from=1&to=2").text
    assert re.search(
        r'<del class="diff__removed"><span class="visually-hidden">removed: </span>disusun\.', page
    )
    assert re.search(r'<ins class="diff__added"><span class="visually-hidden">added: </span>dibuat\.', page)
    assert "1 section differs." in page
    assert author.get(f"{address}/compare?from=9&to=2").status_code == 404


def test_an_older_version_comes_back_as_a_new_one_and_what_stood_there_is_kept(
    author: FlaskClient, address: str, session: Session
) -> None:
    author.post(address, data=fields(closing="Satu."))
    author.post(address, data=fields(1, closing="Dua."))
    author.post(f"{address}/autosave", data=fields(2, closing="Tiga, belum disimpan."))
    answer = author.post(f"{address}/versions/1/restore", data={"revision": 3})
    assert answer.status_code == 302
    rows = session.scalars(select(ReportVersion).order_by(ReportVersion.number)).all()
    assert [one.sections["closing"] for one in rows] == ["Satu.", "Dua.", "Tiga, belum disimpan.", "Satu."]
    assert rows[-1].restored_from == 1
    assert "Satu." in author.get(address).text


def test_a_restore_from_a_page_that_is_out_of_date_is_refused(author: FlaskClient, address: str) -> None:
    author.post(address, data=fields(closing="Satu."))
    assert author.post(f"{address}/versions/1/restore", data={"revision": 0}).status_code == 409


def test_a_version_can_be_read_and_drawn(author: FlaskClient, address: str) -> None:
    author.post(address, data=fields(closing="**Tebal** dan <b>bukan</b>"))
    page = author.get(f"{address}/versions/1").text
    assert "<strong>Tebal</strong>" in page
    assert "&lt;b&gt;bukan&lt;/b&gt;" in page
    assert author.get(f"{address}/versions/1/pdf").mimetype == "application/pdf"
    assert author.get(f"{address}/versions/2").status_code == 404


def test_a_section_is_drawn_as_it_is_typed(author: FlaskClient, address: str, session: Session) -> None:
    sent = {**fields(scope="- satu\n- *dua*\n\n<script>alert(1)</script>"), "section": "scope"}
    drawn = author.post(f"{address}/section", data=sent)
    assert "<li><p>satu</p></li>" in drawn.text.replace("\n", "")
    assert "<em>dua</em>" in drawn.text
    assert "&lt;script&gt;" in drawn.text
    assert session.scalars(select(ReportDraft)).all() == []


def test_a_snapshot_of_another_ticket_is_neither_shown_nor_saved(
    author: FlaskClient, address: str, session: Session
) -> None:
    text = "{{snapshot:1 table=interfaces}}"
    drawn = author.post(f"{address}/section", data={**fields(scope=text), "section": "scope"})
    assert "This snapshot is not on the ticket" in drawn.text
    answer = author.post(address, data=fields(scope=text))
    assert answer.status_code == 422
    assert "does not have" in answer.text
    assert text in answer.text
    assert session.scalars(select(ReportVersion)).all() == []


def test_the_generated_text_of_a_section_can_be_put_back(
    author: FlaskClient, address: str, session: Session
) -> None:
    author.post(address, data={**fields(), "action": "generate-identification"})
    draft = session.scalars(select(ReportDraft)).one()
    assert draft.sections["identification"].startswith("Identifikasi dilakukan")
    assert draft.sections["scope"] == "Isi scope."


def test_the_step_hands_in_what_stands_in_the_editor(
    author: FlaskClient, address: str, do_step: Do, session: Session, ticket: Ticket, office: Office
) -> None:
    author.post(f"{address}/autosave", data=fields(closing="Dari penyunting."))
    answer = do_step(office.kasubbag, ticket.id)
    assert answer.status_code == 302, answer.text
    output = session.scalars(select(StepOutput).where(StepOutput.kind == "report_draft")).one()
    version = session.scalars(select(ReportVersion)).one()
    assert output.data["sections"]["closing"] == "Dari penyunting."
    assert (output.data["version"], output.data["sha256"]) == (version.number, version.sha256)
    assert session.scalars(select(ReportDraft)).all() == []


def test_the_step_of_an_older_page_hands_nothing_in(
    author: FlaskClient, address: str, do_step: Do, session: Session, ticket: Ticket, office: Office
) -> None:
    author.post(f"{address}/autosave", data=fields(closing="Baru saja diubah."))
    answer = do_step(office.kasubbag, ticket.id, report_draft__revision="0")
    assert answer.status_code == 422
    assert "saved elsewhere" in answer.text
    assert session.scalars(select(StepRun.state).order_by(StepRun.id.desc())).first() == "current"


def test_a_report_with_an_empty_section_is_not_handed_in(
    author: FlaskClient, address: str, do_step: Do, ticket: Ticket, office: Office
) -> None:
    author.post(f"{address}/autosave", data=fields(closing="   "))
    answer = do_step(office.kasubbag, ticket.id)
    assert answer.status_code == 422
    assert "These sections are still empty: V Closing" in answer.text


def test_what_an_earlier_program_kept_as_draft_is_there(
    address: str, author: FlaskClient, session: Session, ticket: Ticket
) -> None:
    step_run = session.scalars(select(StepRun).order_by(StepRun.id.desc())).first()
    assert step_run is not None
    step_run.draft = {"report_draft-general": ["Diketik dahulu."], "report_draft-purpose": ["Maksud lama."]}
    session.commit()
    page = author.get(address).text
    assert "Diketik dahulu." in page
    assert "Identifikasi dilakukan" in page


def test_nobody_else_writes_the_report(
    address: str, client: FlaskClient, office: Office, sign_in: SignIn, session: Session, ticket: Ticket
) -> None:
    for person in (office.pelaksana, office.kabag, make_person(session, KASUBBAG)):
        sign_in(client, person)
        assert client.get(address).status_code == 200
        assert 'id="report-form"' not in client.get(address).text
        for path in ("", "/autosave", "/section", "/versions/1/restore"):
            assert client.post(address + path, data=fields()).status_code == 403, path
        assert client.post(f"{address}/remarks", data={"section": "scope", "body": "Hm"}).status_code == 403
    sign_in(client, office.auditor)
    assert client.get(address).status_code == 200
    assert client.post(address, data=fields()).status_code == 403
    ticket.sensitivity = "rahasia"
    session.commit()
    sign_in(client, make_person(session, KASUBBAG))
    for path in ("", "/versions", "/versions/1", "/compare", "/draft", "/versions/1/pdf"):
        assert client.get(address + path).status_code == 404, path


@pytest.fixture
def returned(
    author: FlaskClient, address: str, do_step: Do, office: Office, ticket: Ticket, sign_in: SignIn
) -> TestResponse:
    """Hand the report in, remark on it as the head, and send it back."""
    author.post(f"{address}/autosave", data=fields(identification="Redaman tidak diukur."))
    do_step(office.kasubbag, ticket.id)
    sign_in(author, office.kabag)
    author.post(f"{address}/remarks", data={"section": "identification", "body": "Sebutkan redamannya."})
    return do_step(
        office.kabag, ticket.id, signed_report__verdict="return", signed_report__reason="Mohon cek."
    )


def test_the_head_sends_the_report_back_with_the_remarks_as_reasons(
    returned: TestResponse, session: Session, office: Office
) -> None:
    assert returned.status_code == 302, returned.text
    steps = session.scalars(select(StepRun).order_by(StepRun.id)).all()
    assert [(one.step_number, one.attempt, one.state) for one in steps[-2:]] == [
        (7, 1, "returned"),
        (6, 2, "current"),
    ]
    assert steps[-2].return_reason == "Mohon cek.\nIII.A Identifikasi Bahan: Sebutkan redamannya."
    assert steps[-1].assignee_id == office.kasubbag.id
    assert session.scalars(select(Document).where(Document.kind == "report")).all() == []
    outputs = session.scalars(select(StepOutput).where(StepOutput.kind == "report_draft")).all()
    assert [one.is_valid for one in outputs] == [False]


def test_the_next_draft_shows_the_remarks_and_what_changed_since_it_came_back(
    returned: TestResponse,
    client: FlaskClient,
    office: Office,
    sign_in: SignIn,
    address: str,
    session: Session,
) -> None:
    sign_in(client, office.kasubbag)
    page = client.get(address).text
    assert "Sebutkan redamannya." in page
    assert "Redaman tidak diukur." in page
    client.post(f"{address}/autosave", data=fields(identification="Redaman 3 dB."))
    page = client.get(address).text
    assert "Changed since version 1 came back" in page
    assert re.search(r"<ins[^>]*>.*?3 dB\.", page)
    remark = session.scalars(select(ReportComment)).one()
    answer = {"section": "identification", "answers": remark.id, "body": "Sudah diukur ulang."}
    client.post(f"{address}/remarks", data=answer)
    client.post(f"{address}/remarks/{remark.id}/settle", data={"settled": "yes"})
    page = client.get(address).text
    assert "Sudah diukur ulang." in page
    assert "Settled" in page


def test_the_corrected_report_is_signed_and_tells_of_the_return(
    returned: TestResponse,
    author: FlaskClient,
    do_step: Do,
    office: Office,
    ticket: Ticket,
    session: Session,
    sign_in: SignIn,
    address: str,
) -> None:
    sign_in(author, office.kasubbag)
    author.post(f"{address}/autosave", data=fields(identification="Redaman 3 dB."))
    assert do_step(office.kasubbag, ticket.id).status_code == 302
    answer = do_step(office.kabag, ticket.id, signed_report__verdict="sign", **SIGNED)
    assert answer.status_code == 302, answer.text
    paper = session.scalars(select(Document).where(Document.kind == "report")).one()
    words = " ".join(
        " ".join(page.extract_text() for page in PdfReader(BytesIO(paper.file.content)).pages).split()
    )
    assert "Redaman 3 dB." in words
    assert "Redaman tidak diukur." not in words
    assert "Dikembalikan" in words
    assert "Sebutkan redamannya." in words


def test_a_return_without_a_word_is_refused_and_asks_no_password(
    walk: Walk, do_step: Do, office: Office, ticket: Ticket
) -> None:
    walk(7)
    answer = do_step(office.kabag, ticket.id, signed_report__verdict="return")
    assert answer.status_code == 422
    assert "Say what has to be corrected" in answer.text
    assert "Give your password" not in answer.text


def test_acts_on_a_report_are_recorded_without_its_words(returned: TestResponse, session: Session) -> None:
    kinds = session.scalars(select(Event.kind)).all()
    assert {"report_version_saved", "report_remark_made", "step_returned"} <= set(kinds)
    for event in session.scalars(select(Event).where(Event.kind.startswith("report_"))):
        assert "redaman" not in str(event.data).lower()


def test_a_ticket_of_the_first_version_has_no_way_back_and_finishes(
    session: Session, office: Office, do_step: Do, client: FlaskClient, walk: Walk, ticket: Ticket
) -> None:
    ticket.run.procedure_version = 1
    session.commit()
    walk(7)
    page = client.get(f"/tickets/{ticket.id}").text
    assert "Send it back for correction" not in page
    sent = {"signed_report__verdict": "return", "signed_report__reason": "Kembali"}
    assert do_step(office.kabag, ticket.id, **sent).status_code == 422
    assert do_step(office.kabag, ticket.id, **SIGNED).status_code == 302
    session.refresh(ticket)
    assert (ticket.run.procedure_version, ticket.status) == (1, "closed")
