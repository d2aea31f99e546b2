"""A device of the lab can be in trouble for a while: a number that is another one between two moments."""

from __future__ import annotations

from network.lab.definition import Reading, Spell, list_device_files
from network.lab.mib import build_view
from network.snmp.reader import parse_oid

OID = "1.3.6.1.4.1.9.9.13.1.5.1.3.1010"


def test_a_reading_has_its_other_value_from_the_beginning_of_a_spell_until_before_its_end() -> None:
    file = next(one for one in list_device_files() if OID in one.readings)
    usual = file.readings[OID].integer
    failing = Reading(integer=usual, spells=(Spell(begin=100, end=200, integer=3),))
    view = build_view(file.model_copy(update={"readings": {**file.readings, OID: failing}}))
    told = [int(view.get(parse_oid(OID), moment, 0.0)) for moment in (99.9, 100.0, 199.9, 200.0)]
    assert told == [usual, 3, 3, usual]
