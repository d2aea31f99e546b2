"""Two transactions in one test: seeing that the second waits for the first."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, TypeVar

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from helpdesk.database import transaction

Result = TypeVar("Result")

PATIENCE_SECONDS = 60
_WAITING = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
)


@contextmanager
def beside(
    engine: Engine, session: Session, act: Callable[[Session], Result]
) -> Iterator[Callable[[], Future[Result]]]:
    """Give what starts an act in a transaction of its own, and returns once it waits for ours, or is done.

    Ours is that of `session`, which the block commits. On SQLite a writer waits from its first word on, so
    there is nothing to look for.
    """

    def carry_out() -> Result:
        with Session(engine) as own, transaction(own):
            return act(own)

    with ThreadPoolExecutor(1) as pool:

        def start() -> Future[Result]:
            begun = pool.submit(carry_out)
            if engine.dialect.name == "postgresql":
                until_one_waits(engine, begun)
            return begun

        try:
            yield start
        except BaseException:
            # Else the act would wait for ours, and the pool for the act.
            session.rollback()
            raise


def until_one_waits(engine: Engine, begun: Future[Any]) -> None:
    """Return as soon as a transaction of this database waits for another, or the act has ended."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as looking:
        while not begun.done() and not looking.scalar(_WAITING):
            assert time.monotonic() < deadline, "it neither waits nor ends"
            time.sleep(0.005)
