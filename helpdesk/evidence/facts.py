"""The facts of stored snapshots as the collector's own values: decoded once a storing, however many ask."""

from __future__ import annotations

import json

from sqlalchemy.orm import Session

from helpdesk.devices import reading
from helpdesk.evidence import queries
from helpdesk.evidence.errors import EvidenceBroken
from helpdesk.evidence.models import Snapshot

_Known = reading.Snapshot | bytes
_MEMORY = "facts of snapshots"  # the key of session.info


def load_facts(session: Session, snapshot: Snapshot) -> reading.Snapshot:
    """Return what was frozen, or raise EvidenceBroken or UnreadableSnapshot."""
    known = _memory(session).get(snapshot.sha256)
    if isinstance(known, reading.Snapshot):
        return known
    facts = reading.Snapshot.from_dict(json.loads(known or queries.load_canonical(snapshot)))
    _memory(session)[snapshot.sha256] = facts
    return facts


def load_earlier_facts(session: Session, previous: Snapshot | None) -> reading.Snapshot | None:
    """Return the facts of the snapshot before, or None where there is none or it cannot be read."""
    try:
        return load_facts(session, previous) if previous is not None else None
    except (EvidenceBroken, reading.UnreadableSnapshot):
        return None


def remember_frozen(session: Session, sha256: str, plain: bytes) -> None:
    """Have the bytes at hand that were frozen just now: whoever asks for the facts gets those of these bytes.

    Whatever was decoded before is forgotten, so that every storing looks at the stored bytes itself.
    """
    memory = _memory(session)
    memory.clear()
    memory[sha256] = plain


def _memory(session: Session) -> dict[str, _Known]:
    """Return what this transaction has decoded: the next one looks at the stored bytes again."""
    transaction = session.get_transaction()
    of, known = session.info.get(_MEMORY, (None, None))
    if transaction is None or of is not transaction:
        known = dict[str, _Known]()
        session.info[_MEMORY] = (transaction, known)
    memory: dict[str, _Known] = known
    return memory
