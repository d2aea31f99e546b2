"""Rules of evidence sets: when one is frozen, what it holds, how it is packed and read again. Pure."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

# The set is frozen within a minute of the event: so long the fresh look may take to be part of it …
WAIT_FOR_FRESH_LOOK: Final = timedelta(seconds=40)
FREEZE_WITHIN: Final = timedelta(seconds=60)
# … and so long whoever freezes it has it alone.
LEASE: Final = timedelta(seconds=30)
ATTEMPTS: Final = 5
MANIFEST: Final = "daftar-isi.json"
GRAPHS: Final = "grafik.json"
# One moment for all members: the same set is the same bytes.
_ZIP_MOMENT: Final = (1980, 1, 1, 0, 0, 0)


class SetState(StrEnum):
    """Where a set stands."""

    DUE = "due"
    LEASED = "leased"
    FROZEN = "frozen"
    # The ticket was over before the set was frozen.
    DROPPED = "dropped"


@dataclass(frozen=True, kw_only=True)
class Part:
    """One file of a set: what it is, of which moment, whether it is whole, and where it came from."""

    name: str
    title: str
    content: bytes = field(repr=False)
    at: datetime
    is_complete: bool = True
    source: str = ""
    remark: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return what the list of contents says of it."""
        return {
            "name": self.name,
            "title": self.title,
            "at": self.at.isoformat(),
            "complete": self.is_complete,
            "source": self.source,
            "remark": self.remark,
            "size_bytes": len(self.content),
            "sha256": hashlib.sha256(self.content).hexdigest(),
        }


def may_be_frozen(event_at: datetime, *, has_fresh_look: bool, now: datetime) -> bool:
    """Whether the set is frozen now: the fresh look is there, or it was waited for long enough."""
    return has_fresh_look or now >= event_at + WAIT_FOR_FRESH_LOOK


def pack(head: Mapping[str, Any], parts: Iterable[Part]) -> bytes:
    """Return the parts and the list of them, with the digest of each, as one file."""
    listed = sorted(parts, key=lambda part: part.name)
    contents = {**head, "files": [part.to_dict() for part in listed]}
    members = {part.name: part.content for part in listed}
    members[MANIFEST] = json.dumps(
        contents, sort_keys=True, ensure_ascii=False, separators=(",", ":")
    ).encode()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        for name in sorted(members):
            file.writestr(zipfile.ZipInfo(name, _ZIP_MOMENT), members[name], zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def read_manifest(packed: bytes) -> dict[str, Any]:
    """Return the list of contents of a set."""
    with zipfile.ZipFile(io.BytesIO(packed)) as file:
        contents: dict[str, Any] = json.loads(file.read(MANIFEST))
    return contents


def read_member(packed: bytes, name: str) -> bytes | None:
    """Return a file of the set, or None where it holds none of this name, or not the one it lists."""
    with zipfile.ZipFile(io.BytesIO(packed)) as file:
        if name not in file.namelist():
            return None
        content = file.read(name)
        contents = json.loads(file.read(MANIFEST))
    if name == MANIFEST:
        return content
    digests = {one["name"]: one["sha256"] for one in contents["files"]}
    return content if digests.get(name) == hashlib.sha256(content).hexdigest() else None
