"""Facts of the system group that need more than one place to look at."""

import re
from collections.abc import Callable, Mapping
from typing import Final

from network.observations import SystemFacts

SystemFact = Callable[[SystemFacts], str | None]


def _read_linux_kernel(system: SystemFacts) -> str | None:
    """'Linux HOST 6.1.0-18-amd64 #1 …': the kernel is the third word."""
    words = (system.description or "").split()
    return words[2] if len(words) > 2 and words[0] == "Linux" else None


def _read_windows_build(system: SystemFacts) -> str | None:
    found = re.search(r"Windows Version ([0-9.]+) \(Build ([0-9]+)", system.description or "")
    return f"{found.group(1)} build {found.group(2)}" if found else None


SYSTEM_FACTS: Final[Mapping[str, SystemFact]] = {
    "linux_kernel": _read_linux_kernel,
    "windows_build": _read_windows_build,
}
