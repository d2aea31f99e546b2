"""The pages of procedures: the official form, read as a table too, its PDF, versions and changes."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from io import BytesIO

import pytest
from pypdf import PdfReader

from helpdesk.sop.catalogue import Catalogue, parse_procedure
from helpdesk.sop.form.flow import edges_of
from helpdesk.sop.pages import StepLook
from tests.factories.tickets import make_ticket

NUMBER = "OT.01.02-090-097.Set.PO"


@pytest.fixture
def reader(client, sign_in, office):
    """The Kabag's browser."""
    sign_in(client, office.kabag)
    return client


@pytest.fixture
def two_versions(app, other_text):
    """An application whose catalogue has the other procedure in two versions."""
    old = parse_procedure(other_text, "v2.yaml")
    text = other_text.replace("version: 2", "version: 3").replace(
        "working_minutes: 20", "working_minutes: 45"
    )
    new = parse_procedure(text, "v3.yaml")
    known = app.extensions["catalogue"]
    procedures = {**known.procedures, (old.number, 2): old, (new.number, 3): new}
    app.extensions["catalogue"] = Catalogue(procedures, known.releases)
    return old, new


def words_of(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def test_the_form_says_everything_of_the_identity_sheet(reader, source_procedure):
    page = words_of(reader.get(f"/sop/{NUMBER}").get_data(as_text=True))
    identity = source_procedure.identity
    for said in (identity.number, identity.title.en, identity.approved_by.name, identity.approved_by.nip):
        assert said in page
    for part in ("legal_basis", "related", "equipment", "warnings", "recording"):
        for text in getattr(source_procedure, part):
            assert text.en in page
    assert all(point.title.en in page for point in source_procedure.qualifications)


def test_the_drawing_is_hidden_from_screen_readers_and_the_table_says_the_same(reader, source_procedure):
    html = reader.get(f"/sop/{NUMBER}").get_data(as_text=True)
    drawings = re.findall(r'<svg class="sopf__sheet".*?</svg>', html, re.S)
    assert len(drawings) == 1
    assert 'aria-hidden="true"' in drawings[0][:200]
    table = words_of(re.search(r'<div class="sopf-table.*?</table>', html, re.S)[0])
    for step in source_procedure.steps:
        assert step.activity.en in table
        assert source_procedure.role_of(step).title.en in table
    assert "start, goes on to step 2" in table
    assert "goes on to step 5, return → step 3" in table
    assert drawings[0].count('class="sopf__symbol') == len(source_procedure.steps)
    assert drawings[0].count('class="sopf__arrow') == len(edges_of(source_procedure))


def test_the_versions_say_how_many_tickets_run_under_them(reader, session, now, office):
    ticket = make_ticket(session, now=now)
    page = reader.get(f"/sop/{NUMBER}").get_data(as_text=True)
    table = words_of(re.search(r'id="versions".*?</table>', page, re.S)[0])
    version = ticket.run.procedure_version
    assert re.search(rf"version {version} \d.* 2026 1 1", table)


def test_changes_are_shown_side_by_side_with_both_drawings(reader, two_versions):
    html = reader.get("/sop/OT.99.Uji/changes").get_data(as_text=True)
    page = words_of(html)
    assert "Step 2 (Judge)" in page
    assert "<del>20</del> minutes" in html
    assert "<ins>45</ins> minutes" in html
    assert html.count('class="sopf__sheet"') == 2
    same = reader.get("/sop/OT.99.Uji/changes?from=2&to=2").get_data(as_text=True)
    assert "Both versions say the same." in same
    assert reader.get("/sop/OT.99.Uji/changes?from=2&to=9").status_code == 404


def test_a_procedure_with_one_version_has_no_changes(reader):
    html = reader.get(f"/sop/{NUMBER}/changes?from=1&to=1").get_data(as_text=True)
    assert "Both versions say the same." in html


def test_the_pdf_is_the_official_form(reader):
    answer = reader.get(f"/sop/{NUMBER}/v1/form.pdf")
    assert answer.mimetype == "application/pdf"
    pdf = PdfReader(BytesIO(answer.data))
    assert len(pdf.pages) == 2
    width, height = (float(one) for one in pdf.pages[0].mediabox[2:])
    assert width > height, "A4 across"
    first, second = (page.extract_text() for page in pdf.pages)
    assert "Rabu, 2 Mei 2018" in first
    assert "Dasar Hukum :" in first
    assert "Mutu Baku" in second
    assert pdf.trailer["/Root"]["/Lang"] == "id-ID"
    assert pdf.trailer["/Root"]["/MarkInfo"]["/Marked"]
    again = reader.get(f"/sop/{NUMBER}/v1/form.pdf")
    assert again.data == answer.data, "the same version always gives the same bytes"
    english = PdfReader(BytesIO(reader.get(f"/sop/{NUMBER}/v1/form.pdf?lang=en").data))
    assert "Legal basis :" in english.pages[0].extract_text()


def test_nobody_reads_procedures_without_signing_in(client):
    for path in (f"/sop/{NUMBER}", f"/sop/{NUMBER}/v1/form.pdf", f"/sop/{NUMBER}/changes"):
        assert client.get(path).status_code == 302


def test_a_ticket_is_drawn_as_it_stands(reader, session, now, office):
    ticket = make_ticket(session, now=now)
    html = reader.get(f"/tickets/{ticket.id}/flow").get_data(as_text=True)
    assert html.count("sopf__symbol sopf--waiting") >= 6
    table = words_of(re.search(r'<div class="sopf-table.*?</table>', html, re.S)[0])
    assert table.count("Not yet begun") == 6


def test_what_is_done_late_or_returned_is_said_in_words_and_shown_by_a_sign(session, now, source_procedure):
    look = StepLook("done", due_at=now, finished_at=now + timedelta(minutes=1))
    assert look.was_late
    assert not replace(look, finished_at=now).was_late
    assert not replace(look, state="current").was_late
