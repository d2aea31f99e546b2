"""The forms of the generic outputs on the page of a step: nothing typed is lost, each mistake is said."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from helpdesk import clock
from helpdesk.documents.models import Document
from helpdesk.sop import queries as sop_queries
from helpdesk.tickets.models import Attachment, EvidenceItem
from tests.conftest import SignIn
from tests.factories.journey_data import PICTURE
from tests.factories.journey_walks import Walk, walk_to
from tests.factories.journeys import list_journeys
from tests.factories.moments import MORNING
from tests.factories.pages import read_form
from tests.factories.people import PASSWORD

JOURNEY = next(one for one in list_journeys() if one.name == "gangguan teratasi")


class Page:
    """The page of one step, with what stands in its form."""

    def __init__(self, client: FlaskClient, walk: Walk, step: str) -> None:
        self.client, self.walk = client, walk
        current = next(one for one in sop_queries.list_current(walk.ticket.run) if one.step_id == step)
        self.step_run_id = current.id
        self.fields: MultiDict[str, str] = MultiDict()
        self.open()

    def open(self) -> str:
        """Look at the page."""
        answer = self.client.get(f"/tickets/{self.walk.ticket.id}?step_run={self.step_run_id}")
        self.fields = read_form(answer.text, "step-form")[1]
        return str(answer.text)

    def send(self, action: str = "complete", **files: tuple[bytes, str]) -> TestResponse:
        """Press a button; where the form is shown again, what stands in it now is kept."""
        sent = MultiDict(self.fields)
        sent["action"] = action
        for name, (content, file_name) in files.items():
            sent[name.replace("__", "-")] = (io.BytesIO(content), file_name)
        url = f"/tickets/{self.walk.ticket.id}/step"
        answer = self.client.post(url, data=sent, content_type="multipart/form-data")
        if answer.status_code != 302:
            self.fields = read_form(answer.text, "step-form")[1]
        return answer

    def yielded(self, code: str) -> dict[str, object]:
        """Return what the step yielded."""
        self.walk.session.expire_all()
        found = sop_queries.find_output_by_code(self.walk.ticket.run, code)
        assert found is not None
        return found.data


def typed(page: Page) -> dict[str, list[str]]:
    """Return what a person can change in the form."""
    own = ("version", "csrf_token")
    return {name: page.fields.getlist(name) for name in page.fields if name not in own}


@pytest.fixture
def page_of(
    client: FlaskClient, sign_in: SignIn, session: Session, monkeypatch: pytest.MonkeyPatch
) -> Callable[[str], Page]:
    """Return what brings a ticket to a step and opens its page for whoever does it."""
    monkeypatch.setattr(clock, "now", lambda: MORNING)

    def page_of(step: str) -> Page:
        walk, move = walk_to(session, JOURNEY, step)
        sign_in(client, walk.people[move.by])
        return Page(client, walk, step)

    return page_of


def test_every_field_that_is_missing_says_so_and_what_was_typed_stays(
    page_of: Callable[[str], Page],
) -> None:
    page = page_of("record")
    page.fields["incident_record-field-symptom"] = "Lampu tautan padam."
    answer = page.send()
    assert answer.status_code == 422
    assert answer.text.count("This field must be filled in.") >= 5
    assert "Lampu tautan padam." in answer.text


def test_a_number_is_read_as_people_write_it_and_held_to_its_limits(page_of: Callable[[str], Page]) -> None:
    page = page_of("record")
    page.fields["incident_record-field-users_affected"] = "banyak"
    assert "Write a number, for instance 12 or 12,5." in page.send().text
    assert page.fields["incident_record-field-users_affected"] == "banyak"
    page.fields["incident_record-field-users_affected"] = "2,5"
    assert "Use at most 0 decimals." in page.send().text
    page.fields["incident_record-field-users_affected"] = "0"
    assert "Write a number of at least 1." in page.send().text


def test_a_draft_keeps_every_kind_of_field(page_of: Callable[[str], Page]) -> None:
    page = page_of("record")
    page.fields["disturbance_report-field-felt_at"] = "08:15"
    page.fields["incident_record-field-severity"] = "high"
    page.fields.setlist("incident_record-field-services", ["mail", "telephony"])
    page.fields["first_checks-item-power"] = "y"
    before = typed(page)
    assert page.send("save").status_code == 302
    page.open()
    assert typed(page) == before


def test_a_row_is_added_and_taken_out_without_losing_the_others(page_of: Callable[[str], Page]) -> None:
    page = page_of("repair")
    page.fields["repair_log-rows-0-field-action"] = "Satu"
    page.send("add-row repair_log")
    page.fields["repair_log-rows-1-field-action"] = "Dua"
    page.send("add-row repair_log")
    page.fields["repair_log-rows-2-field-action"] = "Tiga"
    answer = page.send("remove-row repair_log 1")
    assert answer.status_code == 200
    actions = [value for name, value in page.fields.items() if name.endswith("-field-action")]
    assert actions == ["Satu", "Tiga"]


def test_an_empty_row_is_no_row_and_a_table_without_rows_is_refused(page_of: Callable[[str], Page]) -> None:
    page = page_of("inform-units")
    assert "Fill in at least 1 row." in page.send().text
    row = "units_informed-rows-0-field-"
    page.fields[f"{row}unit"] = "Biro Umum"
    assert "This field must be filled in." in page.send().text
    page.fields[f"{row}informed_at"], page.fields[f"{row}manner"] = "09.05", "phone"
    page.send("add-row units_informed")
    assert page.send().status_code == 302
    assert page.yielded("units_informed") == {
        "rows": [{"unit": "Biro Umum", "informed_at": "09:05", "manner": "phone"}]
    }


def test_a_checklist_that_asks_for_all_is_not_completed_with_less(page_of: Callable[[str], Page]) -> None:
    page = page_of("close")
    page.fields["closing_checks-item-filed"] = "y"
    answer = page.send()
    assert answer.status_code == 422
    assert answer.text.count("This has to be done before the step is completed.") >= 2
    assert page.fields["closing_checks-item-filed"] == "y"


def test_a_file_is_kept_at_once_and_chosen_only_once(page_of: Callable[[str], Page]) -> None:
    page = page_of("write-report")
    page.fields["incident_report-section-0"] = "Kata pengantar yang panjang."
    answer = page.send("upload", attachments__upload=(PICTURE, "foto.png"))
    assert answer.status_code == 200
    assert page.fields["incident_report-section-0"] == "Kata pengantar yang panjang."
    kept = page.walk.session.scalars(select(Attachment)).one()
    assert page.fields.getlist("attachments-files") == [str(kept.id)]
    assert page.send().status_code == 302
    [file] = page.yielded("attachments")["files"]  # type: ignore[misc]
    assert file["sha256"] == kept.file.sha256
    assert page.walk.session.scalars(select(EvidenceItem.title)).all() == ["foto.png"]


@pytest.mark.parametrize(
    ("content", "name", "says"),
    [
        (b"MZ", "foto.exe", "is of a kind that is not taken"),
        (b"teks", "catatan.txt", "is of a kind that this step does not take"),
        (b"bukan gambar", "foto.png", "is not a PNG file"),
    ],
)
def test_a_file_that_is_not_taken_says_why_and_nothing_is_lost(
    page_of: Callable[[str], Page], content: bytes, name: str, says: str
) -> None:
    page = page_of("write-report")
    page.fields["attachments-note"] = "Catatan lampiran."
    answer = page.send(attachments__upload=(content, name))
    assert answer.status_code == 422
    assert says in answer.text
    assert page.fields["attachments-note"] == "Catatan lampiran."
    assert page.walk.session.scalars(select(Attachment)).all() == []


def test_a_paper_can_be_looked_at_before_it_is_handed_in(page_of: Callable[[str], Page]) -> None:
    page = page_of("write-report")
    url = f"/tickets/{page.walk.ticket.id}/papers/incident_report/preview"
    answer = page.client.post(url, data=page.fields)
    assert answer.mimetype == "application/pdf"
    assert answer.data.startswith(b"%PDF-")
    assert page.walk.session.scalars(select(Document.id).where(Document.kind == "paper")).all() == []
    assert page.client.post(url.replace("incident_report", "attachments")).status_code == 404


def test_the_draft_has_no_number_and_the_signed_paper_takes_one(page_of: Callable[[str], Page]) -> None:
    page = page_of("sign")
    kept = page.walk.session.scalars(select(Document).where(Document.kind == "paper")).one()
    assert kept.number is None
    page.fields["signed_incident_report-has_read"] = "y"
    page.fields["signed_incident_report-password"] = "bukan ini kata sandinya"
    assert page.send().status_code in (403, 422)
    page.fields["signed_incident_report-has_read"] = "y"
    page.fields["signed_incident_report-password"] = PASSWORD
    assert page.send().status_code == 302
    numbers = page.walk.session.scalars(
        select(Document.number).where(Document.kind == "paper").order_by(Document.id)
    ).all()
    assert numbers == [None, "ND-0001/2026"]


def test_a_return_needs_a_reason_and_no_password(page_of: Callable[[str], Page]) -> None:
    page = page_of("sign")
    page.fields["signed_incident_report-verdict"] = "return"
    assert "Say what has to be corrected" in page.send().text
    page.fields["signed_incident_report-reason"] = "Lengkapi nomor inventaris."
    assert page.send().status_code == 302
    page.walk.session.expire_all()
    assert page.walk.open_steps == ("write-report",)


def test_in_another_pass_nobody_types_it_all_again(page_of: Callable[[str], Page], sign_in: SignIn) -> None:
    page = page_of("sign")
    page.fields["signed_incident_report-verdict"] = "return"
    page.fields["signed_incident_report-reason"] = "Lengkapi."
    page.send()
    page.walk.session.expire_all()
    sign_in(page.client, page.walk.people["koordinator"])
    again = Page(page.client, page.walk, "write-report")
    assert again.fields["incident_report-section-0"] == "Gangguan dilaporkan oleh **Badan Contoh Nasional**."


def test_enter_in_a_field_completes_the_step(page_of: Callable[[str], Page]) -> None:
    page = page_of("inform-units")
    text = page.open()
    form = text[text.index('id="step-form"') :]
    # A browser presses the first button of the form; without a name it completes.
    assert form[form.index("<button") :].startswith('<button type="submit" hidden>')
    url = f"/tickets/{page.walk.ticket.id}/step"
    answer = page.client.post(url, data={**page.fields, "units_informed-rows-0-field-unit": "Biro Umum"})
    assert answer.status_code == 422
    assert "This field must be filled in." in answer.text
