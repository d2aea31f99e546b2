"""Every deviation is found once, with who, when and why; the page and the report say the same."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.accounts import qualifications, standing
from helpdesk.documents import facts
from helpdesk.errors import Forbidden, InputInvalid, NotFound
from helpdesk.events import Event
from helpdesk.sop import queries as sop_queries
from helpdesk.tickets import service
from helpdesk.tickets.deviations import service as deviations
from helpdesk.tickets.deviations.queries import list_deviations
from helpdesk.tickets.deviations.rules import (
    Act,
    DeviationKind,
    PassTaken,
    PauseTaken,
    find_deviations,
)
from helpdesk.tickets.deviations.wording import SENTENCES, TITLES, word_deviation
from helpdesk.tickets.rules import Viewer
from tests.factories.acting import do_step, make_acting
from tests.factories.moments import LONG_AGO, MORNING
from tests.factories.people import KABAG, KASUBBAG, Office, make_person
from tests.factories.tickets import make_ticket, make_ticket_office

LATER = MORNING + timedelta(days=1)


def taken(**values: object) -> PassTaken:
    """Return a pass in time; set only what matters."""
    given_values: dict[str, object] = {
        "step_run_id": 1,
        "step_number": 3,
        "attempt": 1,
        "used": 60,
        "allowed": 120,
        "is_late": False,
        "finished_at": MORNING,
        "finished_by_id": 7,
        "official": "Rina",
        **values,
    }
    return PassTaken(**given_values)  # type: ignore[arg-type]


def act(kind: str, *, acting: dict[str, str] | None = None, **data: object) -> Act:
    return Act(kind, MORNING, "Rina", 1, 3, acting, data)


PLH = {"kind": "Plh.", "for_office": KABAG, "decree_number": "SPT-1", "for_person": "Dewi"}


@pytest.mark.parametrize(
    ("passes", "acts", "kinds"),
    [
        ([taken()], [], []),
        ([taken(is_late=True, used=130)], [], ["late"]),
        ([taken(return_reason="Belum lengkap.")], [], ["returned"]),
        ([taken(drafted_by=frozenset({7}))], [], ["own_draft"]),
        ([taken(drafted_by=frozenset({8}))], [], []),
        ([taken(pauses=(PauseTaken(MORNING, 120, "requester", "Data."),))], [], []),
        ([taken(pauses=(PauseTaken(MORNING, 121, "requester", "Data."),))], [], ["long_pause"]),
        ([], [act("step_taken_over", before="Budi", reason="Sakit.")], ["taken_over"]),
        ([], [act("step_taken_over", before="Budi", reason="x", escalated=True)], ["escalated"]),
        ([], [act("step_completed", acting=PLH)], ["acting"]),
        ([], [act("step_completed")], []),
        ([], [act("internal_note", acting=PLH)], []),
        ([], [act("assignee_unqualified", assignee="Yoh", codes=["teamwork"])], ["unqualified"]),
    ],
)
def test_each_way_to_deviate_is_found_and_nothing_else(
    passes: list[PassTaken], acts: list[Act], kinds: list[str]
) -> None:
    assert [one.kind.value for one in find_deviations(passes, acts, {})] == kinds


def test_a_reason_given_by_hand_stands_with_its_deviation_only() -> None:
    found = find_deviations(
        [taken(is_late=True, return_reason="Ulangi.")], [], {(1, "late"): "Listrik padam."}
    )
    assert {one.kind.value: one.reason for one in found} == {"late": "Listrik padam.", "returned": "Ulangi."}


moments = st.integers(0, 10_000).map(lambda minutes: MORNING + timedelta(minutes=minutes))
passes = st.builds(
    taken,
    step_run_id=st.integers(1, 5),
    is_late=st.booleans(),
    finished_at=st.none() | moments,
    return_reason=st.sampled_from(["", "Ulangi."]),
)


@settings(deadline=None)
@given(st.lists(passes, max_size=6))
def test_deviations_stand_in_the_order_in_which_they_happened_and_what_goes_on_last(
    several: list[PassTaken],
) -> None:
    found = find_deviations(several, [], {})
    ended = [one.at for one in found if one.at is not None]
    assert ended == sorted(ended)
    assert [one.at is None for one in found] == sorted(one.at is None for one in found)
    assert len(found) == sum(one.is_late + bool(one.return_reason) for one in several)


def test_every_kind_has_words_in_both_languages() -> None:
    for kind in DeviationKind:
        for language in ("id", "en"):
            assert TITLES[kind].in_language(language)
            assert kind is DeviationKind.RETURNED or SENTENCES[kind].in_language(language)


@pytest.mark.parametrize("language", ["id", "en"])
def test_each_deviation_is_a_sentence(language: str) -> None:
    procedure = make_ticket_office().catalogue.get_procedure("OT.01.02-090-097.Set.PO")
    passes = [
        taken(is_late=True, used=130, attempt=2),
        taken(drafted_by=frozenset({7}), pauses=(PauseTaken(MORNING, 500, "agency", "Menunggu."),)),
        taken(is_late=True, finished_at=None),
    ]
    acts = [
        act("step_completed", acting=PLH),
        act("step_taken_over", before="Budi", reason="Sakit."),
        act("assignee_unqualified", assignee="Yoh", codes=["teamwork", "unknown"]),
    ]
    for one in find_deviations(passes, acts, {}):
        sentence = word_deviation(one, procedure, language).sentence
        assert sentence.endswith(".")
        assert "%(" not in sentence


def test_the_page_and_the_report_list_what_happened_on_the_ticket(session: Session, office: Office) -> None:
    standing.listen_to_acts()
    desk, ticket = make_ticket_office(), make_ticket(session)
    colleague = make_person(session, KASUBBAG)
    make_acting(session, colleague, KABAG, place_of=office.kabag)
    do_step(session, ticket, colleague, to=office.kasubbag)
    service.take_over(
        session,
        ticket,
        Viewer(colleague.id, frozenset({KASUBBAG}), sees_all=False),
        reason="Kasubbag sakit.",
        office=desk,
        by=colleague,
        now=MORNING,
    )
    session.expire_all()
    do_step(session, ticket, colleague, to=office.pelaksana, now=LATER)
    do_step(session, ticket, office.pelaksana, now=LATER)
    do_step(session, ticket, colleague, sends_back="Belum lengkap.", now=LATER)
    found = list_deviations(session, ticket, desk, now=LATER)
    assert [(one.step_number, one.kind.value) for one in found] == [
        (1, "acting"),
        (2, "taken_over"),
        (2, "late"),
        (4, "returned"),
    ]
    rows = facts.deviations(session, ticket, desk, now=LATER)
    assert [row.step_number for row in rows] == [1, 2, 2, 4]
    assert "Plh. Kabag Data dan Informasi" in rows[0].description
    assert "Alasan: Kasubbag sakit." in rows[1].description
    assert rows[3].description == "Belum lengkap."


def test_who_did_a_late_step_says_why_and_nobody_else(session: Session, office: Office) -> None:
    desk, ticket = make_ticket_office(), make_ticket(session)
    done = do_step(session, ticket, office.kabag, to=office.kasubbag, now=LATER)

    def explain(by: object, reason: str = "Listrik padam.", kind: DeviationKind = DeviationKind.LATE) -> None:
        deviations.give_reason(session, ticket, done, kind, reason, office=desk, by=by, now=LATER)  # type: ignore[arg-type]

    with pytest.raises(Forbidden):
        explain(office.kasubbag)
    with pytest.raises(InputInvalid):
        explain(office.kabag, "  ")
    with pytest.raises(NotFound):
        explain(office.kabag, kind=DeviationKind.RETURNED)
    explain(office.kabag, "Rapat.")
    explain(office.kabag)
    (late,) = list_deviations(session, ticket, desk, now=LATER)
    assert late.reason == "Listrik padam."
    assert session.scalars(select(Event).where(Event.kind == "deviation_explained")).first() is not None


def test_an_assignee_without_a_qualification_is_recorded_and_listed(session: Session, office: Office) -> None:
    wanted = [
        one.code
        for one in make_ticket_office().catalogue.get_procedure("OT.01.02-090-097.Set.PO").qualifications
    ]
    for code in wanted[1:]:
        qualifications.record_qualification(
            session,
            office.kasubbag,
            code,
            evidence="Sertifikat",
            valid_from=LONG_AGO,
            valid_until=None,
            by=office.admin,
            now=MORNING,
        )
    ticket = make_ticket(session)
    do_step(session, ticket, office.kabag, to=office.kasubbag)
    (found,) = list_deviations(session, ticket, make_ticket_office(), now=MORNING)
    assert (found.kind, found.step_number) == (DeviationKind.UNQUALIFIED, 1)
    assert found.facts["codes"] == (wanted[0],)
    assert found.facts["assignee"] == office.kasubbag.name


def test_a_ticket_done_as_the_sop_says_has_no_deviation(session: Session, office: Office) -> None:
    ticket = make_ticket(session)
    do_step(session, ticket, office.kabag, to=office.kasubbag)
    do_step(session, ticket, office.kasubbag, to=office.pelaksana)
    assert sop_queries.find_current(ticket.run) is not None
    assert list_deviations(session, ticket, make_ticket_office(), now=MORNING) == ()
