"""Rules of evidence: how facts become frozen bytes, and what of them a list shows. Pure."""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from helpdesk.evidence.packing import pack, unpack

# Bytes of a device that were no UTF-8 arrive as lone surrogates, which UTF-8 itself cannot spell.
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")

# Key figure of the summary → from where on it needs attention, and from where on it is critical.
LIMITS: dict[str, tuple[float, float]] = {
    "processor_percent": (80, 95),
    "memory_percent": (90, 97),
    "temperature_celsius": (60, 75),
}


@dataclass(frozen=True)
class Frozen:
    """Canonical JSON, plain and packed, with the SHA-256 and the size of the plain bytes.

    `needs_base` says that what is kept is the difference from the base that was given.
    """

    sha256: str
    size_bytes: int
    plain: bytes = field(repr=False)
    content: bytes = field(repr=False)
    needs_base: bool = False


def canonical_json(data: Any) -> bytes:
    """Return the one spelling of the data: sorted keys (texts), no spaces, UTF-8, finite numbers only."""
    try:
        quick = _dump(data).encode("utf-8")
    except (TypeError, ValueError):  # a number that is not finite, or a broken letter
        quick = None
    # Facts are nearly always spelled right already; going through them value by value costs four times more.
    return _dump(_spelled(data)).encode("utf-8") if quick is None or b"-0.0" in quick else quick


def _dump(data: Any) -> str:
    return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def freeze(data: Mapping[str, Any], base: bytes | None = None) -> Frozen:
    """Turn facts into bytes that can be proven unchanged, small beside an earlier moment of the device."""
    plain = canonical_json(data)
    content, needs_base = pack(plain, base)
    return Frozen(hashlib.sha256(plain).hexdigest(), len(plain), plain, content, needs_base)


def thaw(content: bytes, sha256: str, base: bytes | None = None) -> bytes | None:
    """Return the canonical bytes again, or None where they are not what was frozen."""
    plain = unpack(content, base)
    return plain if plain is not None and hashlib.sha256(plain).hexdigest() == sha256 else None


def _spelled(value: Any) -> Any:
    """Give every value its one spelling: a missing number is null, a broken letter is U+FFFD."""
    if isinstance(value, Mapping):
        return {_letters(str(key)): _spelled(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_spelled(item) for item in value]
    if isinstance(value, str):
        return _letters(value)
    if isinstance(value, float):
        if not math.isfinite(value):
            return None
        # -0.0 and 0.0 are one number and must not be two hashes.
        return value + 0.0
    return value


def _letters(text: str) -> str:
    return _LONE_SURROGATE.sub("\N{REPLACEMENT CHARACTER}", text)


def storable(value: Any) -> Any:
    """Return the value without NUL, which PostgreSQL's JSON refuses; for columns beside the frozen bytes."""
    if isinstance(value, Mapping):
        return {str(key).replace("\0", ""): storable(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [storable(item) for item in value]
    return _letters(value).replace("\0", "") if isinstance(value, str) else _spelled(value)


def summarise(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return the key figures of a snapshot, for lists and cards."""
    system = facts.get("system") or {}
    interfaces = facts.get("interfaces") or []
    summary = {key: system.get(key) for key in ("name", "vendor", "model", "version", "uptime_seconds")}
    summary.update(
        platform=facts.get("platform"),
        interfaces=len(interfaces),
        interfaces_up=sum(each.get("oper_status") == "up" for each in interfaces),
        interfaces_down=sum(is_port_down(each) for each in interfaces),
        processor_percent=_highest(facts.get("processors"), "usage_percent"),
        memory_percent=_highest(facts.get("memory"), "usage_percent"),
        temperature_celsius=_highest(
            [each for each in facts.get("sensors") or [] if each.get("kind") == "temperature"], "value"
        ),
        neighbours=len(facts.get("neighbours") or []),
        commands=len(facts.get("commands") or []),
    )
    cleaned: dict[str, Any] = storable(summary)
    return cleaned


def is_port_down(interface: Mapping[str, Any]) -> bool:
    """Whether a port that should be up is not."""
    wanted = interface.get("admin_status") == "up"
    return wanted and interface.get("oper_status") in ("down", "lowerLayerDown")


def _highest(items: list[Mapping[str, Any]] | None, key: str) -> float | None:
    values = [each[key] for each in items or [] if each.get(key) is not None]
    return max(values, default=None)


def health_of(summary: Mapping[str, Any], reachable: bool, complete: bool) -> str:
    """Return ok, warning, critical or unreachable by the key figures of the latest snapshot."""
    if not reachable:
        return "unreachable"
    figures = [(summary.get(name), limits) for name, limits in LIMITS.items()]
    if any(value is not None and value >= limits[1] for value, limits in figures):
        return "critical"
    if not complete or any(value is not None and value >= limits[0] for value, limits in figures):
        return "warning"
    return "ok"
