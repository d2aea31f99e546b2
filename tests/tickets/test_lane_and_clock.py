"""The lane of a ticket and the clock of its step say the same."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from helpdesk.tickets.models import Ticket
from helpdesk.tickets.presenters import lane_of
from tests.factories.tickets import make_ticket, make_ticket_office


@pytest.fixture
def morning_ticket(session: Session) -> Ticket:
    """Return a ticket of Monday 09.30: its first step is due at 10.30."""
    return make_ticket(session)


@pytest.mark.parametrize(("minutes_left", "state"), [(20, "current"), (5, "near"), (-1, "late")])
def test_a_step_that_presses_does_so_in_the_lane_too(
    app: Flask, morning_ticket: Ticket, minutes_left: int, state: str
) -> None:
    due_at = morning_ticket.run.steps[0].due_at
    with app.test_request_context():
        lane = lane_of(morning_ticket, make_ticket_office(), now=due_at - timedelta(minutes=minutes_left))
    assert [step.state for step in lane] == [state, *["waiting"] * 6]
