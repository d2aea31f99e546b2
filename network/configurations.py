"""Running configurations: what of the text is the configuration itself, and what differs. Pure."""

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final, Literal

# What a platform file lists under one of these names prints the running configuration.
CONFIGURATION_COMMANDS: Final = (
    "show running-config",
    "display current-configuration",
    "show full-configuration",
    "show configuration",
    "/export terse",
    "/export hide-sensitive terse",
)
CONTEXT_LINES: Final = 3
# difflib is quadratic where much changed: 20,000 lines take seconds. Beyond this the lines are only counted.
LONGEST_ALIGNED: Final = 5_000


def _lines_like(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns))


# Lines that change although nobody changed the configuration.
_CISCO: Final = (
    r"Building configuration\.\.\.",
    r"Current configuration ?: \d+ bytes",
    r"! Last configuration change at ",
    r"! NVRAM config last updated at ",
    r"! No configuration change since ",
    r"ntp clock-period \d+",
)
_STAMP: Final = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:[.+-]|$)"
_CISCO_LINES: Final = _lines_like(*_CISCO)
_HUAWEI_LINES: Final = _lines_like(
    _STAMP, r"!Last configuration was (?:updated|saved) at ", r"!Software Version "
)
_ARUBA_LINES: Final = _lines_like(
    r"; .* Configuration Editor; Created on release ", r"Running configuration:"
)
_VOLATILE: Final[dict[str, re.Pattern[str]]] = {
    "cisco_ios": _CISCO_LINES,
    "cisco_iosxe": _CISCO_LINES,
    "ruijie": _CISCO_LINES,
    "ubiquiti_edgeswitch": _lines_like(
        r"!Current Configuration:", r"!System Up Time", r"!Current S[A-Z]* *Time"
    ),
    "cisco_nxos": _lines_like(r"!Command: ", r"!Time: ", r"!Running configuration last done at: "),
    "arista_eos": _lines_like(r"! Command: ", r"! Time: ", r"! Last modified: "),
    "cisco_asa": _lines_like(r": (?!end$)", r"Cryptochecksum:"),
    "huawei_vrp": _HUAWEI_LINES,
    "hp_comware": _HUAWEI_LINES,
    "juniper_junos": _lines_like(r"## Last (?:commit|changed): "),
    "mikrotik_routeros": _lines_like(
        r"# .{0,40}by RouterOS",
        r"# (?:software id|model|serial number) = ",
        r"# .{0,80} not ready",
        r"# inactive time",
        r"# poe",
    ),
    "fortinet": _lines_like(r"#conf_file_ver=", r"#buildno=", r"#private-encryption-key="),
    "aruba_aoscx": _ARUBA_LINES,
    "hp_procurve": _ARUBA_LINES,
}
# A new salt at every show: the same secret never looks the same. The letters come first, as what re looks for
# through a long text; whether they begin a word is asked after.
_ENCRYPTED_ANEW: Final = re.compile(r"ENC (?<=\bENC )(?!<)\S+")


@dataclass(frozen=True, kw_only=True)
class ChangedLine:
    """One line that came or went, and the lines it stands under, outermost first."""

    sign: Literal["+", "-"]
    path: tuple[str, ...]
    line: str


@dataclass(frozen=True, kw_only=True)
class ComparedLine:
    """One line of a comparison with its numbers in both texts; `gap` where unchanged lines are left out."""

    kind: Literal["same", "removed", "added", "gap"]
    text: str = ""
    before: int | None = None
    after: int | None = None


@dataclass(frozen=True, kw_only=True)
class ConfigurationChanges:
    """What differs; not `aligned` where too much changed to lay the texts beside each other."""

    changed: tuple[ChangedLine, ...] = ()
    lines: tuple[ComparedLine, ...] = ()
    aligned: bool = True


def is_configuration_command(command: str) -> bool:
    """Tell whether the command prints the running configuration."""
    return command in CONFIGURATION_COMMANDS


def normalise_configuration(text: str, platform: str | None) -> str:
    """Return the redacted text without what changes by itself: stamps, sizes, ends of lines, fresh salts."""
    volatile = _VOLATILE.get(platform or "")
    kept = [line.rstrip() for line in text.splitlines()]
    if volatile is not None:
        is_volatile = volatile.match
        kept = [line for line in kept if not is_volatile(line)]
    return _ENCRYPTED_ANEW.sub("ENC <secret hidden>", "\n".join(kept).strip("\n"))


