"""What arrives in an address or a form, before any view looks at it: no letter and no number is beyond us."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from flask import Flask, Request
from werkzeug.datastructures import ImmutableMultiDict, iter_multi_items
from werkzeug.routing import IntegerConverter, Map

# PostgreSQL's integer, which is what numbers rows: no row can have a greater one.
GREATEST_NUMBER = 2**31 - 1


def row_number(text: str) -> int:
    """Return the number of a row, for `type=` of a query or a form; ValueError where no row can have it."""
    number = int(text)
    if not 0 <= number <= GREATEST_NUMBER:
        raise ValueError(text)
    return number


class RowConverter(IntegerConverter):
    """`<int:…>` of an address: a number that no row can have leads nowhere."""

    def __init__(self, map: Map, *args: Any, **kwargs: Any) -> None:
        super().__init__(map, *args, **{"max": GREATEST_NUMBER, **kwargs})


class WrittenText(ImmutableMultiDict[str, Any]):
    """Fields as they arrive, without NUL: no keyboard writes it, and PostgreSQL stores no text with it."""

    def __init__(self, mapping: Mapping[str, Any] | None = None) -> None:
        super().__init__(list(_without_nul(mapping)))


def _without_nul(mapping: Any) -> Iterator[tuple[str, Any]]:
    for name, value in iter_multi_items(mapping or ()):
        yield name.replace("\0", ""), value.replace("\0", "") if isinstance(value, str) else value


class WrittenRequest(Request):
    """A request whose query and form hold storable text only."""

    parameter_storage_class = WrittenText


def init_input(app: Flask) -> None:
    """Have every request read this way; to be called before routes are added."""
    app.request_class = WrittenRequest
    app.url_map.converters["int"] = RowConverter
