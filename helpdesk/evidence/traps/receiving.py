"""The receiving process: what comes is queued in memory, bounded, and written in batches."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections import deque
from collections.abc import Callable
from datetime import datetime
from functools import partial
from itertools import islice

from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from config import HelpdeskSettings
from helpdesk import clock
from helpdesk.database import make_engine, transaction
from helpdesk.devices import reading
from helpdesk.events import ORIGIN
from helpdesk.evidence.traps import queries, service

logger = logging.getLogger(__name__)

WAITING = 5_000
BATCH = 200
LOOK_SECONDS = 0.25
STATE_SECONDS = 30.0
CREDENTIALS_SECONDS = 60.0


class TrapProcess:
    """Receives until told to stop. A database that does not answer costs traps, never the receiver."""

    def __init__(self, settings: HelpdeskSettings, say: Callable[[str], None]) -> None:
        self._settings, self._say = settings, say
        self._engine = make_engine(settings.database_url)
        self._sessions: sessionmaker[Session] = sessionmaker(self._engine, info={ORIGIN: "traps"})
        self._waiting: deque[reading.Trap] = deque()
        self._stopping = threading.Event()
        self._credentials: list[reading.SnmpCredentials] = []
        self.started_at: datetime = clock.now()
        self.receiver = reading.TrapReceiver(
            self._queue,
            any_community=settings.trap_any_community,
            now=clock.now,
            tell_flood=self._tell_flood,
        )

    def stop(self) -> None:
        """Ask the process to end; what waits is written first. May be called from any thread."""
        self._stopping.set()

    async def run(self, host: str, port: int) -> None:
        """Listen and write until stopped, or raise OSError where the address cannot be had."""
        await asyncio.to_thread(self._guarded, self._load_credentials)
        self.receiver.use_credentials(self._credentials)
        await self.receiver.start(host, port)
        self._say("traps: listening on {}:{}".format(*self.receiver.address))
        next_state = next_credentials = 0.0
        loop = asyncio.get_running_loop()
        try:
            while not self._stopping.is_set():
                await asyncio.to_thread(self._write)
                if loop.time() >= next_state:
                    next_state = loop.time() + STATE_SECONDS
                    await asyncio.to_thread(self._guarded, self._note_state)
                if loop.time() >= next_credentials:
                    next_credentials = loop.time() + CREDENTIALS_SECONDS
                    await self._follow_credentials()
                await asyncio.to_thread(self._stopping.wait, LOOK_SECONDS)
        finally:
            self.receiver.close()
            self._write()
            self._guarded(self._note_state)
            self._engine.dispose()

    async def _follow_credentials(self) -> None:
        before = self._credentials
        await asyncio.to_thread(self._guarded, self._load_credentials)
        if self._credentials != before:
            self.receiver.use_credentials(self._credentials)

    def _queue(self, trap: reading.Trap) -> None:
        if len(self._waiting) >= WAITING:
            self.receiver.counts["not_written"] += 1
            return
        self._waiting.append(trap)

    def _write(self) -> None:
        """Write what waits; where the database does not answer, it waits on."""
        while self._waiting:
            batch = list(islice(self._waiting, BATCH))
            try:
                self._keep(batch)
            except OperationalError as error:
                logger.error("the database does not answer: %s", type(error).__name__)
                return
            except SQLAlchemyError:
                # One that cannot be written must hold up no other, and not stay for ever.
                refused = sum(not self._guarded(partial(self._keep, [trap])) for trap in batch)
                self.receiver.counts["not_written"] += refused
            for _ in batch:
                self._waiting.popleft()

    def _keep(self, batch: list[reading.Trap]) -> None:
        with self._sessions() as session, transaction(session):
            service.keep_traps(session, batch, now=clock.now())

    def _note_state(self) -> None:
        with self._sessions() as session, transaction(session):
            service.note_state(
                session,
                listens_on="{}:{}".format(*self.receiver.address),
                started_at=self.started_at,
                counts=self.receiver.counts,
                now=clock.now(),
            )

    def _load_credentials(self) -> None:
        ring = self._settings.key_ring()
        with self._sessions() as session:
            session.connection(execution_options={"reads_only": True})
            rows = queries.list_trap_credentials(session)
            found = [reading.snmp_credentials_or_none(row, ring) for row in rows]
        self._credentials = [each for each in found if each is not None]

    def _guarded(self, act: Callable[[], None]) -> bool:
        try:
            act()
        except SQLAlchemyError as error:
            # The kind only: the words may quote what was to be written.
            logger.error("the database does not take it: %s", type(error).__name__)
            return False
        return True

    def _tell_flood(self, source: str) -> None:
        logger.warning("%s sends too many traps; what is too much is dropped and counted", source)
