"""A caller below the pages names a paper of the very ticket, with its digest, or is refused."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from config import HelpdeskSettings
from helpdesk.documents import signing
from helpdesk.documents.models import Document
from helpdesk.documents.papers.checks import register_checks
from helpdesk.sop import queries as sop_queries
from helpdesk.sop.errors import OutputInvalid
from helpdesk.sop.service import Yield
from helpdesk.tickets import service
from tests.factories.journey_walks import Walk, walk_to
from tests.factories.journeys import list_journeys
from tests.factories.moments import MORNING

JOURNEY = next(one for one in list_journeys() if one.name == "gangguan teratasi")


@pytest.fixture
def walk(session: Session, settings: HelpdeskSettings) -> Walk:
    """Return a ticket whose paper waits for its signature."""
    signing.use_settings(settings)
    register_checks()
    return walk_to(session, JOURNEY, "sign")[0]


def hand_in(walk: Walk, data: dict[str, Any]) -> None:
    [current] = sop_queries.list_current(walk.ticket.run)
    output = walk.procedure.find_output("signed_incident_report")
    assert output is not None
    service.complete_step(
        walk.session,
        walk.ticket,
        step_run=current,
        version=current.version,
        yields=[Yield(output, data)],
        office=walk.office,
        by=walk.people["kabag"],
        now=MORNING,
    )


def test_a_draft_is_no_signature(walk: Walk) -> None:
    draft = walk.session.scalars(select(Document).where(Document.kind == "paper")).one()
    with pytest.raises(OutputInvalid):
        hand_in(walk, {"document_id": draft.id, "number": "", "sha256": draft.file.sha256})


def test_another_kind_of_paper_or_none_is_no_signature(walk: Walk) -> None:
    sheet = walk.session.scalars(select(Document).where(Document.kind == "paper")).one()
    for data in (
        {"document_id": sheet.id, "number": "ND-0009/2026", "sha256": "0" * 64},
        {"document_id": 4711, "number": "ND-0009/2026", "sha256": sheet.file.sha256},
    ):
        with pytest.raises(OutputInvalid):
            hand_in(walk, data)
    assert walk.open_steps == ("sign",)
