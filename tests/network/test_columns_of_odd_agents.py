"""What agents say oddly: speeds beyond 32 bits, addresses as texts, a column that a walk passes by."""

import asyncio

import pytest

from network.observations import Interface, rated_speed
from network.platforms.definition import ProcessorSource
from network.snmp.entities import Entities
from network.snmp.interface_types import INTERFACE_TYPES
from network.snmp.interfaces import format_mac, read_interfaces
from network.snmp.metrics import read_rows
from network.snmp.reader import WalkResult
from network.snmp.tables import TableReader

IF, IFX = (1, 3, 6, 1, 2, 1, 2, 2, 1), (1, 3, 6, 1, 2, 1, 31, 1, 1, 1)


class Agent:
    """Gives cells; columns in `hidden` answer GET and are passed by in a walk."""

    def __init__(self, cells, hidden=()):
        self.cells, self.hidden, self.asked = cells, hidden, []

    async def get(self, oids):
        self.asked += oids
        return {oid: self.cells[oid] for oid in oids if oid in self.cells}

    async def walk(self, columns, limits):
        del limits
        found = {
            column: {
                oid[len(column) :]: value
                for oid, value in sorted(self.cells.items())
                if oid[: len(column)] == column and column not in self.hidden
            }
            for column in columns
        }
        return WalkResult(columns=found, complete=True, stopped_by=None, requests=1)


def run(agent, read):
    async def inside():
        deadline = asyncio.get_running_loop().time() + 30
        return await read(TableReader(agent, deadline=deadline))

    return asyncio.run(inside())


def port(**columns):
    cells = {(*IF, 2, 1): b"p1"} | {
        (*(IFX if name == "high" else IF), {"high": 15, "speed": 5, "mac": 6}[name], 1): value
        for name, value in columns.items()
    }
    return run(Agent(cells), read_interfaces)[0]


@pytest.mark.parametrize(
    ("speed", "high", "expected"),
    [
        (4_294_967_295, 40_000, 40_000_000_000),
        (2_488_320_000, 2_488, 2_488_000_000),  # one rule for fast ports, whatever else the agent knows
        (1_544_000, 2, 1_544_000),  # a megabit is too coarse for a slow line
        (64_000, 0, 64_000),
        (1_000_000_000, 4_294_966_296, 1_000_000_000),  # some firewalls count in another unit
        (0, 1_000, 1_000_000_000),
    ],
)
def test_the_speed_is_that_of_the_wide_column_and_of_the_narrow_one_for_slow_lines(speed, high, expected):
    assert port(speed=speed, high=high).speed_bps == expected


def test_a_speed_beyond_32_bits_is_told_as_the_device_says_and_never_reckoned_with():
    fast = port(speed=4_294_967_295)
    assert (fast.speed_bps, fast.rated_bps) == (4_294_967_295, None)
    assert Interface(index=1, name="x", speed_bps=10**9).rated_bps == 10**9
    assert (rated_speed(None), rated_speed(0)) == (None, None)


def test_a_hardware_address_that_came_as_a_text_is_an_address():
    assert port(mac=b"80 E0 1D C8 95 00").mac == "80:e0:1d:c8:95:00"
    assert format_mac(b"\x80\xe0\x1d\xc8\x95\x00") == "80:e0:1d:c8:95:00"
    assert format_mac(b"") is None


@pytest.mark.parametrize(
    ("cell", "mac"),
    [
        (b"0:1b:c:d:e:f", "00:1b:0c:0d:0e:0f"),
        (b"\x00", None),
        (b'""', None),
        (bytes(16), None),
        (bytes(range(8)), "00:01:02:03:04:05:06:07"),
    ],
)
def test_only_what_has_the_length_of_a_hardware_address_is_one(cell, mac):
    assert format_mac(cell) == mac


def test_a_number_that_came_as_a_text_counts():
    assert port(speed=b"1000000000").speed_bps == 1_000_000_000
    assert port(speed=b"fast").speed_bps is None


def test_interface_types_have_the_numbers_of_iana():
    known = {1: "other", 6: "ethernetCsmacd", 24: "softwareLoopback", 31: "sip", 53: "propVirtual"}
    known |= {131: "tunnel", 135: "l2vlan", 160: "usb", 161: "ieee8023adLag", 188: "radioMAC", 209: "bridge"}
    known |= {246: "ifPwType", 250: "gpon", 258: "vmwareVirtualNic", 259: "ieee802154", 272: "vmwareNicTeam"}
    assert {number: INTERFACE_TYPES[number] for number in known} == known


BASE = "1.3.6.1.4.1.3902.1082.10.1.2.4.1"
LOAD, NAME = (
    (1, 3, 6, 1, 4, 1, 3902, 1082, 10, 1, 2, 4, 1, 9),
    (1, 3, 6, 1, 4, 1, 3902, 1082, 10, 1, 2, 4, 1, 4),
)


@pytest.mark.parametrize("fill", [True, False])
def test_a_column_that_the_walk_passes_by_is_asked_for_cell_by_cell_where_the_file_says_so(fill):
    cells = {(*NAME, 1, 1, 1): b"GTGO", (*NAME, 1, 1, 3): b"SMXA", (*LOAD, 1, 1, 1): 11}
    agent = Agent(cells, hidden={LOAD})
    source = ProcessorSource(columns={"value": f"{BASE}.9", "name": f"{BASE}.4"}, fill_gaps=fill)

    rows = run(agent, lambda tables: read_rows(source, "processors", tables, Entities()))

    assert {index: rows.number("value", index) for index in rows.indexes("value")} == (
        {(1, 1, 1): 11} if fill else {}
    )
    assert agent.asked == ([(*LOAD, 1, 1, 1), (*LOAD, 1, 1, 3)] if fill else [])
