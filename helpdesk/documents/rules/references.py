"""The lines of a section that stand for a table or a graph of a snapshot. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

_REFERENCE = re.compile(r"\{\{snapshot:(\d{1,9}) (table|graph)=([a-z_]{1,32})\}\}")
_ALONE_ON_A_LINE = re.compile(rf"(?m)^[ \t]*({_REFERENCE.pattern})[ \t\r]*$")


@dataclass(frozen=True)
class Reference:
    """What a line like `{{snapshot:12 graph=processors}}` names."""

    snapshot_id: int
    kind: str  # table | graph
    name: str

    def __str__(self) -> str:
        return f"{{{{snapshot:{self.snapshot_id} {self.kind}={self.name}}}}}"


def find_reference(line: str) -> Reference | None:
    """Return what the line names, if it names a table or graph and nothing else."""
    found = _REFERENCE.fullmatch(line.strip())
    return Reference(int(found[1]), found[2], found[3]) if found else None


def list_references(texts: Iterable[str]) -> list[Reference]:
    """Return all tables and graphs that the texts show, in their order, each once."""
    found = [
        Reference(int(match[2]), match[3], match[4])
        for text in texts
        for match in _ALONE_ON_A_LINE.finditer(text)
    ]
    return list(dict.fromkeys(found))


def set_apart(text: str) -> str:
    """Return the text with every table or graph as a paragraph of its own."""
    return _ALONE_ON_A_LINE.sub(r"\n\1\n", text)
