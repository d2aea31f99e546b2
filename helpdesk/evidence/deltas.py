"""A frozen snapshot as its differences from an earlier one of the same device. Pure.

Most of what a switch says is what it said before, and of the rest most are counters that grew. So a later
snapshot is kept as a patch on an earlier one, its base. What counts as evidence does not change: the
canonical bytes and their SHA-256 come back exactly, or nothing does.

A patch is one of: a whole number, to be added to the old one; ["=", value] in place of the old value;
["s", kept at the beginning, kept at the end, text between]; ["d", {key: patch}, [keys that are gone]];
["l", [what the new list is made of]] with ["c", place, count] copied items, ["p", place, patch] changed ones
and ["v", value] new ones.
"""

from __future__ import annotations

import json
import zlib
from collections import defaultdict, deque
from collections.abc import Iterator
from typing import Any

# What tells the items of a list apart, whatever the list: a port by its name, a peer by its address …
_IDENTITY = (
    "name",
    "address",
    "mac",
    "vlan",
    "number",
    "protocol",
    "local_interface",
    "remote_name",
    "command",
    "probe",
)


def pack_difference(base: Any, data: Any) -> bytes:
    """Return what turns the base into the data, packed. Both are what JSON can spell, in one spelling."""
    patch = _difference(base, data)
    return zlib.compress(json.dumps(patch, separators=(",", ":"), ensure_ascii=False).encode("utf-8"), 9)


def apply_difference(base: Any, packed: bytes) -> Any:
    """Return the data again, or raise ValueError where the bytes are no difference of this base."""
    try:
        return _apply(base, json.loads(zlib.decompress(packed)))
    except (zlib.error, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError("these bytes are no difference of this base") from error


def _difference(old: Any, new: Any) -> Any:
    """Return the shortest patch that we know; 0 where nothing differs."""
    if _same(old, new):
        return 0
    if type(old) is type(new):
        if isinstance(new, int) and not isinstance(new, bool):
            return new - old
        if isinstance(new, str):
            return _text_difference(old, new)
        if isinstance(new, dict):
            changed = {
                key: _difference(old[key], value) if key in old else ["=", value]
                for key, value in new.items()
                if key not in old or not _same(old[key], value)
            }
            return ["d", changed, [key for key in old if key not in new]]
        if isinstance(new, list):
            return ["l", list(_list_difference(old, new))]
    return ["=", new]


def _same(old: Any, new: Any) -> bool:
    """Whether both are spelled the same: 1, 1.0 and true are equal for Python and three spellings in JSON."""
    if type(old) is not type(new):
        return False
    if isinstance(old, dict):
        return old.keys() == new.keys() and all(_same(value, new[key]) for key, value in old.items())
    if isinstance(old, list):
        return len(old) == len(new) and all(map(_same, old, new))
    return bool(old == new)


def _text_difference(old: str, new: str) -> list[Any]:
    begins = _shared_length(old, new)
    ends = _shared_length(old[begins:][::-1], new[begins:][::-1])
    return ["s", begins, ends, new[begins : len(new) - ends]]


def _shared_length(one: str, other: str) -> int:
    """Return how many letters both begin with."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((place for place, (a, b) in pairs if a != b), min(len(one), len(other)))


def _list_difference(old: list[Any], new: list[Any]) -> Iterator[list[Any]]:
    places: dict[Any, deque[int]] = defaultdict(deque)
    for place, item in enumerate(old):
        places[_identity(item)].append(place)
    start, count = 0, 0
    for item in new:
        waiting = places.get(_identity(item))
        place = waiting.popleft() if waiting else -1
        copied = place >= 0 and _same(old[place], item)
        if count and not (copied and place == start + count):
            yield ["c", start, count]
            count = 0
        if copied:
            start, count = (start if count else place), count + 1
        else:
            yield ["p", place, _difference(old[place], item)] if place >= 0 else ["v", item]
    if count:
        yield ["c", start, count]


def _identity(item: Any) -> Any:
    if isinstance(item, dict):
        return tuple(str(item.get(key)) for key in _IDENTITY)
    return type(item).__name__, str(item)


def _apply(old: Any, patch: Any) -> Any:
    if isinstance(patch, int):
        return old + patch if patch else old
    kind = patch[0]
    if kind == "=":
        return patch[1]
    if kind == "s":
        _kind, begins, ends, between = patch
        return old[:begins] + between + old[len(old) - ends :]
    if kind == "d":
        _kind, changed, gone = patch
        kept = {key: value for key, value in old.items() if key not in gone}
        return kept | {key: _apply(old.get(key), change) for key, change in changed.items()}
    if kind == "l":
        return [item for part in patch[1] for item in _items(old, part)]
    raise ValueError(f"no such patch: {kind!r}")


def _items(old: list[Any], part: list[Any]) -> list[Any]:
    if part[0] == "c":
        return old[part[1] : part[1] + part[2]]
    return [part[1]] if part[0] == "v" else [_apply(old[part[1]], part[2])]
