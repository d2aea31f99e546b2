"""What is kept of a snapshot is small, and gives back every byte."""

from __future__ import annotations

import json
import random
import zlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from helpdesk.evidence.packing import MARK, is_difference, pack, unpack
from helpdesk.evidence.rules import canonical_json
from network import (
    ArpEntry,
    Interface,
    MacEntry,
    MemoryPool,
    Neighbour,
    Processor,
    Sensor,
    Snapshot,
    SystemFacts,
    TargetSummary,
)

BEGAN = datetime(2026, 11, 23, 1, tzinfo=UTC)
NAMES = st.sampled_from(["Gi1", "Gi2", "Gi3", "é\u2028", "1", ""])
LEAVES = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), NAMES)
JSON = st.recursive(
    LEAVES,
    lambda inner: st.one_of(st.lists(inner, max_size=5), st.dictionaries(NAMES, inner, max_size=4)),
    max_leaves=25,
)
ITEMS = st.lists(
    st.fixed_dictionaries(
        {"name": NAMES, "in_octets": st.integers(), "speed": LEAVES}, optional={"alias": LEAVES}
    ),
    max_size=6,
)
FACTS = st.fixed_dictionaries(
    {"interfaces": ITEMS, "system": JSON, "mac_table": ITEMS}, optional={"ups": JSON}
)


@settings(deadline=None)
@given(FACTS, FACTS)
def test_what_differs_from_any_base_gives_back_every_byte(before: Any, after: Any) -> None:
    base, plain = canonical_json(before), canonical_json(after)
    content, needs_base = pack(plain, base)
    assert unpack(content, base if needs_base else None) == plain
    assert is_difference(content) is needs_base


@given(st.binary(max_size=200), FACTS)
def test_kept_bytes_that_were_spoilt_give_nothing_and_no_error(noise: bytes, before: Any) -> None:
    base = canonical_json(before)
    spoilt = unpack(noise, base)
    assert spoilt is None or isinstance(spoilt, bytes)
    spoilt = unpack(MARK + noise, base)
    assert spoilt is None or isinstance(spoilt, bytes)


def reading(number: int, ports: int, chance: random.Random) -> Snapshot:
    """A switch whose every counter has moved, with tables that change a little between readings."""
    at = BEGAN + timedelta(minutes=5 * number)
    interfaces = tuple(
        Interface(
            index=10100 + port,
            name=f"GigabitEthernet1/0/{port}",
            description=f"GigabitEthernet1/0/{port}",
            alias=f"lantai {port // 8} ruang {port}",
            type="ethernetCsmacd",
            type_number=6,
            mtu=1500,
            speed_bps=1_000_000_000,
            mac=f"00:1b:54:aa:{port // 256:02x}:{port % 256:02x}",
            admin_status="up",
            oper_status="up" if chance.random() < 0.97 else "down",
            duplex="fullDuplex",
            last_change_seconds=float(port * 1000),
            in_octets=10**12 * port + number * 9_000_000 + chance.randrange(9_000_000),
            out_octets=10**11 * port + number * 99_000_000 + chance.randrange(99_000_000),
            in_unicast_packets=10**9 * port + number * 60_000 + chance.randrange(60_000),
            out_unicast_packets=10**8 * port + number * 90_000 + chance.randrange(90_000),
            in_errors=chance.randrange(3) + number,
            out_errors=0,
            in_discards=0,
            out_discards=number + chance.randrange(4),
            counter_bits=64,
            discontinuity_seconds=0.0,
        )
        for port in range(1, ports + 1)
    )
    hosts = [host for host in range(6 * ports) if random.Random(host * 97 + number // 3).random() < 0.9]
    return Snapshot(
        target=TargetSummary(name="sw-lt3", address="192.0.2.7", snmp_port=161, ssh_port=None),
        taken_at=at,
        duration_ms=700 + chance.randrange(200),
        complete=True,
        platform="cisco_ios",
        system=SystemFacts(
            name="sw-lt3", description="Cisco IOS Software, C2960X", uptime_seconds=86400.0 + number * 300.37
        ),
        interfaces=interfaces,
        processors=(Processor(name="CPU", usage_percent=chance.randrange(100)),),
        memory=(
            MemoryPool(name="Processor", used_bytes=50_000_000 + chance.randrange(10**6), total_bytes=10**9),
        ),
        sensors=(
            Sensor(name="Inlet", kind="temperature", value=30 + chance.randrange(80) / 10, unit="celsius"),
        ),
        neighbours=tuple(
            Neighbour(
                protocol="lldp",
                local_interface=f"GigabitEthernet1/0/{n}",
                remote_name=f"ap-{n}",
                remote_port="eth0",
            )
            for n in range(1, 9)
        ),
        arp=tuple(
            ArpEntry(address=f"10.3.{h // 250}.{h % 250}", mac=f"02:00:00:00:{h // 250:02x}:{h % 250:02x}")
            for h in hosts
        ),
        mac_table=tuple(
            MacEntry(
                mac=f"02:00:00:00:{h // 250:02x}:{h % 250:02x}",
                interface=f"GigabitEthernet1/0/{h % ports + 1}",
                vlan=30,
                status="learned",
            )
            for h in hosts
        ),
    )


def plain_of(snapshot: Snapshot) -> bytes:
    return canonical_json(snapshot.to_dict())


def test_a_reading_of_48_ports_after_the_first_is_kept_in_under_6_kilobytes() -> None:
    chance = random.Random(48)
    base = plain_of(reading(0, 48, chance))
    sizes = []
    for number in range(1, 25):
        plain = plain_of(reading(number, 48, chance))
        content, needs_base = pack(plain, base)
        assert needs_base
        assert unpack(content, base) == plain
        sizes.append(len(content))
    assert max(sizes) < 6 * 1024, sizes


def test_another_device_on_the_same_base_is_kept_whole() -> None:
    base = canonical_json({"interfaces": [{"name": "Gi1", "in_octets": 1}]})
    other = canonical_json({"interfaces": [{"name": f"xe-{n}", "in_octets": n**9} for n in range(40)]})
    content, needs_base = pack(other, base)
    assert not needs_base
    assert json.loads(unpack(content) or b"null") == json.loads(other)


def test_a_difference_without_its_base_gives_nothing() -> None:
    chance = random.Random(1)
    first, second = reading(0, 24, chance), reading(1, 24, chance)
    content, _ = pack(plain_of(second), plain_of(first))
    assert unpack(content) is None
    wrong = plain_of(replace(first, interfaces=first.interfaces[:3]))
    assert unpack(content, wrong) != plain_of(second)


def test_what_the_first_version_kept_is_read() -> None:
    plain = plain_of(reading(0, 4, random.Random(4)))
    assert unpack(zlib.compress(plain, 6)) == plain


def test_a_spoilt_size_asks_for_no_memory() -> None:
    content, _ = pack(b"[]")
    header = content[:4] + b"\xe0" + b"\xff" * 8  # a single segment of 2**64 - 1 bytes
    assert unpack(header + content[6:]) is None
