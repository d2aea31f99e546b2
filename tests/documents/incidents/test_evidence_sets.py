"""What is known of a device when its trouble opens a ticket is frozen within a minute, once, and whole."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session, sessionmaker

from config import Letterhead
from helpdesk.archive.packing import _evidence
from helpdesk.devices import credentials
from helpdesk.devices.models import Device
from helpdesk.documents.attachments import evidence_attachments
from helpdesk.documents.incidents import service
from helpdesk.documents.incidents.annexes import incident_annexes
from helpdesk.documents.incidents.tables import to_csv
from helpdesk.documents.pdf import render_document
from helpdesk.documents.rules import DocumentKind, ReportData
from helpdesk.evidence import service as evidence
from helpdesk.evidence.configurations.service import keep_output
from helpdesk.evidence.models import SnapshotRun
from helpdesk.evidence.traps.service import keep_traps
from helpdesk.findings import service as findings_service
from helpdesk.tickets import service as tickets_service
from helpdesk.tickets.automatic import service as automatic
from helpdesk.tickets.incidents import queries
from helpdesk.tickets.incidents.models import EvidenceSet
from helpdesk.tickets.incidents.rules import (
    FREEZE_WITHIN,
    WAIT_FOR_FRESH_LOOK,
    Part,
    may_be_frozen,
    pack,
    read_manifest,
    read_member,
)
from helpdesk.tickets.incidents.service import lease_set
from helpdesk.tickets.models import Ticket
from network import CommandOutput, Neighbour
from network.health.rulebook import shipped_rules
from tests.factories.lab import LabAgent, running_agents
from tests.factories.moments import MORNING
from tests.factories.network import make_device
from tests.factories.people import KABAG, make_person
from tests.factories.snapshots import make_facts, make_port, store
from tests.factories.tickets import NUMBER, make_ticket_office

RING = {"k1": bytes(32)}
SETTINGS = SimpleNamespace(zone=ZoneInfo("Asia/Jakarta"), key_ring=lambda: RING)
OFFICE = SimpleNamespace(
    automatic_tickets=True, procedure_number=NUMBER, ticket_prefix="TKT", letterhead=Letterhead()
)
STEP = timedelta(minutes=20)
SOON = timedelta(seconds=20)


def rules() -> dict[str, Any]:
    shipped = dict(shipped_rules())
    shipped["port_went_down"] = shipped["port_went_down"].model_copy(update={"opens_ticket": True})
    return shipped


@pytest.fixture(scope="module")
def lab_agent() -> Iterator[LabAgent]:
    """One agent that answers at once."""
    with running_agents(1) as agents:
        yield agents[0]


@pytest.fixture
def device(session: Session, lab_agent: LabAgent) -> Device:
    """A device that answers, and whose troubles open tickets."""
    findings_service.listen_to_snapshots(rules())
    tickets_service.listen_to_events()
    automatic.listen_to_findings(rules(), OFFICE, lambda _session: make_ticket_office())
    credential = credentials.add_credential(
        session,
        name="umum",
        kind="snmp_v2c",
        public={},
        secret={"community": lab_agent.community},
        ring=RING,
        now=MORNING,
    )
    made = make_device(
        session,
        name="sw-inti",
        address="127.0.0.1",
        snmp_port=lab_agent.port,
        snmp_credential_id=credential.id,
    )
    session.commit()
    return made


def facts(device: Device, at: datetime, number: int, state: str = "up") -> Any:
    none = {"in_errors": 0, "out_errors": 0, "in_discards": 0, "out_discards": 0}
    port = make_port(oper_status=state, in_octets=number * 10**9, out_octets=number * 10**8, **none)
    seen = Neighbour(protocol="lldp", local_interface="Gi1", remote_name="=sw-lantai-2", remote_port="Gi24")
    return make_facts(device, at, port, neighbours=(seen,))


@pytest.fixture
def event_at(session: Session, device: Device) -> datetime:
    """A port falls after a quiet hour: the moment of it."""
    text = "hostname sw-inti\ninterface Gi1\n no shutdown\nend"
    for at, printed in ((0, text), (1, text.replace(" no shutdown", " shutdown"))):
        output = CommandOutput(command="show running-config", output=printed, complete=True, duration_ms=5)
        keep_output(session, device.id, output, platform="cisco_ios", taken_at=MORNING + STEP * at)
    for number in range(3):
        store(session, device, facts(device, MORNING + STEP * number, number))
    trap = SimpleNamespace(
        received_at=MORNING + STEP * 3 - SOON,
        source="127.0.0.1",
        version="v2c",
        oid="1.3.6.1.6.3.1.1.5.3",
        uptime_seconds=None,
        varbinds=[],
        kind=None,
    )
    keep_traps(session, [trap], now=trap.received_at)
    at = MORNING + STEP * 3
    store(session, device, facts(device, at, 3, "down"))
    session.commit()
    return at


def asked(session: Session) -> EvidenceSet:
    session.expire_all()
    return session.scalars(select(EvidenceSet)).one()


def look_again(session: Session, device: Device, at: datetime) -> None:
    """Let the fresh look that the ticket asked for come in."""
    row = asked(session)
    run = session.get_one(SnapshotRun, row.run_id)
    run.state = "done"
    evidence.store_snapshot(session, run, facts(device, at, 4, "down"), now=at)
    session.commit()


def freeze(engine: Engine, at: datetime) -> int:
    return service.freeze_due_sets(sessionmaker(engine), SETTINGS, rules(), now=lambda: at)


def table(packed: bytes, name: str) -> list[dict[str, str]]:
    content = read_member(packed, name)
    assert content is not None
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def frozen(session: Session) -> bytes:
    row = asked(session)
    assert row.attachment is not None
    return row.attachment.file.content


def test_all_that_is_known_at_the_event_is_frozen_within_a_minute(
    engine: Engine, session: Session, device: Device, event_at: datetime
) -> None:
    look_again(session, device, event_at + SOON)
    assert freeze(engine, event_at + SOON * 2) == 1
    row, packed = asked(session), frozen(session)
    assert row.frozen_at is not None
    assert row.frozen_at - row.event_at <= FREEZE_WITHIN
    manifest = read_manifest(packed)
    assert manifest["finding"] == "Port Gi1 yang sebelumnya aktif kini terputus."
    by_name = {one["name"]: one for one in manifest["files"]}
    assert sorted(by_name) == [
        "cuplikan-1-sebelum.json",
        "cuplikan-2-kejadian.json",
        "cuplikan-3-sesudah.json",
        *sorted(
            f"grafik-{name}.{kind}" for name in ("01-jam", "06-jam", "24-jam") for kind in ("csv", "png")
        ),
        "grafik.json",
        "jalur.csv",
        "keterjangkauan.csv",
        "konfigurasi.diff.txt",
        "pembacaan-24-jam.csv",
        "perubahan.csv",
        "rute.csv",
        "temuan.csv",
        "tetangga.csv",
        "trap.csv",
    ]
    assert all(one["complete"] for one in manifest["files"])
    before = json.loads(read_member(packed, "cuplikan-1-sebelum.json") or b"")
    after = json.loads(read_member(packed, "cuplikan-3-sesudah.json") or b"")
    assert [one["interfaces"][0]["oper_status"] for one in (before, after)] == ["up", "down"]
    assert [row["milidetik"] != "" for row in table(packed, "keterjangkauan.csv")] == [True] * 5
    (hop,) = table(packed, "rute.csv")
    assert (hop["lompatan"], hop["alamat"], hop["akhir"]) == ("1", "127.0.0.1", "ya")
    assert len(table(packed, "pembacaan-24-jam.csv")) == 5
    assert {"objek": "Gi1", "perubahan": "oper_status", "sebelum": "up", "sesudah": "down"} in table(
        packed, "perubahan.csv"
    )
    assert [row["aturan"] for row in table(packed, "temuan.csv")] == [
        "port_went_down",
        "configuration_changed",
    ]
    assert [row["oid"] for row in table(packed, "trap.csv")] == ["1.3.6.1.6.3.1.1.5.3"]
    difference = (read_member(packed, "konfigurasi.diff.txt") or b"").decode()
    assert "- no shutdown\n" in difference
    assert "+ shutdown\n" in difference


def test_the_graphs_are_pictures_and_numbers_of_the_port_that_fell(
    engine: Engine, session: Session, device: Device, event_at: datetime
) -> None:
    look_again(session, device, event_at + SOON)
    freeze(engine, event_at + SOON)
    packed = frozen(session)
    assert (read_member(packed, "grafik-06-jam.png") or b"").startswith(b"\x89PNG")
    traffic = [row for row in table(packed, "grafik-06-jam.csv") if row["metrik"] == "in_bps"]
    # A gigabyte in twenty minutes.
    assert {row["objek"] for row in traffic} == {"Gi1"}
    assert float(traffic[0]["rata_rata"]) == pytest.approx(8e9 / 1200, rel=0.01)
    drawn = json.loads(read_member(packed, "grafik.json") or b"{}")
    assert [one["title"] for one in drawn["06-jam"]] == ["Lalu lintas Gi1", "Galat Gi1", "Paket dibuang Gi1"]


def test_the_fresh_look_is_waited_for_and_never_longer_than_a_minute(
    engine: Engine, session: Session, event_at: datetime
) -> None:
    assert freeze(engine, event_at + SOON) == 0
    assert freeze(engine, event_at + WAIT_FOR_FRESH_LOOK) == 1
    listed = {one["title"]: one for one in read_manifest(frozen(session))["files"]}
    missing = listed["Cuplikan sesudah kejadian"]
    assert (missing["complete"], missing["remark"]) == (False, "Belum selesai dibaca")
    assert WAIT_FOR_FRESH_LOOK + timedelta(seconds=10) < FREEZE_WITHIN


def test_the_set_is_evidence_of_the_ticket_wherever_evidence_goes(
    engine: Engine, session: Session, device: Device, event_at: datetime
) -> None:
    look_again(session, device, event_at + SOON)
    freeze(engine, event_at + SOON)
    ticket = session.scalars(select(Ticket)).one()
    (item,) = [one for one in ticket.evidence if queries.is_set(one)]
    packed = frozen(session)
    assert item.sha256 == hashlib.sha256(packed).hexdigest()
    assert item.step_run_id == ticket.run.steps[0].id
    assert ticket.files_of_request == [], "nobody sent it: it is no file of the requester"
    archived = [part for part in _evidence(session, ticket) if part.path.endswith(".zip")]
    assert [part.content for part in archived] == [packed]
    attached = {one.name: one for one in evidence_attachments(session, ticket)}
    assert f"kejadian-{item.id}-temuan.csv" in attached
    assert f"kejadian-{item.id}-daftar-isi.json" in attached
    (annex,) = incident_annexes(ticket)
    drawn = annex.to_dict("Asia/Jakarta")
    assert drawn["sha256"] == item.sha256
    assert [len(window["panels"]) for window in drawn["windows"]] == [3, 3, 3]


def test_the_report_draws_the_frozen_graphs_and_lists_every_file(
    engine: Engine, session: Session, device: Device, event_at: datetime, report: ReportData, pdf_text: Any
) -> None:
    look_again(session, device, event_at + SOON)
    freeze(engine, event_at + SOON)
    (annex,) = incident_annexes(session.scalars(select(Ticket)).one())
    data = replace(report, incidents=(annex,)).to_dict()
    text = pdf_text(render_document(DocumentKind.REPORT, data))
    assert "BAHAN KEJADIAN sw-inti" in text
    assert "6 jam sampai saat dibekukan" in text
    assert "Lalu lintas Gi1" in text
    assert "Waktu tempuh pertanyaan SNMP" in text


def test_a_set_is_frozen_once_whoever_comes_at_the_same_moment(
    engine: Engine, session: Session, device: Device, event_at: datetime
) -> None:
    look_again(session, device, event_at + SOON)
    row_id, at = asked(session).id, event_at + SOON
    session.commit()
    sessions = sessionmaker(engine)
    with ThreadPoolExecutor(4) as threads:
        done = list(
            threads.map(
                lambda _: service.freeze_set(sessions, row_id, SETTINGS, rules(), now=lambda: at), range(4)
            )
        )
    assert sorted(done) == [False, False, False, True]
    ticket = session.scalars(select(Ticket)).one()
    assert sum(queries.is_set(item) for item in ticket.evidence) == 1


def test_one_that_was_killed_is_frozen_by_another(
    engine: Engine, session: Session, device: Device, event_at: datetime
) -> None:
    look_again(session, device, event_at + SOON)
    assert lease_set(session, asked(session).id, now=event_at + SOON) is not None
    session.commit()
    assert freeze(engine, event_at + SOON) == 0
    assert freeze(engine, event_at + timedelta(minutes=2)) == 1


def test_a_ticket_that_is_over_gets_no_more_evidence(
    engine: Engine, session: Session, event_at: datetime
) -> None:
    ticket = session.scalars(select(Ticket)).one()
    tickets_service.cancel_ticket(
        session,
        ticket,
        reason="Sudah diperbaiki.",
        office=make_ticket_office(),
        by=make_person(session, KABAG),
        role=KABAG,
        now=event_at + SOON,
    )
    session.commit()
    assert freeze(engine, event_at + timedelta(minutes=1)) == 0
    assert asked(session).state == "dropped"


def test_a_member_that_is_not_what_was_listed_is_not_handed_out() -> None:
    part = Part(name="a.csv", title="A", content=b"1", at=MORNING)
    packed = pack({"device": "sw"}, [part])
    assert packed == pack({"device": "sw"}, [part])
    changed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(packed)) as old, zipfile.ZipFile(changed, "w") as new:
        new.writestr("a.csv", b"2")
        new.writestr("daftar-isi.json", old.read("daftar-isi.json"))
    assert read_member(packed, "a.csv") == b"1"
    assert read_member(changed.getvalue(), "a.csv") is None
    assert read_member(packed, "b.csv") is None


@given(st.booleans(), st.integers(0, 120))
def test_a_set_is_due_with_the_fresh_look_or_in_time_without_it(has_look: bool, seconds: int) -> None:
    due = may_be_frozen(MORNING, has_fresh_look=has_look, now=MORNING + timedelta(seconds=seconds))
    assert due == (has_look or seconds >= 40)


@given(st.lists(st.lists(st.none() | st.text(max_size=8), min_size=2, max_size=2), max_size=5))
def test_no_cell_is_a_formula_to_a_spreadsheet(rows: list[list[str | None]]) -> None:
    read = list(csv.reader(io.StringIO(to_csv(("a", "b"), rows).decode("utf-8-sig"), newline="")))
    assert len(read) == len(rows) + 1
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for row in read for cell in row)
