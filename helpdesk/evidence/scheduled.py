"""What the schedules of snapshots last yielded, for their page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask_babel import gettext
from sqlalchemy.orm import Session

from helpdesk.evidence import queries
from helpdesk.schedules.models import Schedule
from helpdesk.schedules.presentation import RESULT_SOURCES, LastResult
from helpdesk.schedules.rules import Kind


def tell_schedules() -> None:
    """Have the page of schedules say how many devices answered last."""
    RESULT_SOURCES[Kind.SNAPSHOT.value] = last_results


def last_results(
    session: Session, schedules: Sequence[Schedule], governed: Mapping[int, Sequence[int]]
) -> dict[int, LastResult]:
    """Return how many of its devices answered when each was last read, by the id of the schedule."""
    wanted = {one.id: governed.get(one.id, ()) for one in schedules}
    latest = queries.latest_snapshots(session, sorted({one for ids in wanted.values() for one in ids}))
    results = {}
    for schedule_id, device_ids in wanted.items():
        read = [latest[one] for one in device_ids if one in latest]
        if not read:
            continue
        answered = sum(snapshot.reachable for snapshot in read)
        results[schedule_id] = LastResult(
            at=max(snapshot.taken_at for snapshot in read),
            words=gettext("%(count)s of %(total)s devices answered", count=answered, total=len(read)),
            is_good=answered == len(read),
        )
    return results
