"""Mask secrets before anything is stored or shown: vendor rules, then keyword rules that fail closed."""

import re
from bisect import bisect_left
from collections.abc import Iterator
from typing import Final

from network.ssh.redaction_rules import (
    ALSO_CALLED,
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
    LONG_WORD_LENGTH,
    MARKS,
    SECRET_DATA_MARK,
    SENSITIVE_WORD,
    TRIGGERS,
    UNDERSTOOD,
    Rule,
)

_LONGEST_BANNER_LINES: Final = 80
_SEPARATORS: Final = " \t=:>\"'"
_TURKISH: Final = {0x130: "i", 0x131: "i"}


def redact(text: str, platform: str | None = None) -> str:
    """Return the text with every secret masked; a line that may hold one is masked rather than trusted."""
    code = ALSO_CALLED.get(platform or "", platform or "")
    rules = (*BY_PLATFORM.get(code, ()), *EVERYWHERE)
    mark = MARKS.get(code, HIDDEN)
    text = INLINE_PEM.sub(HIDDEN, text.replace(mark, HIDDEN))
    lines, kept = text.split("\n"), list[str]()
    suspects = [*_suspect_lines(text), len(lines)]
    position, in_community_section = 0, False
    while position < len(lines):
        if not in_community_section:
            # Nothing before the next suspect line is looked at.
            suspect = suspects[bisect_left(suspects, position)]
            kept += lines[position:suspect]
            position = suspect
            if position == len(lines):
                break
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


def _folded(text: str) -> str:
    """Return the text in small letters; the Turkish ones that a pattern takes for an i are spelled i."""
    return text.lower() if text.isascii() else text.translate(_TURKISH).casefold()


def _suspect_lines(text: str) -> list[int]:
    """Return the numbers of the lines in which something stands that a rule begins with: few, mostly."""
    folded = _folded(text)
    words = set(folded.split())
    once = "\n".join(words)
    suspects = {number for part in TRIGGERS if part in once for number in _lines_with(part, folded)}
    if _is_long(max(words, key=len, default="")):
        suspects.update(
            number
            for number, line in enumerate(folded.split("\n"))
            if _is_long(line) and any(map(_is_long, line.split()))
        )
    return sorted(suspects)


def _is_long(word: str) -> bool:
    return len(word) >= LONG_WORD_LENGTH


def _lines_with(word: str, text: str) -> Iterator[int]:
    """Yield the numbers of the lines that hold the word, without looking at the others one by one."""
    number, counted, found = 0, 0, text.find(word)
    while found >= 0:
        number += text.count("\n", counted, found)
        yield number
        counted = text.find("\n", found)
        found = text.find(word, counted) if counted >= 0 else -1


def _redact_line(line: str, rules: tuple[Rule, ...]) -> str:
    if BUILD_LINE.match(line):
        return line
    folded = _folded(line)
    for pattern, replacement, needs in rules:
        if needs in folded:
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
