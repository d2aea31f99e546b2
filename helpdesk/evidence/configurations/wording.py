"""The difference between two versions of a configuration as text, for tickets and evidence sets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy.orm import Session

from helpdesk.devices import reading
from helpdesk.evidence.configurations.models import Configuration
from helpdesk.evidence.configurations.queries import changes_between


def difference_text(session: Session, configuration: Configuration) -> str:
    """Return what the version changed of the one before, line by line, with both digests above it."""
    before = session.get_one(Configuration, configuration.previous_id)
    head = [
        f"--- {before.taken_at.isoformat()} SHA-256 {before.raw_sha256}",
        f"+++ {configuration.taken_at.isoformat()} SHA-256 {configuration.raw_sha256}",
    ]
    return "\n".join([*head, *_lines(changes_between(before, configuration).changed)]) + "\n"


def _lines(changed: Sequence[reading.ChangedLine]) -> Iterator[str]:
    """Yield the lines, each change of block under the lines that it stands under."""
    shown: tuple[str, ...] = ()
    for one in changed:
        if one.path != shown:
            yield from (f"@ {'  ' * depth}{line.strip()}" for depth, line in enumerate(one.path))
            shown = one.path
        yield f"{one.sign} {one.line}"
