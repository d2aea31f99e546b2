"""How the canonical bytes of a snapshot are kept small: whole, or as what differs from an earlier one. Pure.

Most of a device does not change between two readings. What is kept is a difference of the data: by field,
numbers as what was added, lists by the names of their items. Unpacking gives the canonical bytes again,
every one of them; whoever packs makes sure of it before a byte is stored, and else keeps the whole.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

Spell = Callable[[Any], bytes]
# The first letters of a difference; a whole begins as zlib's own stream does.
MARK: Final = b"\xd1\x01"
# Worth its second read only where it saves this much.
_WORTH: Final = 0.7
_SAME: Final = 0
_SET: Final = 1
_MORE: Final = 2
_MAPPING: Final = 3
_ITEMS: Final = 4
# What names an item of a list, the first that it has.
_NAMES: Final = ("name", "address", "mac", "number", "command", "code", "remote_name", "protocol")
# What comes of differences that were not made from the base at hand.
_UNREADABLE: Final = (ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError)
_LEVEL: Final = 9
# Few are kept whole, and of those the levels above save a twentieth in two to eight times the time.
_WHOLE_LEVEL: Final = 5
_SIMPLE: Final = frozenset((str, int, float))
# No whole shrinks so far: a difference that is smaller than this part of it is worth keeping without a look.
_DENSEST: Final = 25


def pack(plain: bytes, spell: Spell, base: bytes | None = None) -> tuple[bytes, bool]:
    """Return the bytes to keep, and whether they need the base to be read again."""
    if base is None:
        return zlib.compress(plain, _WHOLE_LEVEL), False
    earlier = json.loads(base)
    delta = _difference(earlier, json.loads(plain))
    written = json.dumps(delta, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    packed = MARK + zlib.compress(written.encode("utf-8"), _LEVEL)
    if _is_worth(packed, plain) and _gives(earlier, written, plain, spell):
        return packed, True
    return zlib.compress(plain, _WHOLE_LEVEL), False


def _is_worth(packed: bytes, plain: bytes) -> bool:
    if len(packed) * _DENSEST <= len(plain):
        return True
    return len(packed) <= len(zlib.compress(plain, _WHOLE_LEVEL)) * _WORTH


def _gives(earlier: Any, written: str, plain: bytes, spell: Spell) -> bool:
    """Tell whether the written difference gives every byte again."""
    try:
        return spell(_patched(earlier, json.loads(written))) == plain
    except _UNREADABLE:
        return False


def is_difference(content: bytes) -> bool:
    """Tell whether the kept bytes need the base."""
    return content.startswith(MARK)


def unpack(content: bytes, spell: Spell, base: bytes | None = None) -> bytes | None:
    """Return the canonical bytes, or None where they cannot be had; the hash says whether they are right."""
    try:
        if not is_difference(content):
            return zlib.decompress(content)
        if base is None:
            return None
        delta = json.loads(zlib.decompress(content[len(MARK) :]))
        return spell(_patched(json.loads(base), delta))
    except (zlib.error, *_UNREADABLE):
        return None


def _difference(old: Any, new: Any) -> Any:
    """Return how to make the new value from the old one."""
    if _is_same(old, new):
        return _SAME
    if _is_whole_number(old) and _is_whole_number(new):
        return [_MORE, new - old]
    if isinstance(old, dict) and isinstance(new, dict):
        changed = {key: _difference(old.get(key), value) for key, value in new.items() if key in old}
        added = {key: value for key, value in new.items() if key not in old}
        gone = [key for key in old if key not in new]
        return [_MAPPING, {key: how for key, how in changed.items() if how != _SAME}, added, gone]
    if _is_table(old) and _is_table(new):
        return _table_difference(old, new)
    return [_SET, new]


def _is_same(old: Any, new: Any) -> bool:
    """Tell whether two values are spelled alike: 1 and 1.0 and true are not."""
    if type(old) is not type(new):
        return False
    if isinstance(old, dict):
        return old.keys() == new.keys() and all(_is_same(value, new[key]) for key, value in old.items())
    if isinstance(old, list):
        return len(old) == len(new) and all(map(_is_same, old, new))
    return bool(old == new)


def _is_whole_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_table(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(item, dict) for item in value)


def _table_difference(old: list[dict[str, Any]], new: list[dict[str, Any]]) -> list[Any]:
    """Match items by name; tell the order as runs of the old places, and each changed field as one column."""
    places = _places(old)
    order: list[Any] = []
    columns: dict[str, list[Any]] = {}
    matched = 0
    for item, key in zip(new, _keys(new), strict=True):
        place = places.get(key)
        if place is None or old[place].keys() != item.keys():
            order.append(item)
            continue
        if order and isinstance(order[-1], list) and sum(order[-1]) == place:
            order[-1][1] += 1
        else:
            order.append([place, 1])
        earlier = old[place]
        for field, value in item.items():
            before = earlier[field]
            # Most of most rows: what is plainly the same is passed over before it is looked into.
            if before is value or (before == value and type(before) is type(value) in _SIMPLE):
                continue
            how = _difference(before, value)
            if how != _SAME:
                column = columns.setdefault(field, [])
                column += [_SAME] * (matched - len(column))
                column.append(how[1] if how[0] == _MORE and how[1] else how)
        matched += 1
    return [_ITEMS, order, columns]


def _places(items: Sequence[Mapping[str, Any]]) -> dict[Any, int]:
    return {key: place for place, key in enumerate(_keys(items))}


def _keys(items: Sequence[Mapping[str, Any]]) -> list[Any]:
    """Return what tells the items apart: a name, and which of its namesakes it is."""
    seen: dict[Any, int] = {}
    keys = []
    for item in items:
        name = next((repr(item[one]) for one in _NAMES if item.get(one) is not None), "")
        seen[name] = seen.get(name, 0) + 1
        keys.append((name, seen[name]))
    return keys


def _patched(old: Any, how: Any) -> Any:
    if how == _SAME:
        return old
    if how[0] == _SET:
        return how[1]
    if how[0] == _MORE:
        return old + how[1]
    if how[0] == _MAPPING:
        _, changed, added, gone = how
        kept = {key: value for key, value in old.items() if key not in gone}
        return {**kept, **{key: _patched(old[key], one) for key, one in changed.items()}, **added}
    return _patched_table(old, how[1], how[2])


def _patched_table(
    old: Sequence[Mapping[str, Any]], order: Sequence[Any], columns: Mapping[str, Sequence[Any]]
) -> list[Any]:
    items: list[Any] = []
    matched = 0
    for entry in order:
        if isinstance(entry, dict):
            items.append(entry)
            continue
        first, count = entry
        for place in range(first, first + count):
            item = dict(old[place])
            for field, column in columns.items():
                how = column[matched] if matched < len(column) else _SAME
                # A bare number in a column is what was added.
                item[field] = (
                    item[field] + how if _is_whole_number(how) and how else _patched(item[field], how)
                )
            items.append(item)
            matched += 1
    return items
