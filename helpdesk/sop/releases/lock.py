"""`released.lock`: which versions are released, since when, and the digest of what each says.

It stands beside the procedures it locks. A line a version: number, version, SHA-256, day of release.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from helpdesk.datafiles import FileUnreadable, Problem, Text, read_text

LOCK_NAME = "released.lock"
HEAD = """\
# Versi yang tertulis di sini sudah dirilis dan tidak berubah lagi: tulislah versi baru.
# Berkas ini ditulis oleh `helpdesk sop release`; ketidakcocokan menghentikan program saat mulai.
# The versions named here are released and never change: write a new one. Made by `helpdesk sop release`.
"""

Key = tuple[str, int]
_LINE = re.compile(r"(?P<number>\S+) v(?P<version>[1-9]\d*) sha256:(?P<sha256>[0-9a-f]{64}) (?P<day>\S+)")


@dataclass(frozen=True, slots=True)
class Release:
    """One released version: what its file said on that day."""

    number: str
    version: int
    sha256: str
    released_on: date

    @property
    def key(self) -> Key:
        """Number and version."""
        return self.number, self.version

    def __str__(self) -> str:
        return f"{self.number} v{self.version} sha256:{self.sha256} {self.released_on.isoformat()}"


@dataclass(frozen=True, slots=True)
class Lock:
    """All released versions of a directory, with the lines they stand on, and what is wrong with the file."""

    releases: Mapping[Key, Release]
    lines: Mapping[Key, int]
    problems: tuple[Problem, ...] = ()

    def versions_of(self, number: str) -> list[int]:
        """Return the released versions of the procedure, the oldest first."""
        return sorted(version for name, version in self.releases if name == number)


@dataclass(frozen=True, slots=True)
class VersionFile:
    """A procedure file as the lock sees it."""

    name: str
    key: Key
    released: bool
    sha256: str


def content_digest(value: Any) -> str:
    """Return the SHA-256 of what a file says; its comments, line breaks and order of keys do not count."""
    canonical = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def read_lock(directory: Path) -> Lock:
    """Return the lock of a directory; without the file nothing is released there."""
    path = directory / LOCK_NAME
    if not path.exists():
        return Lock({}, {})
    try:
        return parse_lock(read_text(path))
    except FileUnreadable as error:
        return Lock({}, {}, (Problem(LOCK_NAME, 1, None, error.reason),))


def parse_lock(text: str) -> Lock:
    """Return the lock written in the text; a line that is none stands in its problems."""
    releases: dict[Key, Release] = {}
    lines: dict[Key, int] = {}
    problems: list[Problem] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        release = _parse_line(line.strip())
        if release is None or release.key in releases:
            reason = Text(
                id="baris kunci rilis rusak atau ganda; pulihkan berkas ini dari cadangan",
                en="the line of the release lock is damaged or given twice; restore this file from a backup",
            )
            problems.append(Problem(LOCK_NAME, number, None, reason))
            continue
        releases[release.key], lines[release.key] = release, number
    return Lock(releases, lines, tuple(problems))


def _parse_line(line: str) -> Release | None:
    match = _LINE.fullmatch(line)
    if match is None:
        return None
    try:
        day = date.fromisoformat(match["day"])
    except ValueError:
        return None
    return Release(match["number"], int(match["version"]), match["sha256"], day)


def format_lock(releases: Iterable[Release]) -> str:
    """Return the text of a lock, in order of number and version."""
    return HEAD + "".join(f"{release}\n" for release in sorted(releases, key=lambda one: one.key))


def add_release(directory: Path, release: Release) -> None:
    """Write a release into the lock of the directory, whole or not at all."""
    lock = read_lock(directory)
    target = directory / LOCK_NAME
    replace_text(target, format_lock([*lock.releases.values(), release]))


def replace_text(target: Path, text: str) -> None:
    """Write a file so that a reader, or a power cut, finds the old text or the new one."""
    beside = target.with_name(f".{target.name}.new")
    with beside.open("w", encoding="utf-8", newline="") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    if target.exists():
        beside.chmod(target.stat().st_mode)
    beside.replace(target)


def check_lock(lock: Lock, files: Iterable[VersionFile]) -> Iterator[Problem]:
    """Find every released version that changed, vanished, or was never locked."""
    yield from lock.problems
    present = {file.key: file for file in files}
    for key, release in lock.releases.items():
        if key not in present:
            yield Problem(LOCK_NAME, lock.lines[key], None, _vanished(release))
    for key, file in present.items():
        locked = lock.releases.get(key)
        if locked is None:
            if file.released:
                yield Problem(file.name, 1, None, _unlocked(file))
        elif locked.sha256 != file.sha256:
            yield Problem(file.name, 1, None, _changed(locked))


def _vanished(release: Release) -> Text:
    name = f"{release.number}/v{release.version}.yaml"
    return Text(
        id=f"versi {release.version} yang dirilis {release.released_on} hilang: kembalikan berkas {name}; "
        "tiket yang berjalan memerlukannya",
        en=f"version {release.version}, released {release.released_on}, is gone: put {name} back; "
        "tickets run under it",
    )


def _changed(release: Release) -> Text:
    number, version = release.key
    return Text(
        id=f"versi {version} yang dirilis {release.released_on} telah diubah, padahal versi rilis tidak "
        f"pernah berubah: kembalikan isinya, lalu tulis perubahannya sebagai {number}/v{version + 1}.yaml",
        en=f"version {version}, released {release.released_on}, was changed, and a released version never "
        f"changes: restore what it said and write the change as {number}/v{version + 1}.yaml",
    )


def _unlocked(file: VersionFile) -> Text:
    return Text(
        id=f"bertanda released, tetapi tidak tercatat di {LOCK_NAME}: jalankan `helpdesk sop release` "
        "dengan berkas ini",
        en=f"is marked released but is not in {LOCK_NAME}: run `helpdesk sop release` with this file",
    )
