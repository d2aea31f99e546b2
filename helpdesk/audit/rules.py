"""The chain of acts: each link holds the digest of the link before it. Pure; an auditor's script repeats it.

An act's digest is SHA-256 over its JSON: keys sorted, no spaces, UTF-8, moments as ISO 8601 in UTC with
microseconds. A link is SHA-256 over the hexadecimal digest of the link before it (64 zeros at the beginning),
a line feed, and the hexadecimal digest of its act. So a part of the chain can be handed out and checked
without the acts of other cases in it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

GENESIS = "0" * 64
# The kind of the act that erases the sealed facts of a case.
ERASURE = "requester_erased"


class Act(NamedTuple):
    """One act as the chain sees it."""

    id: int
    at: datetime
    kind: str
    ticket_id: int | None
    actor_id: int | None
    actor_name: str
    actor_role: str
    acting: Mapping[str, Any] | None
    origin: str
    data: Mapping[str, Any]
    sealed_sha256: str | None


class Link(NamedTuple):
    """A link with its act; without an act it points into the void."""

    sequence: int
    sha256: str
    act: Act | None


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a chain: how many links it has, and the digest of the last."""

    sequence: int = 0
    sha256: str = GENESIS


@dataclass(frozen=True, slots=True)
class Broken:
    """The first link that is not what it was."""

    sequence: int
    event_id: int | None
    reason: str  # gap | act_missing | changed | head | unchained | sealed | seal_gone


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check of the chain found; `head` is the last good link."""

    head: Head
    broken: Broken | None = None


_encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode


def canonical(value: Any) -> bytes:
    """Return the one JSON text of a value, as bytes."""
    return _encode(value).encode("utf-8")


def moment_text(moment: datetime) -> str:
    """Return the one text of a moment: UTC, to the microsecond."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def facts_of(act: Act) -> dict[str, Any]:
    """Return the act as the values that are chained."""
    return {**act._asdict(), "at": moment_text(act.at)}


def act_digest(act: Act) -> str:
    """Return the digest of an act by itself."""
    return hashlib.sha256(canonical(facts_of(act))).hexdigest()


def link_digest(previous: str, act: Act) -> str:
    """Return the digest of the link that follows `previous` and holds the act."""
    return hashlib.sha256(f"{previous}\n{act_digest(act)}".encode("ascii")).hexdigest()


def seal_digest(salt: str, facts: Mapping[str, Any]) -> str:
    """Return the digest of personal facts; without the salt nobody can guess them from it."""
    return hashlib.sha256(salt.encode("ascii") + b"\n" + canonical(facts)).hexdigest()


def follow(links: Iterable[Link], head: Head | None = None) -> Verdict:
    """Walk along the links in order and stop at the first that is broken."""
    good = head or Head()
    for link in links:
        event_id = link.act.id if link.act else None
        if link.sequence != good.sequence + 1:
            return Verdict(good, Broken(good.sequence + 1, event_id, "gap"))
        if link.act is None:
            return Verdict(good, Broken(link.sequence, None, "act_missing"))
        if link_digest(good.sha256, link.act) != link.sha256:
            return Verdict(good, Broken(link.sequence, event_id, "changed"))
        good = Head(link.sequence, link.sha256)
    return Verdict(good)