def hash_text(text: str) -> str:
    """Return the SHA-256 of a text, in hexadecimal."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def compare_configurations(before: str, after: str) -> ConfigurationChanges:
    """Return what differs between two normalised texts."""
    old, new = before.splitlines(), after.splitlines()
    if old == new:
        return ConfigurationChanges()
    head, tail = _equal_ends(old, new)
    if max(len(old), len(new)) - head - tail > LONGEST_ALIGNED:
        return _counted(old, new)
    blocks = _blocks(old, new, head, tail)
    removed = [number for _, first, last, _, _ in blocks for number in range(first, last)]
    added = [number for _, _, _, first, last in blocks for number in range(first, last)]
    return ConfigurationChanges(
        changed=(*_changed("-", old, removed), *_changed("+", new, added)),
        lines=tuple(_beside(old, new, blocks)),
    )


_Block = tuple[str, int, int, int, int]


def _equal_ends(old: Sequence[str], new: Sequence[str]) -> tuple[int, int]:
    """Return how many lines at the head and at the tail are the same: mostly nearly all of them."""
    shorter = min(len(old), len(new))
    head = 0
    while head < shorter and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < shorter - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    return head, tail


def _blocks(old: Sequence[str], new: Sequence[str], head: int, tail: int) -> list[_Block]:
    """Return the places that differ, as numbers of lines in both texts."""
    matcher = SequenceMatcher(None, old[head : len(old) - tail], new[head : len(new) - tail])
    return [
        (tag, head + old_first, head + old_last, head + new_first, head + new_last)
        for tag, old_first, old_last, new_first, new_last in matcher.get_opcodes()
        if tag != "equal"
    ]


def _changed(sign: Literal["+", "-"], lines: Sequence[str], numbers: Sequence[int]) -> Iterator[ChangedLine]:
    if not numbers:
        return
    # What stands at the margin stands under nothing: from there on it is known what the lines stand under.
    first = next((n for n in range(numbers[0], -1, -1) if lines[n][:1].strip(" \t")), 0)
    part = lines[first : numbers[-1] + 1]
    parents = parents_of(part)
    for number in numbers:
        if lines[number].strip():
            yield ChangedLine(
                sign=sign, path=_path(part, parents, number - first), line=lines[number].strip()
            )


def parents_of(lines: Sequence[str]) -> list[int]:
    """Return for each line the number of the line it stands under by its indentation, -1 for none."""
    parents, open_lines = list[int](), list[tuple[int, int]]()
    for number, line in enumerate(lines):
        text = line.lstrip(" \t")
        indent = len(line) - len(text)
        while text and open_lines and open_lines[-1][0] >= indent:
            open_lines.pop()
        parents.append(open_lines[-1][1] if open_lines else -1)
        # A comment or the end of a block has nothing under it.
        if text and text[0] not in "!#}":
            open_lines.append((indent, number))
    return parents


def _path(lines: Sequence[str], parents: Sequence[int], number: int) -> tuple[str, ...]:
    path = list[str]()
    while (number := parents[number]) >= 0:
        path.append(lines[number].strip().removesuffix("{").rstrip())
    return tuple(reversed(path))


def _beside(old: Sequence[str], new: Sequence[str], blocks: Sequence[_Block]) -> Iterator[ComparedLine]:
    """Yield the differing lines with a little of what stands around them."""
    shown = 0  # lines of the old text already yielded
    for position, (_, old_first, old_last, new_first, new_last) in enumerate(blocks):
        begin = max(shown, old_first - CONTEXT_LINES)
        if begin > shown:
            yield ComparedLine(kind="gap")
        yield from _same(old, begin, old_first, new_first - old_first)
        for number in range(old_first, old_last):
            yield ComparedLine(kind="removed", text=old[number], before=number + 1)
        for number in range(new_first, new_last):
            yield ComparedLine(kind="added", text=new[number], after=number + 1)
        following = blocks[position + 1][1] if position + 1 < len(blocks) else len(old)
        shown = min(old_last + CONTEXT_LINES, following)
        yield from _same(old, old_last, shown, new_last - old_last)
    if shown < len(old):
        yield ComparedLine(kind="gap")


def _same(old: Sequence[str], first: int, last: int, shift: int) -> Iterator[ComparedLine]:
    for number in range(first, last):
        yield ComparedLine(kind="same", text=old[number], before=number + 1, after=number + 1 + shift)


def _counted(old: Sequence[str], new: Sequence[str]) -> ConfigurationChanges:
    """Compare by how often each line stands under the same lines: linear, whatever changed."""
    keys = [
        [(_path(lines, parents, n), lines[n]) for n in range(len(lines))]
        for lines, parents in ((old, parents_of(old)), (new, parents_of(new)))
    ]
    removed = _surplus(keys[0], Counter(keys[1]))
    added = _surplus(keys[1], Counter(keys[0]))
    return ConfigurationChanges(
        changed=(*_changed("-", old, removed), *_changed("+", new, added)), aligned=False
    )


def _surplus(
    keys: Sequence[tuple[tuple[str, ...], str]], other: Counter[tuple[tuple[str, ...], str]]
) -> list[int]:
    """Return the numbers of the lines that the other text has not, or not as often."""
    numbers = list[int]()
    for number, key in enumerate(keys):
        if other[key] > 0:
            other[key] -= 1
        else:
            numbers.append(number)
    return numbers
