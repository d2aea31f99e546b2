"""Rules of the report's text on plain values: its digest, how two states differ, what is missing."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from helpdesk.documents.rules import SECTION_TITLES

SECTION_LETTERS = 20_000
# As much as a step keeps of why it was returned; the remarks themselves stand beside their sections.
REASON_LETTERS = 2000
NUMERALS = {
    "general": "I.A",
    "purpose": "I.B",
    "scope": "I.C",
    "basis": "I.D",
    "activities": "II",
    "identification": "III.A",
    "verification": "III.B",
    "coordination": "III.C",
    "conclusions": "IV.A",
    "recommendations": "IV.B",
    "closing": "V",
}
_WORDS = re.compile(r"\S+\s*|\s+")
# The search for what stayed looks at every pair of equal words: beyond this a passage counts as replaced.
MOST_EQUAL_PAIRS = 100_000


class Change(StrEnum):
    """What became of a piece of text."""

    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True)
class Piece:
    """A run of words that stayed, came or went."""

    change: Change
    text: str


@dataclass(frozen=True)
class SectionDifference:
    """One section in two states."""

    code: str
    before: str
    after: str
    pieces: tuple[Piece, ...]

    @property
    def is_changed(self) -> bool:
        """Whether the section differs at all."""
        return self.before != self.after


def cleaned(sections: Mapping[str, object]) -> dict[str, str]:
    """Return every section of the official form as it is kept: one kind of line end, no blanks around."""
    return {
        code: str(sections.get(code) or "").replace("\r\n", "\n").replace("\r", "\n").strip()
        for code in SECTION_TITLES
    }


def digest_of(sections: Mapping[str, str]) -> str:
    """Return the SHA-256 of the sections in their one spelling."""
    spelled = json.dumps(dict(sections), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(spelled.encode("utf-8", "surrogatepass")).hexdigest()


def missing_sections(sections: Mapping[str, str]) -> list[str]:
    """Return the sections without a word."""
    return [code for code in SECTION_TITLES if not sections.get(code, "").strip()]


def too_long_sections(sections: Mapping[str, str]) -> list[str]:
    """Return the sections that are longer than a paper should have."""
    return [code for code, text in sections.items() if len(text) > SECTION_LETTERS]


def reason_of_return(remarks: Iterable[tuple[str, str]], words: str) -> str:
    """Return why the report goes back: the reviewer's own words, then every open remark by its section."""
    lines = [words.strip()] if words.strip() else []
    lines += [f"{NUMERALS[code]} {SECTION_TITLES[code]}: {body}" for code, body in remarks]
    reason = "\n".join(lines)
    return reason if len(reason) <= REASON_LETTERS else reason[: REASON_LETTERS - 2] + " …"


def compare_sections(before: Mapping[str, str], after: Mapping[str, str]) -> list[SectionDifference]:
    """Return the difference of every section, in the order of the form."""
    return [
        SectionDifference(
            code,
            before.get(code, ""),
            after.get(code, ""),
            compare_words(before.get(code, ""), after.get(code, "")),
        )
        for code in SECTION_TITLES
    ]


def compare_words(before: str, after: str) -> tuple[Piece, ...]:
    """Return how the text became the other, word by word: first by lines, then within what was replaced."""
    return tuple(_joined(_compare(before.splitlines(True), after.splitlines(True), within=True)))


def _compare(before: Sequence[str], after: Sequence[str], *, within: bool) -> Iterator[Piece]:
    """Compare runs of lines or words; what is the same at both ends needs no search."""
    start = _common_length(before, after)
    end = _common_length(before[start:][::-1], after[start:][::-1])
    old, new = before[start : len(before) - end], after[start : len(after) - end]
    yield Piece(Change.SAME, "".join(before[:start]))
    yield from _compare_middle(old, new, within=within)
    yield Piece(Change.SAME, "".join(before[len(before) - end :]))


def _compare_middle(before: Sequence[str], after: Sequence[str], *, within: bool) -> Iterator[Piece]:
    if _count_equal_pairs(before, after) > MOST_EQUAL_PAIRS:
        yield Piece(Change.REMOVED, "".join(before))
        yield Piece(Change.ADDED, "".join(after))
        return
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for tag, start, end, other_start, other_end in matcher.get_opcodes():
        old, new = "".join(before[start:end]), "".join(after[other_start:other_end])
        if tag == "equal":
            yield Piece(Change.SAME, old)
        elif tag == "replace" and within:
            yield from _compare(_WORDS.findall(old), _WORDS.findall(new), within=False)
        else:
            yield Piece(Change.REMOVED, old)
            yield Piece(Change.ADDED, new)


def _common_length(before: Sequence[str], after: Sequence[str]) -> int:
    pairs = zip(before, after, strict=False)
    return next(
        (place for place, (one, other) in enumerate(pairs) if one != other), min(len(before), len(after))
    )


def _count_equal_pairs(before: Sequence[str], after: Sequence[str]) -> int:
    counts = Counter(after)
    return sum(count * counts[word] for word, count in Counter(before).items())


def _joined(pieces: Iterator[Piece]) -> Iterator[Piece]:
    """Join neighbours of one kind, and leave out what is empty."""
    last: Piece | None = None
    for piece in pieces:
        if not piece.text:
            continue
        if last is not None and last.change is piece.change:
            last = Piece(last.change, last.text + piece.text)
            continue
        if last is not None:
            yield last
        last = piece
    if last is not None:
        yield last
