"""Turns at the devices: one SSH session a device, and so many at once at a site, of all processes."""

import contextlib
import fcntl
import re
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from network.targets import Target

_POLL_SECONDS: Final = 0.05

_device_locks: dict[tuple[str, int], threading.Lock] = {}
_device_locks_guard = threading.Lock()


@dataclass(frozen=True)
class SiteLimit:
    """How many sessions a site bears, and the folder whose files all processes of this machine lock."""

    folder: Path
    at_once: int


_limit: SiteLimit | None = None


def limit_ssh_sessions(folder: Path, at_once: int) -> None:
    """Let no more sessions at once go to the devices of one site, in every process so told."""
    # A process has one such limit, as it has one pool of sessions.
    global _limit
    _limit = SiteLimit(folder, at_once)


class Turn:
    """The right to sign in to one device; give it back."""

    def __init__(self, device: threading.Lock, place: IO[str] | None) -> None:
        self._device, self._place = device, place

    def release(self) -> None:
        """Let the next one sign in. A process that dies gives its places back as well."""
        if self._place is not None:
            self._place.close()
        self._device.release()


def take_turn(target: Target, seconds: float) -> Turn | str:
    """Wait for a turn for a bounded time; return what else was waited for where none came."""
    until = time.monotonic() + seconds
    with _device_locks_guard:
        device = _device_locks.setdefault((target.address, target.ssh_port), threading.Lock())
    # vty lines are few
    if not device.acquire(timeout=max(0.0, seconds)):
        return "other_session"
    try:
        place = _take_place(target.site, _limit, until)
    except TimeoutError:
        device.release()
        return "site_sessions"
    return Turn(device, place)


def _take_place(site: str | None, limit: SiteLimit | None, until: float) -> IO[str] | None:
    if site is None or limit is None:
        return None
    limit.folder.mkdir(parents=True, exist_ok=True)
    name = re.sub(r"[^A-Za-z0-9-]", "_", site)
    while True:
        for number in range(limit.at_once):
            place = (limit.folder / f"{name}-{number}.lock").open("a", encoding="ascii")
            with contextlib.suppress(BlockingIOError):
                fcntl.flock(place, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return place
            place.close()
        if time.monotonic() >= until:
            raise TimeoutError
        time.sleep(_POLL_SECONDS)
