"""The manual's table of vendors claims what the platform files read and our recordings test."""

from pathlib import Path

import pytest
import yaml

from network.platforms.catalogue import list_platforms

HERE = Path(__file__).parent
PAGE = HERE.parents[1] / "docs" / "manual" / "perangkat-didukung.md"
REAL_DEVICE, OWN_RECORDING, ONLY_MIB, NOT_READ = "R", "U", "M", "–"
# Where the facts stand in a row, behind the title, the code, the ports and the identity.
FACTS = ("processors", "memory", "temperatures", "power", "ups", "alarms", "vlans")


def rows_of_the_page():
    lines = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[1:]]
    return {row[1].strip("`"): row for row in cells}


def facts_read_by(platform):
    is_read = {
        "processors": platform.processors,
        "memory": platform.memory,
        "temperatures": [source for source in platform.sensors if source.kind == "temperature"],
        "power": platform.power,
        "ups": platform.ups,
        "alarms": platform.alarms,
        "vlans": True,  # of every device, by the standard MIB if the file names no other
    }
    return {fact for fact, sources in is_read.items() if sources}


def facts_tested_of(code):
    recordings = [yaml.safe_load(file.read_text(encoding="utf-8")) for file in HERE.glob("recordings/*.yaml")]
    expected = [recording["expect"] for recording in recordings if recording["platform"] == code]
    return {fact for each in expected for fact, value in each.items() if value}


def allowed_marks(*, is_read, is_tested):
    if not is_read:
        return {NOT_READ}
    return {REAL_DEVICE, OWN_RECORDING if is_tested else ONLY_MIB}


def test_the_table_has_every_platform_by_its_own_name():
    assert {code: row[0] for code, row in rows_of_the_page().items()} == {
        code: platform.title for code, platform in list_platforms().items()
    }


@pytest.mark.parametrize("code", sorted(list_platforms()))
def test_the_table_claims_what_is_read_and_tested(code):
    platform, row = list_platforms()[code], rows_of_the_page()[code]
    is_read, tested = facts_read_by(platform), facts_tested_of(code)
    marks = dict(zip(FACTS, row[4:11], strict=True))
    wrong = {
        fact: mark
        for fact, mark in marks.items()
        if mark not in allowed_marks(is_read=fact in is_read, is_tested=fact in tested)
    }
    assert wrong == {}
