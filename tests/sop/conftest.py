"""Procedures for the tests of the engine: the shipped one, and a small other one in the same form."""

from __future__ import annotations

import pytest

from helpdesk.sop.catalogue import load_catalogue, parse_procedure
from helpdesk.sop.schema import Procedure

NUMBER = "OT.01.02-090-097.Set.PO"

OTHER_PROCEDURE = """\
version: 2
released: true
identity:
  number: OT.99.Uji
  kind: makro
  title: {id: Penanganan Gangguan, en: Handling of a Disturbance}
  agency: {id: Badan Uji, en: Test Agency}
  secretariat: {id: Sekretariat, en: Secretariat}
  bureau: {id: Biro Umum, en: General Bureau}
  created_on: 2026-01-05
  revised_on: 2026-02-02
  revision: 1
  effective_on: 2026-03-02
  approved_by: {office: {id: Kepala, en: Head}, name: Budi, nip: "199001012015011001"}
legal_basis: [{id: Dasar, en: Basis}]
qualifications: [{code: trained, title: {id: Terlatih, en: Trained}}]
related: []
equipment: []
warnings: []
recording: []
roles:
  - {code: chief, title: {id: Kepala, en: Chief}, full_title: {id: Kepala Badan, en: Chief}, superior: null}
  - {code: clerk, title: {id: Staf, en: Clerk}, full_title: {id: Staf, en: Clerk}, superior: chief}
externals:
  - {code: plan, kind: work_programme_item, title: {id: Rencana, en: Plan}}
steps:
  - number: 1
    id: look
    title: {id: Memeriksa, en: Look}
    role: clerk
    activity: {id: Memeriksa, en: Looks}
    needs: [plan]
    working_minutes: 15
    yields: [{code: finding, kind: identification, title: {id: temuan, en: finding}}]
    next: judge
  - number: 2
    id: judge
    title: {id: Menilai, en: Judge}
    role: chief
    activity: {id: Menilai, en: Judges}
    needs: [finding]
    working_minutes: 20
    yields: [{code: verdict, kind: verification, title: {id: penilaian, en: verdict}}]
    next: close
  - number: 3
    id: close
    title: {id: Menutup, en: Close}
    role: chief
    activity: {id: Menutup, en: Closes}
    needs: [finding, verdict]
    working_minutes: 5
    yields: [{code: letter, kind: signed_report, title: {id: surat, en: letter}}]
    returns_to: look
    next: end
"""


@pytest.fixture(scope="session")
def source_procedure() -> Procedure:
    """The shipped SOP."""
    return load_catalogue().get_procedure(NUMBER)


@pytest.fixture(scope="session")
def other_procedure() -> Procedure:
    """Another office's procedure: other roles, other steps, a longer way back."""
    return parse_procedure(OTHER_PROCEDURE, "v2.yaml")


@pytest.fixture
def other_text() -> str:
    """The other procedure as its file."""
    return OTHER_PROCEDURE
