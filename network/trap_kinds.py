"""What a trap means: the names and sentences of network/traps.yaml."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any

import yaml


@dataclass(frozen=True)
class TrapKind:
    """A trap that is known: its name in the MIB, a sentence in both languages, whether the device is read."""

    code: str
    indonesian: str
    english: str
    snapshot: bool

    def describe(self, language: str = "en") -> str:
        """Return the sentence in the language asked for."""
        return self.indonesian if language.startswith("id") else self.english


@cache
def _data() -> dict[str, Any]:
    text = resources.files("network").joinpath("traps.yaml").read_text(encoding="utf-8")
    loaded: dict[str, Any] = yaml.safe_load(text)
    return loaded


@cache
def list_trap_kinds() -> Mapping[str, TrapKind]:
    """Return every known trap by each of its OIDs."""
    kinds: dict[str, TrapKind] = {}
    for entry in _data()["traps"]:
        kind = TrapKind(entry["code"], entry["id"], entry["en"], entry["snapshot"])
        for oid in entry["oids"]:
            if oid in kinds:
                raise ValueError(f"traps.yaml: {oid} stands twice")
            kinds[oid] = kind
    return MappingProxyType(kinds)


def find_trap_kind(oid: str) -> TrapKind | None:
    """Return what the trap means, or None for one that is not known."""
    return list_trap_kinds().get(oid)


@cache
def trap_kinds_by_code() -> Mapping[str, TrapKind]:
    """Return every known trap by its name."""
    return MappingProxyType({kind.code: kind for kind in list_trap_kinds().values()})


def object_name(oid: str) -> str:
    """Return ifDescr.10101 for 1.3.6.1.2.1.2.2.1.2.10101; an object that is not known keeps its number."""
    names: dict[str, str] = _data()["objects"]
    parts = oid.split(".")
    for length in range(len(parts), 4, -1):
        name = names.get(".".join(parts[:length]))
        if name is not None:
            return ".".join([name, *parts[length:]])
    return oid
