"""Mask secrets before anything is stored or shown: vendor rules, then keyword rules that fail closed."""

import re
from bisect import bisect_left
from collections.abc import Iterator
from itertools import compress
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
    JSON_SECRET_OBJECT,
    JSON_TEXT_VALUE,
    JSON_VALUE,
    LONG_WORD_LENGTH,
    MARKS,
    OF_ROUTES,
    SECRET_DATA_MARK,
    SENSITIVE_WORD,
    TRIGGERS,
    UNDERSTOOD,
    Rule,
)

_LONGEST_BANNER_LINES: Final = 80
_SEPARATORS: Final = " \t=:>\"'"
_TURKISH: Final = "\u0130\u0131"
_DIGITS_ALIKE: Final = bytes.maketrans(b"123456789", b"000000000")
_IN_SMALL_LETTERS: Final = re.compile(SENSITIVE_WORD.pattern.lower())
_TRIGGERS: Final = tuple(part.encode() for part in TRIGGERS)


def redact(text: str, platform: str | None = None) -> str:
    """Return the text with every secret masked; a line that may hold one is masked rather than trusted."""
    code = ALSO_CALLED.get(platform or "", platform or "")
    mark = MARKS.get(code, HIDDEN)
    if mark != HIDDEN:
        text = text.replace(mark, HIDDEN)
    if "-----BEGIN" in text:
        text = INLINE_PEM.sub(HIDDEN, text)
    lines, kept = text.split("\n"), list[str]()
    numbers, held = _suspect_lines(text)
    rules = tuple(_rules_that_may_match(held, code))
    suspects = [*numbers, len(lines)]
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
    masked_text = "\n".join(kept)
    return masked_text if mark == HIDDEN else masked_text.replace(HIDDEN, mark)


def _folded(text: str) -> str:
    """Return the text in small letters; the Turkish ones that a pattern takes for an i are spelled i."""
    if text.isascii():
        return text.lower()
    for turkish in _TURKISH:
        text = text.replace(turkish, "i")
    return text.casefold()


def _suspect_lines(text: str) -> tuple[list[int], str]:
    """Return the numbers of the lines in which something stands that a rule begins with, and what they hold.

    They are few, mostly. No rule begins with a digit: lines that differ in digits alone are looked at once.
    """
    alike = _folded(text).encode("utf-8", "surrogatepass").translate(_DIGITS_ALIKE).split(b"\n")
    shapes = set(alike)
    once = b"\n".join(shapes)
    parts = [part for part in _TRIGGERS if part in once]
    suspects = {
        shape
        for shape in shapes
        if any(part in shape for part in parts) or (_is_long(shape) and any(map(_is_long, shape.split())))
    }
    numbers = list(compress(range(len(alike)), map(suspects.__contains__, alike)))
    return numbers, b"\n".join(suspects).decode("utf-8", "surrogatepass")


def _is_long(word: str | bytes) -> bool:
    return len(word) >= LONG_WORD_LENGTH


def _rules_that_may_match(held: str, code: str) -> Iterator[Rule]:
    """Yield the rules whose need the suspect lines hold; what needs nothing masks long words."""
    any_long = any(map(_is_long, held.split()))
    for rule in (*BY_PLATFORM.get(code, ()), *EVERYWHERE):
        if rule.needs in held and (rule.needs or any_long):
            yield rule


def _redact_line(line: str, rules: tuple[Rule, ...]) -> str:
    if BUILD_LINE.match(line):
        return line
    folded = _folded(line)
    for pattern, replacement, needs in rules:
        if needs in folded:
            line = pattern.sub(replacement, line)
    if SECRET_DATA_MARK in line:
        return _mask_quoted(line)
    if "{" in line:
        line = JSON_SECRET_OBJECT.sub(_mask_texts, line)
    if HARMLESS_LINE.match(line) or ("community" in folded and OF_ROUTES.search(line)):
        return line
    return _mask_after_words(line)


def _mask_after_words(line: str) -> str:
    """Keep the line up to the first sensitive word that something unmasked follows."""
    start = 0
    while word := _next_sensitive_word(line, start):
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


def _next_sensitive_word(line: str, start: int) -> re.Match[str] | None:
    # Where small letters are all there is, the same search takes half the time.
    return (
        _IN_SMALL_LETTERS.search(line.lower(), start)
        if line.isascii()
        else SENSITIVE_WORD.search(line, start)
    )


def _mask_texts(found: re.Match[str]) -> str:
    return JSON_TEXT_VALUE.sub(rf'\1"{HIDDEN}"', found.group())


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
