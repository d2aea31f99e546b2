"""Rules of configurations: what counts as one, and how its text is kept. Pure."""

from __future__ import annotations

import zlib

UNFINISHED = "unfinished"
SHRUNK = "shrunk"
# Under this part of the version before, a text is more likely cut than the configuration shortened.
LEAST_PART = 0.5


def problem_of(*, complete: bool, size_bytes: int, previous_bytes: int | None) -> str:
    """Return why a text is not yet evidence: it ended early, or it shrank too much to be believed."""
    if not complete or size_bytes == 0:
        return UNFINISHED
    if previous_bytes is not None and size_bytes < previous_bytes * LEAST_PART:
        return SHRUNK
    return ""


def pack(text: str) -> bytes:
    """Return the text as it is stored."""
    return zlib.compress(text.encode("utf-8", "surrogatepass"), 6)


def unpack(content: bytes) -> str:
    """Return the text that `pack` stored."""
    return zlib.decompress(content).decode("utf-8", "replace")
