"""A device of the lab for the tests of evidence."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.factories.lab import LabAgent, running_agents


@pytest.fixture(scope="session")
def lab_agent() -> Iterator[LabAgent]:
    """Give one agent that answers at once."""
    with running_agents(1) as agents:
        yield agents[0]
