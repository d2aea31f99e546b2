"""Mask secrets before anything is stored or shown: vendor rules, then keyword rules that fail closed."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import Final

from network.ssh.redaction_rules import (
    BANNER,
    BLOCKS,
    BUILD_LINE,
    BY_PLATFORM,
    COMMUNITY_NAME,
    COMMUNITY_SECTION,
    COMMUNITY_SECTION_END,
    EVERYWHERE,
    HARMLESS_LINE,
    HARMLESS_REST,
    HIDDEN,
    INLINE_PEM,
    JSON_VALUE,
    LONG_WORD,
    LONG_WORDS,
    MARKS,
    SECRET_DATA_MARK,
    SENSITIVE_WORD,
    TRIGGERS,
    UNDERSTOOD,
    WHOLE_TRIGGERS,
    Rule,
)

_LONGEST_BANNER_LINES: Final = 80
_SEPARATORS: Final = " \t=:>\"'"


def redact(text: str, platform: str | None = None) -> str:
    """Return the text with every secret masked; a line that may hold one is masked rather than trusted."""
    rules = (*BY_PLATFORM.get(platform or "", ()), *EVERYWHERE)
    mark = MARKS.get(platform or "", HIDDEN)
    text = INLINE_PEM.sub(HIDDEN, text.replace(mark, HIDDEN))
    lines, kept = text.split("\n"), list[str]()
    suspects = [*_suspect_lines(text, len(lines)), len(lines)]
    position, upcoming, in_community_section = 0, 0, False
    while position < len(lines):
        while suspects[upcoming] < position:
            upcoming += 1
        if not in_community_section and suspects[upcoming] > position:
            kept += lines[position : suspects[upcoming]]
            position = suspects[upcoming]
            continue
        line = lines[position]
        length = _block_length(lines, position)
        if length:
            kept += _masked_block(line)
            position += length
            continue
        if in_community_section:
            in_community_section = not COMMUNITY_SECTION_END.match(line)
            line = COMMUNITY_NAME.sub(rf"\1{HIDDEN}", line)
        in_community_section = in_community_section or bool(COMMUNITY_SECTION.match(line))
        masked = _redact_line(line, rules)
        kept.append(masked)
        position += 1
        if masked != lines[position - 1]:
            position += _continued_lines(lines, position - 1)
    return "\n".join(kept).replace(HIDDEN, mark)


def _suspect_lines(text: str, count: int) -> Sequence[int]:
    """Return the numbers of the lines that hold something a rule begins with: few of most texts."""
    folded = text.casefold()
    places = [place for word in TRIGGERS if word in folded for place in _places(folded, word)]
    # Quicker than a pattern, and most texts have no such word.
    if max(map(len, folded.split()), default=0) >= LONG_WORD:
        places += (found.start() for found in LONG_WORDS.finditer(folded))
    if not places:
        return []
    ends = list(accumulate(len(line) + 1 for line in folded.split("\n")))
    return sorted({min(bisect_right(ends, place), count - 1) for place in places})


def _places(text: str, word: str) -> Iterator[int]:
    place = text.find(word)
    while place >= 0:
        end = place + len(word)
        if word not in WHOLE_TRIGGERS or not text[end : end + 1].isalpha():
            yield place
        place = text.find(word, end)


def _redact_line(line: str, rules: tuple[Rule, ...]) -> str:
    if BUILD_LINE.match(line):
        return line
    for pattern, replacement in rules:
        line = pattern.sub(replacement, line)
    if SECRET_DATA_MARK in line:
        return _mask_quoted(line)
    if HARMLESS_LINE.match(line):
        return line
    return _mask_after_words(line)


def _mask_after_words(line: str) -> str:
    """Keep the line up to the first sensitive word that something unmasked follows."""
    start = 0
    while word := SENSITIVE_WORD.search(line, start):
        start = word.end()
        in_json = JSON_VALUE.match(line, start)
        if in_json:
            line, start = _mask_json_value(line, in_json)
            continue
        rest = line[start:]
        value = rest.lstrip(_SEPARATORS)
        if not value.startswith("<") and not HARMLESS_REST.match(value.strip()):
            return line[:start] + rest[: len(rest) - len(value)] + _masked_value(value)
    return line


def _mask_json_value(line: str, found: re.Match[str]) -> tuple[str, int]:
    """Mask what a sensitive key holds; return the line and where to go on. Objects are judged key by key."""
    value, start = found.group(1), found.start(1)
    if value in ("", '""', "[]", "true", "false", "null"):
        return line, found.end()
    shown = f'["{HIDDEN}"]' if value.startswith("[") else f'"{HIDDEN}"'
    return line[:start] + shown + line[found.end() :], start + len(shown)


def _masked_value(value: str) -> str:
    """Mask a value alone where its end is understood, else all that stands there."""
    understood = UNDERSTOOD.match(value)
    if understood:
        return f"{understood['written']}{HIDDEN}{understood['rest']}"
    return HIDDEN + ("\r" if value.endswith("\r") else "")


def _mask_quoted(line: str) -> str:
    """Junos marks the lines that hold a secret; the secret is the last word before the mark."""
    head, _, _ = line.partition(SECRET_DATA_MARK)
    if head.rstrip().rstrip(";").endswith(HIDDEN):
        return line
    words = head.rstrip().rstrip(";").split(" ")
    return " ".join([*words[:-1], f"{HIDDEN};", SECRET_DATA_MARK]) if len(words) > 1 else HIDDEN


def _block_length(lines: list[str], position: int) -> int:
    """Return how many lines a block of key material or a banner takes, 0 when none begins here."""
    line = lines[position]
    for start, end in BLOCKS:
        if start.search(line):
            found = (number for number in range(position, len(lines)) if end.search(lines[number]))
            # Without an end everything that follows is masked.
            return next(found, len(lines) - 1) - position + 1
    banner = BANNER.match(line)
    if banner is None or banner.group(1) in line[banner.end() :]:
        return 0
    last = min(len(lines), position + _LONGEST_BANNER_LINES)
    found = (number for number in range(position + 1, last) if banner.group(1) in lines[number])
    return next(found, position - 1) - position + 1


def _masked_block(line: str) -> list[str]:
    head, mark, _ = line.partition("-----BEGIN")
    return [f"{head}{HIDDEN}"] if mark else [line, HIDDEN]


def _continued_lines(lines: list[str], position: int) -> int:
    """A masked line that ends in a backslash goes on in the next one: so does the mask."""
    count = 0
    while position + count < len(lines) - 1 and lines[position + count].rstrip().endswith("\\"):
        count += 1
    return count
