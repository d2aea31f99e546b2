"""Two configurations are the same where nobody changed anything, and each changed line knows its place."""

from __future__ import annotations

import difflib
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from network import compare_configurations, normalise_configuration
from network.configurations import LONGEST_ALIGNED, parents_of
from network.platforms.catalogue import list_platforms

BEFORE = """hostname sw-uji
interface GigabitEthernet1/0/1
 description lantai satu
 switchport access vlan 10
!
interface GigabitEthernet1/0/2
 switchport access vlan 10
!
router bgp 65000
 address-family ipv4
  network 10.20.0.0
 exit-address-family
end"""
LINES = st.lists(st.sampled_from(["a", "b", " a", " c", "  d", "!", "", "end"]), max_size=40)


@pytest.mark.parametrize(
    ("platform", "line", "later"),
    [
        ("cisco_ios", "ntp clock-period 17179860", "ntp clock-period 17179999"),
        ("cisco_ios", "Current configuration : 4102 bytes", "Current configuration : 4110 bytes"),
        (
            "cisco_iosxe",
            "! Last configuration change at 10:00:00 WIB Mon Nov 23 2026 by budi",
            "! Last configuration change at 11:00:00 WIB Tue Nov 24 2026 by tuti",
        ),
        ("cisco_nxos", "!Time: Mon Nov 23 10:00:00 2026", "!Time: Tue Nov 24 10:00:00 2026"),
        ("cisco_asa", ": Serial Number: UJI1", ": Written by tuti at 10:00"),
        ("cisco_asa", "Cryptochecksum:aa", "Cryptochecksum:bb"),
        ("huawei_vrp", "2026-11-23 10:00:00.120 +07:00", "2026-11-24 10:00:00.550 +07:00"),
        ("juniper_junos", "## Last commit: 2026-11-23 by budi", "## Last commit: 2026-11-24 by tuti"),
        (
            "mikrotik_routeros",
            "# 2026-11-23 10:00:00 by RouterOS 7.16",
            "# 2026-11-24 10:00:00 by RouterOS 7.16",
        ),
        ("fortinet", "#conf_file_ver=1234", "#conf_file_ver=1235"),
        ("fortinet", "    set psksecret ENC aaaa", "    set psksecret ENC bbbb"),
        (None, "hostname sw\r", "hostname sw  "),
    ],
)
def test_what_changes_by_itself_is_no_change(platform: str | None, line: str, later: str) -> None:
    first, second = (normalise_configuration(f"{each}\nhostname sw\n", platform) for each in (line, later))
    assert first == second
    assert "hostname sw" in first


@pytest.mark.parametrize("platform", [None, *sorted(list_platforms())])
def test_a_line_that_somebody_wrote_is_never_dropped(platform: str | None) -> None:
    assert normalise_configuration(BEFORE, platform) == BEFORE


def test_the_last_line_of_an_asa_stays_though_it_begins_like_a_stamp() -> None:
    assert normalise_configuration(": Saved\nhostname fw\n: end", "cisco_asa") == "hostname fw\n: end"


def test_a_changed_line_knows_the_lines_it_stands_under() -> None:
    after = BEFORE.replace("network 10.20.0.0", "network 10.30.0.0").replace("lantai satu", "lantai dua")
    changed = compare_configurations(BEFORE, after).changed
    assert [(each.sign, each.path, each.line) for each in changed] == [
        ("-", ("interface GigabitEthernet1/0/1",), "description lantai satu"),
        ("-", ("router bgp 65000", "address-family ipv4"), "network 10.20.0.0"),
        ("+", ("interface GigabitEthernet1/0/1",), "description lantai dua"),
        ("+", ("router bgp 65000", "address-family ipv4"), "network 10.30.0.0"),
    ]


def test_a_block_in_braces_is_named_without_its_brace() -> None:
    before = "system {\n    host-name a;\n}\n"
    changed = compare_configurations(before, before.replace(" a;", " b;")).changed
    assert {each.path for each in changed} == {("system",)}


def test_unchanged_lines_far_from_a_change_are_left_out_and_the_rest_is_numbered() -> None:
    old = [f"line {number}" for number in range(30)]
    new = [*old[:15], "added", *old[15:]]
    shown = compare_configurations("\n".join(old), "\n".join(new)).lines
    assert [each.kind for each in shown] == ["gap", *["same"] * 3, "added", *["same"] * 3, "gap"]
    assert [(each.before, each.after) for each in shown[3:6]] == [(15, 15), (None, 16), (16, 17)]


@settings(max_examples=150, deadline=None)
@given(LINES, LINES)
def test_the_comparison_says_what_difflib_says(before: list[str], after: list[str]) -> None:
    old, new = "\n".join(before), "\n".join(after)
    changes = compare_configurations(old, new)
    ours = {kind: [each.text for each in changes.lines if each.kind == kind] for kind in ("added", "removed")}
    # Taking away the removed and putting in the added turns one text into the other.
    assert len(old.splitlines()) - len(ours["removed"]) + len(ours["added"]) == len(new.splitlines())
    for each in changes.lines:
        if each.kind in ("same", "removed"):
            assert old.splitlines()[(each.before or 0) - 1] == each.text
        if each.kind in ("same", "added"):
            assert new.splitlines()[(each.after or 0) - 1] == each.text
    has_difference = any(True for _ in difflib.unified_diff(old.splitlines(), new.splitlines()))
    assert has_difference == bool(changes.lines)


def lines_above(lines: list[str], number: int) -> tuple[str, ...]:
    """What a line stands under, by the whole text before it."""
    above, parents = [], parents_of(lines)
    while (number := parents[number]) >= 0:
        above.append(lines[number].strip().removesuffix("{").rstrip())
    return tuple(reversed(above))


@given(
    st.lists(st.sampled_from(["a", " b", "  c {", "   d", "!", " !", "}", "", "\te"]), max_size=25), st.data()
)
def test_what_a_line_stands_under_is_the_same_wherever_the_change_begins(
    lines: list[str], data: st.DataObject
) -> None:
    number = data.draw(st.integers(0, len(lines)))
    lines.insert(number, data.draw(st.sampled_from(["x", " x", "  x", "    x", "\tx"])))
    changed = compare_configurations("\n".join(lines).replace("x", "y"), "\n".join(lines)).changed
    assert {each.path for each in changed} == {lines_above(lines, number)}


def test_a_text_that_changed_all_over_is_counted_and_not_aligned() -> None:
    numbers = list(range(LONGEST_ALIGNED + 500))
    random.Random(4).shuffle(numbers)
    before = "\n".join(f"rule {number}" for number in sorted(numbers))
    after = "\n".join(["first", *(f"rule {number}" for number in numbers if number != 7)])
    changes = compare_configurations(before, after)
    assert not changes.aligned
    assert [(each.sign, each.line) for each in changes.changed] == [("-", "rule 7"), ("+", "first")]
