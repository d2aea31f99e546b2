"""The text format that Prometheus reads (version 0.0.4). Pure."""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


@dataclass(frozen=True)
class Gauge:
    """One figure: its name, what it means, and a value for each set of labels."""

    name: str
    help: str
    samples: tuple[tuple[Mapping[str, str], float], ...]


def expose(gauges: Iterable[Gauge]) -> str:
    """Return the figures as text."""
    return "".join(line + "\n" for gauge in gauges for line in _lines(gauge))


def is_bearer(header: str, token: str) -> bool:
    """Whether the header carries the token; how long the answer takes does not tell how much of it agrees."""
    scheme, _, given = header.partition(" ")
    same = hmac.compare_digest(given.strip().encode("utf-8"), token.encode("utf-8"))
    return bool(token) and scheme.lower() == "bearer" and same


def _lines(gauge: Gauge) -> Iterator[str]:
    yield f"# HELP {gauge.name} {_escaped(gauge.help)}"
    yield f"# TYPE {gauge.name} gauge"
    for labels, value in gauge.samples:
        pairs = ",".join(f'{name}="{_escaped(text, quoted=True)}"' for name, text in labels.items())
        yield f"{gauge.name}{{{pairs}}} {value:.17g}" if pairs else f"{gauge.name} {value:.17g}"


def _escaped(text: str, *, quoted: bool = False) -> str:
    text = text.replace("\\", "\\\\").replace("\n", "\\n")
    return text.replace('"', '\\"') if quoted else text
