"""Dataclasses as plain JSON values and back; how a kind is spelled is worked out once, not for every port."""

import dataclasses
import functools
import types
import typing
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

Turn = Callable[[Any], Any]
_UNIONS: Final = (types.UnionType, typing.Union)


def to_plain(value: Any) -> dict[str, Any]:
    """Return a dataclass as plain JSON values; times are ISO 8601 in UTC."""
    kind: Any = type(value)
    plain: dict[str, Any] = _dataclass_writer(kind)(value)
    return plain


def from_plain(kind: type, plain: Mapping[str, Any]) -> Any:
    """Rebuild a dataclass of the kind; names that it does not have are left out."""
    return _dataclass_reader(kind)(plain)


@functools.cache
def _hints(kind: type) -> dict[str, Any]:
    hints = typing.get_type_hints(kind)
    return {field.name: hints[field.name] for field in dataclasses.fields(kind)}


@functools.cache
def _dataclass_writer(kind: type) -> Turn:
    names = tuple(_hints(kind))
    turned = _turned_fields(kind, _write_time, _dataclass_writer, list)

    def write(value: Any) -> dict[str, Any]:
        held = vars(value)
        plain = {name: held[name] for name in names}
        for name, turn in turned:
            plain[name] = turn(plain[name])
        return plain

    return write


@functools.cache
def _dataclass_reader(kind: type) -> Turn:
    known = frozenset(_hints(kind))
    turned = _turned_fields(kind, _read_time, _dataclass_reader, tuple)

    def read(plain: Mapping[str, Any]) -> Any:
        given = {name: item for name, item in plain.items() if name in known}
        for name, turn in turned:
            if name in given:
                given[name] = turn(given[name])
        return kind(**given)

    return read


def _turned_fields(
    kind: type, time: Turn, dataclass: Callable[[type], Turn], series: Callable[[Any], Any]
) -> tuple[tuple[str, Turn], ...]:
    """Return the fields that JSON spells otherwise than Python does, with what turns their values."""
    turns = ((name, _turn_of(hint, time, dataclass, series)) for name, hint in _hints(kind).items())
    return tuple((name, turn) for name, turn in turns if turn is not None)


def _turn_of(
    hint: Any, time: Turn, dataclass: Callable[[type], Turn], series: Callable[[Any], Any]
) -> Turn | None:
    if hint is datetime:
        return time
    if isinstance(hint, type) and dataclasses.is_dataclass(hint):
        return dataclass(hint)
    inner = [_turn_of(item, time, dataclass, series) for item in typing.get_args(hint)]
    if typing.get_origin(hint) is tuple:
        return _turn_each(inner[0], series)
    turn = next(filter(None, inner), None) if typing.get_origin(hint) in _UNIONS else None
    return None if turn is None else lambda value: None if value is None else turn(value)


def _turn_each(turn: Turn | None, series: Callable[[Any], Any]) -> Turn:
    return series if turn is None else lambda items: series(map(turn, items))


def _write_time(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _read_time(written: str) -> datetime:
    return datetime.fromisoformat(written.replace("Z", "+00:00")).astimezone(UTC)
